"""What holds for every page: nobody else is asked, nothing is complained about, everybody can read and use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from app import create_app
from tests.browser import every_page
from tests.browser.stage import PASSWORD, USER, Stage, staged

pytestmark = pytest.mark.browser

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
HEAT_PUMPS, DAYS = 3, 4


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("every-page")
    with staged(folder, interval=5.0) as running, ExitStack() as ending:
        running.sign_up()
        every_page.furnish(running.system, HEAT_PUMPS, DAYS, ending)
        yield running


@pytest.fixture(scope="module")
def context(browser: Browser, stage: Stage) -> Iterator[BrowserContext]:
    """Somebody who is signed in, and uses the system's language and colours."""
    opened = browser.new_context(locale="de-DE", service_workers="block", reduced_motion="reduce")
    page = opened.new_page()
    page.goto(f"{stage.address}/login")
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
    page.close()
    yield opened
    opened.close()


def looked_at(stage: Stage) -> dict[str, str]:
    return every_page.addresses(create_app(stage.system, "only for its addresses"))


def violations(axe: Axe, page: Page, options: dict[str, object]) -> list[str]:
    found = axe.run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:160]} · {node['target']}" for each in found for node in each["nodes"][:3]]


def is_a_page(context: BrowserContext, address: str) -> bool:
    """A file to be downloaded is none, and neither is a page that only sends one on."""
    answer = context.request.get(address, max_redirects=0)
    return answer.status != 302 and "text/html" in answer.headers.get("content-type", "")


def test_every_page_is_its_own_company_silent_and_accessible_in_light_and_dark(
    context: BrowserContext, stage: Stage
) -> None:
    complaints: list[str] = []
    seen = 0
    axe = Axe()
    for endpoint, path in looked_at(stage).items():
        address = f"{stage.address}{path}"
        if not is_a_page(context, address):
            continue
        page = context.new_page()
        noted: list[str] = []
        page.on("console", lambda message, n=noted: n.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error, n=noted: n.append(str(error)))
        page.on("requestfailed", lambda request, n=noted: n.append(f"failed: {request.url}"))
        page.on(
            "request",
            lambda request, n=noted: (
                None if urlsplit(request.url).netloc == urlsplit(stage.address).netloc else n.append(request.url)
            ),
        )
        answer = page.goto(address, wait_until="load")
        page.wait_for_timeout(60)
        assert answer is not None
        if answer.status >= 500:
            noted.append(f"answers {answer.status}")
        if page.locator("h1").count() != 1:
            noted.append("has not exactly one h1")
        if answer.status < 400:
            noted += violations(axe, page, WCAG)
            page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
            noted += [f"dark: {each}" for each in violations(axe, page, CONTRAST)]
            seen += 1
        elif endpoint in REFUSES:
            noted = []
        elif answer.status != 404 or endpoint not in MAY_BE_EMPTY:
            noted.append(f"answers {answer.status}")
        complaints += [f"{endpoint} ({path}): {each}" for each in noted if not any(usual in each for usual in EXPECTED)]
        page.close()
    assert not complaints, "\n".join(complaints)
    assert seen > 25


EXPECTED = ("404 (NOT FOUND)", "Service Worker registration blocked")
"""What the browser says about a page that is rightly not there, and about this test."""
REFUSES = {"heatpumps.sign_in_answer"}
"""Where only a maker's cloud sends one, with an answer that this test has not."""

MAY_BE_EMPTY = {"alerts.edit_channel", "heatpumps.edit_meter", "heatpumps.registers"}
"""What nobody has entered yet on this stage, or what belongs to another maker."""


def test_the_keyboard_reaches_the_content_the_menus_and_shows_where_it_is(
    context: BrowserContext, stage: Stage
) -> None:
    page = context.new_page()
    page.goto(stage.address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["height"] > 10  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    for summary in page.locator("header summary").all():
        summary.focus()
        page.keyboard.press("Enter")
        assert summary.evaluate("each => each.parentElement.open")
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Escape")
        assert not summary.evaluate("each => each.parentElement.open")
        assert summary.evaluate("each => each === document.activeElement")
    page.close()
