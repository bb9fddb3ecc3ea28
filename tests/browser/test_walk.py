"""One long walk: from the first start with a heat pump of every maker to a phone in the hand, in a real browser.

What one page can do is tried by its own test; here it is whether everything works after, and beside, everything else.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from app.services import heatpumps
from app.services.job_runner import JobRunner
from drivers.model import Model
from drivers.simulators.plant import Plant
from drivers.simulators.simulator import simulator_of
from drivers.simulators.viessmann import ViessmannSimulator
from tests.browser.stage import MODEL, PASSWORD, USER, Stage
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SPEED = 600.0
"""Ten minutes in a second: what has not moved after some polls stands still."""

CLIENT = "a-client-of-the-owner"
SLOWEST_S = 60.0
PHONE = {"width": 390, "height": 844}


def test_from_the_first_start_with_every_maker_to_a_phone(page: Page, stage: Stage) -> None:
    JobRunner(stage.system).start()
    _sign_up(page, stage)
    for seed, model in enumerate(stage.system.catalogue, start=1):
        _add(page, stage, model, seed)
    assert len(heatpumps.all_of_them(stage.system)) == len([*stage.system.catalogue])
    _see_every_value_move(page, stage)
    pump = next(each for each in heatpumps.all_of_them(stage.system) if (each.manufacturer, each.model) == MODEL)
    _change_a_setting(page, stage, pump.id)
    _let_a_job_run(page, stage, pump.id)
    _be_warned(page, stage, pump.name)
    _zoom_and_edit(page, stage, pump.id)
    _compare_all_makers(page, stage)
    _speak_german_in_the_dark_on_a_phone(page, stage, pump.id)


def _sign_up(page: Page, stage: Stage) -> None:
    page.goto(stage.address)
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("link", name="Add the first heat pump").click()


def _add(page: Page, stage: Stage, model: Model, seed: int) -> None:
    """From the maker's card to the first values."""
    plant = Plant(seed, start=stage.system.clock())
    machine = simulator_of(model, model.default_options(), plant, speed=SPEED)
    machine.start()
    stage.ending.callback(machine.stop)
    page.get_by_role("link", name=model.title, exact=True).click()
    if isinstance(machine, ViessmannSimulator):
        _sign_in_at_the_maker(page, machine)
    else:
        page.get_by_label("Address").fill(machine.host)
        page.get_by_label("Port").fill(str(machine.port))
    page.get_by_role("button", name="Test the connection and continue").click()
    expect(page.get_by_text("It answers.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(f"House of {model.title}")
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=f"House of {model.title} is added")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ values arrive"))).to_be_visible(timeout=SLOWEST_S * 1000)
    page.get_by_role("link", name="Add another").click()


def _sign_in_at_the_maker(page: Page, cloud: ViessmannSimulator) -> None:
    page.get_by_label("Client ID").fill(CLIENT)
    page.get_by_text("Addresses in the cloud").click()
    page.get_by_label("Address of the interface").fill(cloud.api)
    page.get_by_label("Address of the sign-in").fill(cloud.login)
    page.get_by_role("button", name="Sign in at the maker").click()
    page.get_by_role("link", name="To the maker's page").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("You are signed in to this account.")).to_be_visible()


def _see_every_value_move(page: Page, stage: Stage) -> None:
    """Every machine's figures change under one's eyes; a cloud is not asked often enough for that."""
    page.goto(f"{stage.address}/?view=table")
    expect(page.locator("tr[data-heatpump] [data-text]", has_text="Online")).to_have_count(10)
    told = "all => Object.fromEntries(all.map(each => [each.dataset.name, [...each.querySelectorAll('[data-value]')]"
    told += ".map(value => value.innerText).join(' ')]))"
    rows = page.locator("tr[data-heatpump]")
    before: dict[str, str] = rows.evaluate_all(told)
    still = set(before) - {
        each.name for each in heatpumps.all_of_them(stage.system) if each.manufacturer == "viessmann"
    }
    assert len(still) == 9

    def moved() -> bool:
        page.wait_for_timeout(200)
        now: dict[str, str] = rows.evaluate_all(told)
        still.difference_update({name for name in still if now[name] != before[name]})
        return not still

    assert eventually(moved, SLOWEST_S), still
    assert all(re.search(r"\d", shown) for shown in before.values()), before


