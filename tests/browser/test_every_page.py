"""What holds for every page: nobody else is asked, nothing is complained about, everybody can read and use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, TimeoutError

from app import create_app
from tests.browser import every_page
from tests.browser.screens import sign_in
from tests.browser.stage import Stage, staged

pytestmark = pytest.mark.browser

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
HEAT_PUMPS, DAYS = 3, 4
PHONE = 390


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
    sign_in(opened, stage)
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
    """In German, and with its whole content: first as it comes, then in the dark, then in a narrow window."""
    complaints: list[str] = []
    seen = 0
    axe = Axe()
    for endpoint, path in looked_at(stage).items():
        if not is_a_page(context, f"{stage.address}{path}"):
            continue
        page = context.new_page()
        noted, status = looked_over(page, stage, path)
        if page.locator("html").get_attribute("lang") != "de":
            noted.append("is not in German")
        if page.locator("h1").count() != 1:
            noted.append("has not exactly one h1")
        if status < 400:
            seen += 1
        elif endpoint in REFUSES:
            noted = []
        else:
            noted.append(f"answers {status}")
        noted += violations(axe, page, WCAG)
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        noted += [f"dark: {each}" for each in violations(axe, page, CONTRAST)]
        page.set_viewport_size({"width": PHONE, "height": 844})
        noted += too_wide(page)
        complaints += [f"{endpoint} ({path}): {each}" for each in noted]
        page.close()
    assert not complaints, "\n".join(complaints)
    assert seen > 55


def test_every_page_fits_on_a_phone_and_is_silent_there_in_english(browser: Browser, stage: Stage) -> None:
    context = browser.new_context(
        locale="en-GB", service_workers="block", color_scheme="dark", viewport={"width": PHONE, "height": 844}
    )
    sign_in(context, stage)
    complaints: list[str] = []
    page = context.new_page()
    for endpoint, path in looked_at(stage).items():
        if endpoint not in REFUSES and is_a_page(context, f"{stage.address}{path}"):
            noted, _ = looked_over(page, stage, path)
            if page.locator("html").get_attribute("lang") != "en":
                noted.append("is not in English")
            complaints += [f"{endpoint} ({path}): {each}" for each in [*noted, *too_wide(page)]]
    context.close()
    assert not complaints, "\n".join(complaints)


def looked_over(page: Page, stage: Stage, path: str) -> tuple[list[str], int]:
    """What the browser complains about at this address, and whom else it asks; and how the server answered."""
    noted: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(usual in message.text for usual in EXPECTED):
            noted.append(message.text)

    def note_request(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(stage.address).netloc:
            noted.append(f"asks {request.url}")

    def note_error(error: Error) -> None:
        noted.append(str(error))

    page.on("console", note_message)
    page.on("pageerror", note_error)
    page.on("request", note_request)
    answer = page.goto(f"{stage.address}{path}", wait_until="load")
    page.wait_for_timeout(60)
    page.remove_listener("console", note_message)
    page.remove_listener("pageerror", note_error)
    page.remove_listener("request", note_request)
    assert answer is not None
    return noted, answer.status


def too_wide(page: Page) -> list[str]:
    """Charts follow the width of the page a moment later."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => document.documentElement.scrollWidth <= {PHONE}", timeout=3000)
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {width} pixels wide on a phone"] if width > PHONE else []


EXPECTED = ("400 (BAD REQUEST)", "Service Worker registration blocked")
"""What the browser says about an answer that is rightly refused, and about this test."""
REFUSES = {"heatpumps.sign_in_answer"}
"""Where only a maker's cloud sends one, with an answer that this test has not."""


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
