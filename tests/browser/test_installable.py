"""The product as an app: what Chromium asks for, what is kept in the browser, and what is not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stage import PASSWORD, USER, Stage

pytestmark = pytest.mark.browser


def test_it_can_be_installed_and_says_so_when_the_box_is_away(browser: Browser, stage: Stage) -> None:
    stage.sign_up()
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(f"{stage.address}/login")
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.goto(f"{stage.address}/audit/")

    chromium = context.new_cdp_session(page)
    manifest = chromium.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert [each["errorId"] for each in chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]] == []

    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat()"
    )
    assert "/offline" in kept
    assert [
        each for each in kept if not each.startswith(("/static/", "/bootstrap/", "/vendor/")) and each != "/offline"
    ] == []

    context.set_offline(True)
    page.goto(f"{stage.address}/audit/")
    expect(page.get_by_role("heading", name="Keine Verbindung")).to_be_visible()
    assert USER not in page.content()
    context.set_offline(False)
    page.get_by_role("link", name="Noch einmal versuchen").click()
    expect(page.get_by_role("heading", name="Übersicht")).to_be_visible()
    context.close()
