"""Every page in both languages and appearances, narrow and wide, as pictures to look at: build/screens/.

The pages are those of the URL map, so that a new one is in by itself; `FURTHER` are states that an address alone does
not show. Words behind the command choose: pages, languages, appearances, widths, such as `heatpumps-page de 390`.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from app import create_app
from app.commands.demo.past import DAYS
from app.commands.demo.words import Language
from tests.browser import chromium, every_page
from tests.browser.stage import PASSWORD, USER, Stage, staged

FOLDER = Path(__file__).parents[2] / "build" / "screens"
LANGUAGES: dict[Language, str] = {"de": "de-DE", "en": "en-GB"}
THEMES = ("light", "dark")
WIDTHS = {"390": 844, "1280": 900}
HEAT_PUMPS = 10
SETTLED_MS = 700

FURTHER: dict[str, tuple[str, str]] = {
    "add-connection": ("/heatpumps/add?kind=idm/navigator_2_0", ""),
    "add-cloud": ("/heatpumps/add?kind=viessmann/vitocal", ""),
    "overview-menu": ("/", "header details:last-of-type summary"),
    "heatpump-failed-defrost": ("/heatpumps/hp-002", ""),
    "heatpump-short-runs": ("/heatpumps/hp-003", ""),
    "heatpump-outage-week": ("/heatpumps/hp-004?range=7d", ""),
    "heatpump-cloud": ("/heatpumps/hp-007", ""),
    "heatpump-offline": ("/heatpumps/hp-010", ""),
    "analysis-short-runs": ("/heatpumps/hp-003/analysis", ""),
    "settings-log-nibe": ("/heatpumps/hp-002/settings-log", ""),
    "setting-denied": ("/heatpumps/hp-001/settings/temp_hot_water_target?value=99", ""),
    "export-wrong": ("/heatpumps/hp-001/export.csv?from=never&to=2026-01-01", ""),
    "not-found": ("/heatpumps/hp-999", ""),
}
"""Name → address, and what is clicked there."""


def main(chosen: list[str]) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with chromium.running() as browser:
        with tempfile.TemporaryDirectory() as folder, staged(Path(folder)) as stage:
            _shoot(browser, stage, {"setup": ("/setup", "")}, chosen, signed_in=False)
            stage.sign_up()
            _shoot(browser, stage, {"login": ("/login", ""), "offline": ("/offline", "")}, chosen, signed_in=False)
            _shoot(browser, stage, {"overview-empty": ("/", ""), "alerts-empty": ("/alerts/events", "")}, chosen)
        for language in LANGUAGES:
            if language in _chosen(LANGUAGES, chosen):
                among = [each for each in chosen if each not in LANGUAGES]
                with furnished(language) as stage:
                    _shoot(browser, stage, pages(stage) | FURTHER, [*among, language])


@contextmanager
def furnished(language: Language, heat_pumps: int = HEAT_PUMPS, days: int = DAYS) -> Iterator[Stage]:
    """The houses of the demo, being read; its owner writes in this language."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # what is under way ends some seconds later
    with folder as place, staged(Path(place), interval=10.0) as stage, ExitStack() as ending:
        stage.sign_up()
        every_page.furnish(stage.system, heat_pumps, days, ending, language)
        stage.system.behaviour.run(gently=False)  # what it learned of each stands on its page
        stage.system.glance.refresh(gently=False)
        yield stage


def pages(stage: Stage) -> dict[str, tuple[str, str]]:
    addresses = every_page.addresses(create_app(stage.system, "only for its addresses"))
    known = {endpoint: path for endpoint, path in addresses.items() if endpoint not in every_page.WITHOUT_SIGN_IN}
    return {endpoint.replace(".", "-").replace("_", "-"): (path, "") for endpoint, path in known.items()}


def sign_in(context: BrowserContext, stage: Stage) -> None:
    page = context.new_page()
    page.goto(f"{stage.address}/login")
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
    page.close()


def _shoot(
    browser: Browser, stage: Stage, wanted: dict[str, tuple[str, str]], chosen: list[str], *, signed_in: bool = True
) -> None:
    names = _pages(wanted, chosen)
    if not names:
        return
    for language, theme, width in itertools.product(*(_chosen(each, chosen) for each in (LANGUAGES, THEMES, WIDTHS))):
        context = browser.new_context(
            locale=LANGUAGES[language],
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": int(width), "height": WIDTHS[width]},
            service_workers="block",
            accept_downloads=False,
        )
        if signed_in:
            sign_in(context, stage)
        for name in names:
            _picture(context, stage, wanted[name], FOLDER / f"{name}-{language}-{theme}-{width}.png")
        context.close()


def _picture(context: BrowserContext, stage: Stage, place: tuple[str, str], file: Path) -> None:
    path, selector = place
    answer = context.request.get(f"{stage.address}{path}")
    if "text/html" not in answer.headers.get("content-type", ""):
        return  # a file to be downloaded
    page: Page = context.new_page()
    page.goto(f"{stage.address}{path}")
    if selector:
        page.click(selector)
    whole = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    page.set_viewport_size({"width": whole[0], "height": whole[1]})  # a chart is drawn when somebody comes near it
    page.wait_for_timeout(SETTLED_MS)
    page.evaluate("window.scrollTo(0, 0)")  # else the header stands in the middle of the picture
    page.screenshot(path=file, full_page=True)
    page.close()


def _pages(wanted: Iterable[str], chosen: list[str]) -> list[str]:
    """Those of these pages that were asked for; all of them when no page was."""
    asked = [each for each in chosen if each not in (*LANGUAGES, *THEMES, *WIDTHS)]
    return [each for each in wanted if not asked or each in asked]


def _chosen(known: Iterable[str], chosen: list[str]) -> list[str]:
    """Those of these that were asked for; all of them when none was."""
    return [each for each in known if each in chosen] or list(known)


if __name__ == "__main__":
    main(sys.argv[1:])
