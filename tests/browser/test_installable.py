"""The product as an app: what Chromium asks for, what is kept in the browser, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stage import PASSWORD, USER, staged

pytestmark = pytest.mark.browser

KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
  (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat()"""
WORKERS = """async () => {
  const all = await navigator.serviceWorker.ready;
  const workers = [all.installing, all.waiting, all.active].filter(Boolean);
  return workers.map((each) => each.scriptURL.slice(location.origin.length));
}"""
PUBLIC = ("/static/", "/bootstrap/", "/vendor/", "/offline", "/language")


def test_it_can_be_installed_and_says_so_when_the_box_is_away(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    with staged(tmp_path) as stage:
        stage.sign_up()
        page.goto(f"{stage.address}/login")
        page.fill("#username", USER)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.goto(f"{stage.address}/audit/")

        chromium = context.new_cdp_session(page)
        assert chromium.send("Page.getAppManifest")["errors"] == []
        told = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert {each["errorId"] for each in told} <= {"in-incognito"}  # as every browser of these tests is

        kept = page.evaluate(KEPT)
        assert "/offline" in kept
        assert [each for each in kept if not each.startswith(PUBLIC)] == []

        # another language needs no other worker: Chromium would leave a page hanging that is opened meanwhile
        page.get_by_role("button", name="English").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto(f"{stage.address}/audit/")
        assert page.evaluate(WORKERS) == ["/sw.js"]
        assert page.evaluate("async () => (await caches.match('/language')).text()") == "en"

    page.goto(f"{stage.address}/audit/")  # the box is switched off
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert USER not in page.content()
    context.close()