def _change_a_setting(page: Page, stage: Stage, heatpump_id: str) -> None:
    page.goto(f"{stage.address}/heatpumps/{heatpump_id}/settings")
    row = page.locator("#temp_hot_water_target")
    row.get_by_role("textbox").fill("47")
    row.get_by_role("button", name="Change …").click()
    page.get_by_role("button", name="Write it to the heat pump").click()
    expect(page.locator("#result")).to_contain_text("Confirmed")
    assert stage.system.latest.of(heatpump_id)["temp_hot_water_target"].value == 47


def _let_a_job_run(page: Page, stage: Stage, heatpump_id: str) -> None:
    page.goto(f"{stage.address}/jobs/add/{heatpump_id}")
    page.get_by_label("Name").fill("Night setback")
    page.get_by_label("Setting", exact=True).select_option("temp_room_target_circuit_a")
    expect(page.get_by_text("Allowed: 15 to 30 °C")).to_be_visible()
    page.get_by_label("Value (°C)").fill("18")
    page.get_by_label("Times").fill("22:00")
    page.get_by_role("button", name="Show the next runs").last.click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Run now").click()
    assert eventually(lambda: stage.system.latest.of(heatpump_id)["temp_room_target_circuit_a"].value == 18, SLOWEST_S)
    page.goto(f"{stage.address}/audit/")
    expect(page.locator(".log tbody tr").first).to_contain_text("→ 18")
    expect(page.locator(".log tbody tr").nth(1)).to_contain_text("→ 47")


def _be_warned(page: Page, stage: Stage, name: str) -> None:
    """The alert comes by itself, onto a page that stands open."""
    page.goto(f"{stage.address}/alerts/rules/add")
    page.get_by_label("Name", exact=True).fill("It is not summer")
    page.get_by_label("Heat pump", exact=True).select_option(label=name)
    page.get_by_label("Sensor", exact=True).fill("Outdoor temperature · temp_outside")
    page.get_by_label("Comparison", exact=True).select_option("below")
    page.get_by_label("Value", exact=True).fill("45")
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Heat-pump monitor").click()
    page.locator(".event", has_text="It is not summer").get_by_role("link", name="It is not summer").click()
    page.get_by_label("Note").fill("I know")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("I know")).to_be_visible()


def _zoom_and_edit(page: Page, stage: Stage, heatpump_id: str) -> None:
    """The model's own dashboard is there, follows the mouse, and takes one more chart."""
    page.goto(f"{stage.address}/heatpumps/{heatpump_id}")
    expect(page.locator(".machine-wide [data-machine-state]")).to_be_visible()
    page.locator(".board .chart-card").first.scroll_into_view_if_needed()  # a chart is drawn when it is looked at
    chart = page.locator(".board .u-over").first
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 40, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Whole period").click()
    expect(page.get_by_role("button", name="Whole period")).to_be_hidden()

    page.get_by_role("link", name="Edit dashboard").click()
    charts = page.locator(".chart-list > li")
    before = charts.count()
    page.get_by_role("link", name="Add a chart").click()
    page.get_by_label("Title").fill("Outside")
    page.locator("#search").fill("temp_outside")
    page.locator(f"button[value='add:{heatpump_id}/temp_outside']").click()
    expect(page.locator(".chart-form-preview .chart-card")).to_have_attribute("data-drawn", re.compile(r"\d+-\d+"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(charts).to_have_count(before + 1)
    page.get_by_role("link", name="Done").click()
    page.locator(".chart-card[data-title='Outside']").scroll_into_view_if_needed()
    expect(page.locator(".chart-card[data-title='Outside'] canvas")).to_be_visible()


def _compare_all_makers(page: Page, stage: Stage) -> None:
    """As many as fit beside each other: what is called the same means the same at all of them."""
    chosen = "&".join(f"heatpump={each.id}" for each in heatpumps.all_of_them(stage.system)[:8])
    page.goto(f"{stage.address}/compare/?{chosen}")
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    expect(page.locator("[data-key]")).to_contain_text("House of")


def _speak_german_in_the_dark_on_a_phone(page: Page, stage: Stage, heatpump_id: str) -> None:
    page.goto(stage.address)
    page.get_by_role("button", name="Deutsch").first.click()
    expect(page.get_by_role("heading", name="Übersicht")).to_be_visible()
    page.locator("details.menu-right summary").click()
    page.get_by_label("Dunkel").check()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for path in ("/", f"/heatpumps/{heatpump_id}", f"/heatpumps/{heatpump_id}/settings", "/alerts/", "/dashboards/"):
        page.goto(f"{stage.address}{path}")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
