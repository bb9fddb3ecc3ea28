"""An owner puts a dashboard together, looks at it from all sides, takes it along, and removes it: in a real browser."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, Route, expect

from app.services import dashboards
from drivers.simulators.plant import Plant
from tests.browser.stage import Stage
from tests.browser.test_journey import sign_in
from tests.servers import refusing_port
from tests.waiting import eventually

pytestmark = pytest.mark.browser

DAY_S = 86_400
SILENT_S = (40_000, 34_000)
KINDS = {
    "line": ["temp_flow", "power_current"],
    "area": ["power_current"],
    "bar": ["energy_heat_heating"],
    "states": ["operating_mode"],
    "scatter": ["temp_flow"],
    "value": ["temp_outside"],
    "gauge": ["temp_hot_water"],
    "table": ["temp_flow"],
}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def lived(stage: Stage) -> Stage:
    """Two heat pumps with a past of nine days, and a gap in it."""
    stage.sign_up()
    now = int(stage.system.clock())
    with refusing_port() as nobody:
        for number, name in enumerate(("Reihenhaus", "Werkstatt")):
            plant = Plant(number + 1, start=now - 9 * DAY_S)
            pump = stage.add(name, nobody + number, enabled=False)
            silent = [(now - SILENT_S[0], now - SILENT_S[1])]
            stage.live_through(pump, plant, now, silent=silent, step_s=600)
    return stage


def card(page: Page, title: str) -> Locator:
    return page.locator(f".chart-card[data-title='{title}']")


def drawn(page: Page) -> list[str]:
    """What time each chart shows now: from-to, with a + for the time before."""
    return page.locator(".board .chart-card").evaluate_all("all => all.map(each => each.dataset.drawn || '')")


def spans(page: Page) -> set[int]:
    return {int(to.rstrip("+")) - int(start) for start, to in (each.split("-") for each in drawn(page) if each)}


def rows(download: Download) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Path(download.path()).read_text(encoding="utf-8-sig"))))


def add_chart(page: Page, kind: str, sensors: list[str], both: bool = False, early: bool = False) -> None:
    """`early`: the form is filled in before its script has arrived."""
    held: list[Route] = []
    if early:
        page.route("**/dashboard_editor.js*", lambda route: held.append(route), times=1)
    page.get_by_role("link", name="Add a chart").click()
    page.locator(f"#kind-{kind}").check()
    page.get_by_label("Title").fill(f"My {kind}")
    for pump in ("hp-001", "hp-002") if both else ("hp-001",):
        for sensor in sensors:
            page.locator("#search").fill(sensor)
            while held:
                held.pop().continue_()
            page.locator(f"button[value='add:{pump}/{sensor}']").click()
            expect(page.locator(f"input[name=line][value='{pump}/{sensor}']")).to_have_count(1)
    if kind == "line":
        page.get_by_role("button", name="Add a threshold").click()
        page.locator("#threshold-value-1").fill("40")
        page.locator("#threshold-label-1").fill("warm")
    expect(page.locator(".chart-form-preview .chart-card")).to_have_attribute("data-drawn", re.compile(r"\d+-\d+"))
    expect(page.locator(".chart-form-preview .chart-card")).to_have_attribute("data-title", f"My {kind}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name=f"My {kind}", exact=True)).to_be_visible()


def test_a_dashboard_from_its_first_chart_to_its_removal(page: Page, lived: Stage) -> None:
    page.add_init_script("delete Navigator.prototype.serviceWorker")  # what it fetches, nobody can hold back
    sign_in(page, lived, "/dashboards/")
    page.get_by_role("link", name="New dashboard").click()
    page.get_by_label("Name").fill("Everything")
    page.get_by_label("nothing; I add the charts myself").check()
    page.get_by_role("button", name="Add", exact=True).click()
    for kind, sensors in KINDS.items():
        add_chart(page, kind, sensors, both=kind == "scatter", early=kind == "states")
    page.get_by_role("button", name="Move My table up").click()
    expect(page.locator(".chart-list > li").nth(6)).to_contain_text("My table")
    kept = dashboards.of_overview(lived.system)[0].config.charts
    assert [chart.kind for chart in kept] == [*list(KINDS)[:6], "table", "gauge"]
    assert (kept[0].thresholds[0].value, kept[0].thresholds[0].label, kept[4].x) == (40, "warm", "temp_outside")

    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    for kind in ("line", "area", "bar", "states", "scatter", "gauge"):
        card(page, f"My {kind}").scroll_into_view_if_needed()
        expect(card(page, f"My {kind}").locator("canvas").first).to_be_visible()
        expect(card(page, f"My {kind}").locator("[data-message]")).to_be_hidden()
    expect(card(page, "My value").locator("[data-value]")).to_have_text(re.compile(r"^-?\d+\.\d$"))
    expect(card(page, "My table").locator("tbody td").nth(2)).to_have_text(re.compile(r"^\d+\.\d\s°C$"))

    page.get_by_role("link", name="Edit dashboard").click()
    page.get_by_role("button", name="Remove My states").click()
    expect(page.locator(".chart-list > li")).to_have_count(7)
    page.get_by_text("Remove this dashboard …").click()
    page.get_by_role("button", name="Remove the dashboard").click()
    expect(page.get_by_role("heading", name="No dashboard yet")).to_be_visible()


def test_charts_zoom_together_compare_and_are_taken_along(page: Page, lived: Stage) -> None:
    def line(sensor: str, pump: str = "hp-001") -> dict[str, str]:
        return {"heatpump_id": pump, "sensor": sensor}

    charts = [
        {"kind": "line", "title": "Flow", "width": "full", "lines": [line("temp_flow"), line("temp_flow", "hp-002")]},
        {"kind": "area", "title": "Power", "lines": [line("power_current")]},
        {"kind": "states", "title": "States", "lines": [line("operating_mode")]},
        {"kind": "bar", "title": "Energy", "lines": [line("energy_heat_heating")]},
        {"kind": "scatter", "title": "Curve", "x": "temp_outside", "lines": [line("temp_flow")]},
        {"kind": "value", "title": "Now", "lines": [line("temp_outside")]},
    ]
    made = dashboards.add(lived.system, {"name": "All", "config": {"charts": charts}})
    page.set_viewport_size({"width": 1280, "height": 2200})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/series?" in request.url else None)
    sign_in(page, lived, f"/dashboards/{made.id}")
    assert eventually(lambda: spans(page) == {DAY_S} and "" not in drawn(page))
    assert len(asked) == len(charts)  # one request for each

    box = card(page, "Flow").locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.50, box["y"] + 50)
    expect(card(page, "Power").locator("[data-moment]")).to_have_text(re.compile(r"\d\d:\d\d$"))  # they point together
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.62, box["y"] + 60, steps=5)
    page.mouse.up()
    assert eventually(lambda: all(0.10 * DAY_S < span < 0.14 * DAY_S for span in spans(page)))
    assert eventually(lambda: len(set(drawn(page))) == 1)  # all of them show the same
    assert len(asked) == 2 * len(charts)

    with page.expect_download() as waiting:
        card(page, "Flow").get_by_role("button", name="CSV").click()
    table = rows(waiting.value)
    start, end = (int(each) for each in drawn(page)[0].split("-"))
    assert table[0][0] == "Time (UTC)"
    assert [name.split(" (")[0] for name in table[0][1::3]] == [
        "Reihenhaus: Flow temperature",
        "Werkstatt: Flow temperature",
    ]
    assert 10 < len(table) < 25_000
    unread = [row for row in table[1:] if row[1] == ""]
    assert unread, "the silence lies in what is shown, and stays empty"
    assert all(row[1] == "" or 15 < float(row[1]) < 70 for row in table[1:])
    assert start - 700 <= _seconds(table[1][0]) and _seconds(table[-1][0]) <= end
    assert waiting.value.suggested_filename.startswith("Flow-20")
    with page.expect_download() as waiting:
        card(page, "Flow").get_by_role("button", name="PNG").click()
    picture = Path(waiting.value.path()).read_bytes()
    assert picture.startswith(PNG)
    assert len(picture) > 10_000
    for title, head in (("States", "Reihenhaus"), ("Curve", "Sensor"), ("Now", "Latest"), ("Energy", "Heat energy")):
        with page.expect_download() as waiting:
            card(page, title).get_by_role("button", name="CSV").click()
        assert any(head in name or "Operating mode" in name for name in rows(waiting.value)[0]), title

    page.get_by_label("Compare with").select_option("week")
    assert eventually(lambda: drawn(page)[0].endswith("+"))
    expect(card(page, "Flow").get_by_text("Faded: a week before.")).to_be_visible()
    assert sum(f"earlier={7 * DAY_S}" in each for each in asked) == 3  # the line, the area and the bars
    before = drawn(page)

    other = page.context.new_page()
    other.set_viewport_size({"width": 1280, "height": 2200})
    other.goto(page.url)
    assert eventually(lambda: drawn(other) == before), "the address shows the same"
    expect(other.get_by_label("Compare with")).to_have_value("week")
    other.close()

    page.get_by_role("button", name="Earlier").click()
    assert eventually(lambda: int(drawn(page)[0].split("-")[0]) < start)
    page.get_by_role("button", name="Show more time").click()
    assert eventually(lambda: min(spans(page)) > 0.2 * DAY_S)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 50, steps=4)
    moved_from = drawn(page)[0]
    page.mouse.up()
    page.keyboard.up("Shift")
    assert eventually(lambda: int(drawn(page)[0].split("-")[0]) < int(moved_from.split("-")[0]))
    page.locator(".u-over").first.dblclick()
    expect(page.get_by_role("button", name="Whole period")).to_be_hidden()
    page.get_by_role("link", name="1 year").click()
    assert eventually(lambda: spans(page) == {365 * DAY_S})

    full = card(page, "Flow").get_by_role("button", name="in full screen")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "true")
    full.click()
    expect(full).to_have_attribute("aria-pressed", "false")


def test_the_newest_values_come_without_a_reload(page: Page, stage: Stage) -> None:
    stage.sign_up()
    pump = stage.add("Gebäude A", stage.simulator(speed=600.0).port)
    assert eventually(lambda: stage.system.latest.last_seen(pump.id) is not None)
    page.clock.install()
    sign_in(page, stage, f"/heatpumps/{pump.id}")
    first = page.locator(".board .chart-card").first
    expect(first).to_have_attribute("data-drawn", re.compile(r"\d"))
    before = first.get_attribute("data-drawn")
    page.clock.run_for(16_000)
    expect(first).not_to_have_attribute("data-drawn", before or "")


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
