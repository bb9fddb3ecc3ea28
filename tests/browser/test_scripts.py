"""The small scripts of the pages, asked directly: they must agree with the server, and with the facts."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import force_locale
from playwright.sync_api import Page

from app import create_app
from app.web import formats
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

NUMBERS = (0, 0.0, -0.04, 0.05, 20.25, 20.35, -20.25, 1.005, 2.675, 999.95, 1234.5, 1234567.891, -3.6, 65535, 1e-7)


def run(page: Page, module: str, call: str, argument: object = None) -> Any:
    """What a function of one of our modules answers."""
    return page.evaluate(
        f"async argument => {{ const module = await import('/static/{module}'); return {call}; }}", argument
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_script_writes_numbers_exactly_as_the_server_does(page: Page, stage: Stage, language: str) -> None:
    stage.sign_up()
    page.goto(f"{stage.address}/login")
    page.get_by_role("button", name={"de": "Deutsch", "en": "English"}[language]).click()
    cases = [[number, decimals] for number in NUMBERS for decimals in (0, 1, 2)]
    written = run(page, "words.js", "argument.map(([number, decimals]) => module.number(number, decimals))", cases)
    app = create_app(stage.system, "a secret of this test")
    with app.test_request_context(), force_locale(language):
        assert written == [formats.number(number, decimals) for number, decimals in cases]


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        # every 10 s, a gap begins above 30 s
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([1, None, None, 4], [1, "joined", "joined", 4]),
        ([1, 1, 1, 1, 1, 1, None, None, None, None, 2, 2], [1, 1, 1, 1, 1, 1, None, None, None, None, 2, 2]),
        ([None, None, 1], [None, None, 1]),
        ([None, None, None], [None, None, None]),
        # readings that were always 50 s apart were made at another interval
        (
            [1, None, None, None, None, 2, None, None, None, None, 3],
            [1, *["joined"] * 4, 2, *["joined"] * 4, 3],
        ),
    ],
)
def test_a_gap_is_left_open_and_a_slow_sensor_has_none(
    page: Page, stage: Stage, values: list[int | None], joined: list[object]
) -> None:
    page.goto(stage.address)
    line = {"t": [10 * index for index in range(len(values))], "gap_s": 30, "values": values}
    asked = "module.withoutFalseGaps(argument, argument.values).map(each => each === undefined ? 'joined' : each)"
    assert run(page, "chart.js", asked, line) == joined


@pytest.mark.parametrize(
    ("places", "written"),
    [
        ([10, 15, 20], ["10", "15", "20"]),
        ([50, 52.5, 55], ["50.0", "52.5", "55.0"]),  # 52.5 is not 53
        ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([0.1 + 0.2, 0.4], ["0.3", "0.4"]),
        ([-1, 0], ["-1", "0"]),
        ([7], ["7"]),
        ([], []),
    ],
)
def test_the_values_of_an_axis_are_not_rounded_to_others(
    page: Page, stage: Stage, places: list[float], written: list[str]
) -> None:
    page.goto(stage.address)
    assert run(page, "plot.js", "module.numbersOf(argument)", places) == written


def test_a_cell_of_a_file_is_never_computed_by_a_spreadsheet(page: Page, stage: Stage) -> None:
    page.goto(stage.address)
    rows = [["=1+1", 'said "so"', 0.1 + 0.2, None, 3], ["@x", "a,b", -1.5, "", 0]]
    said = run(page, "dashboard_export.js", "module.csvOf(argument)", rows)
    assert said == '\ufeff\'=1+1,"said ""so""",0.3,,3\r\n\'@x,"a,b",-1.5,,0\r\n'


def test_a_state_holds_until_it_is_read_again_and_not_across_a_gap(page: Page, stage: Stage) -> None:
    page.goto(stage.address)
    text = ["on", "on", None, "off", None, None, None, None, None, None, "on"]
    line = {"t": [10 * index for index in range(len(text))], "gap_s": 30, "text": text}
    found = run(page, "chart_states.js", "module.stretchesOf(argument).map(({from, to, key}) => [from, to, key])", line)
    assert found == [[0, 30, "on"], [30, 40, "off"], [100, 110, "on"]]


@pytest.mark.parametrize(("choice", "theme"), [("dark", "dark"), ("light", "light"), ("auto", "light")])
def test_the_appearance_is_kept_on_this_computer(page: Page, stage: Stage, choice: str, theme: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(stage.address)
    page.evaluate("choice => document.dispatchEvent(new CustomEvent('choose-theme', {detail: choice}))", choice)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme


def test_the_appearance_follows_the_system(page: Page, stage: Stage) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(stage.address)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.documentElement.dataset.bsTheme === 'light'")
