"""Heat pumps of other makers are added step by step, and two are laid side by side: in a real browser."""

from __future__ import annotations

import re
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.services import annotations, heatpumps
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from tests.browser.stage import Stage
from tests.browser.test_journey import forgiven, sign_in
from tests.servers import refusing_port

pytestmark = pytest.mark.browser

HOUR_S = 3600


def test_a_nibe_and_a_luxtronik_are_added_and_one_of_them_only_by_insisting(
    page: Page, stage: Stage, complaints: list[str]
) -> None:
    stage.sign_up()
    sign_in(page, stage, "/heatpumps/add")
    with ExitStack() as running:
        for title, name in (("NIBE S-Series", "nibe/s_series"), ("Luxtronik 2.0 / 2.1", "luxtronik/luxtronik_2_1")):
            model = stage.system.catalogue.named(name)
            assert model is not None
            machine = simulator_of(model, model.default_options(), Plant(1, start=stage.system.clock()))
            port = machine.start()
            running.callback(machine.stop)
            page.get_by_role("link", name=title, exact=True).click()
            page.get_by_label("Address").fill("127.0.0.1")
            with refusing_port() as nobody:
                page.get_by_label("Port").fill(str(nobody))
                page.get_by_label("Port").press("Enter")
                expect(page.get_by_role("alert")).to_contain_text("refuses the connection")
            assert forgiven(complaints, "400")
            page.get_by_label("Port").fill(str(port))
            page.get_by_role("button", name="Test the connection and continue").click()
            page.get_by_label("Name", exact=True).fill(title)
            page.get_by_label("Heat source").select_option("air")
            page.get_by_label("Are the pumps of the house metered with it?").select_option("yes")
            page.get_by_label("Backup or immersion heater").select_option("none")
            page.get_by_label("Fan or brine pump").select_option("counted")
            page.get_by_role("button", name="Continue").last.click()
            expect(page.get_by_text("H4: with the pumps of the house")).to_be_visible()
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("heading", name="values arrive")).to_be_visible()
            page.get_by_role("link", name="Add another").click()
    assert [pump.name for pump in heatpumps.all_of_them(stage.system)] == ["NIBE S-Series", "Luxtronik 2.0 / 2.1"]


def test_two_courses_share_one_axis_and_their_difference_is_drawn(page: Page, stage: Stage) -> None:
    stage.sign_up()
    now = int(stage.system.clock())
    for number, name in enumerate(("Gebäude A", "Gebäude B")):
        pump = stage.add(name, 9 + number, enabled=False)
        silent = [(now - 8 * HOUR_S, now - 5 * HOUR_S)] if number else []
        stage.live_through(pump, Plant(number + 1, start=now - 12 * HOUR_S), now, silent=silent)
    annotations.add(stage.system, "hp-001", now - 2 * HOUR_S, "Filter gereinigt")
    sign_in(page, stage, "/compare/?heatpump=hp-001&heatpump=hp-002")
    expect(page.locator(".chart canvas")).to_have_count(2)
    expect(page.get_by_role("heading", name="Difference: Gebäude A − Gebäude B")).to_be_visible()
    page.get_by_text("1 alert or note in this time").click()
    expect(page.get_by_text("Gebäude A: Filter gereinigt")).to_be_visible()

    chart = page.locator("[data-chart] .u-over")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 60)
    expect(page.locator("[data-key]")).to_contain_text(re.compile(r"Gebäude A: \d+\.\d.°C"))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page.get_by_role("button", name="Whole period")).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    assert int(asked["from"][0]) > now - 2 * 24 * HOUR_S
    page.reload()
    expect(page.get_by_role("button", name="Whole period")).to_be_visible()
    page.get_by_role("button", name="Whole period").click()
    expect(page.get_by_role("button", name="Whole period")).to_be_hidden()
    assert "from=" not in page.url

    page.get_by_role("link", name="Turn the difference round").click()
    expect(page.get_by_role("heading", name="Difference: Gebäude B − Gebäude A")).to_be_visible()
    page.get_by_label("Sensor").select_option("temp_outside")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".chart canvas")).to_have_count(2)
    assert "first=hp-002" in page.url
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")  # once the charts have followed
