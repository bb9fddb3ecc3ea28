"""The live picture: it follows the machine without a click, rests with reduced motion, and leads on by the keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from drivers.simulators.plant import Plant
from tests.browser.stage import PASSWORD, USER, Stage
from tests.browser.test_journey import sign_in
from tests.servers import refusing_port

pytestmark = pytest.mark.browser

DAY_S = 86_400
WIDE = ".machine-wide"
FLOWING = f"{WIDE} .machine-stream[data-part=circuit_a]"
HEATS: Mapping[str, float | int | str] = {
    "operating_mode": "heating",
    "compressor_on": 1,
    "temp_flow": 36.5,
    "temp_return": 30.0,
}


def at_machine(stage: Stage, pump: HeatPump, values: Mapping[str, float | int | str]) -> None:
    """From now on another machine answers, which says this."""
    port = stage.simulator(pinned=values).port
    heatpumps.change(stage.system, pump.id, {"enabled": True, "connection_config": {"port": port}})


def running(page: Page, selector: str) -> str:
    """The animation of the first such part; none while it rests."""
    name: str = page.locator(selector).first.evaluate("part => getComputedStyle(part).animationName")
    return name


@pytest.fixture
def lived(stage: Stage) -> HeatPump:
    """A heat pump that heats, with three days behind it."""
    stage.sign_up()
    now = int(stage.system.clock())
    pump = stage.add("Gebäude A", 9, enabled=False)
    stage.live_through(pump, Plant(1, start=now - 3 * DAY_S), now)
    stage.system.upkeep.run(gently=False)
    stage.system.daily.run(gently=False)
    at_machine(stage, pump, HEATS)
    return pump


def test_the_picture_follows_the_machine(page: Page, stage: Stage, lived: HeatPump) -> None:
    sign_in(page, stage, f"/heatpumps/{lived.id}")
    figure = page.locator("[data-machine]")
    expect(figure).to_have_attribute("data-state", "heating")
    expect(page.locator(f"{WIDE} [data-machine-state]")).to_have_text("Heating")
    assert running(page, FLOWING) == "machine-flow"
    assert running(page, f"{WIDE} .machine-ring") == "machine-turn"
    expect(page.locator(f"{WIDE} [data-warm-of=flow]").first).to_have_attribute("data-warm", "t5")

    at_machine(stage, lived, {**HEATS, "operating_mode": "hot_water", "temp_flow": 52.0})
    expect(figure).to_have_attribute("data-state", "hot_water")
    expect(page.locator(f"{WIDE} [data-warm-of=flow]").first).to_have_attribute("data-warm", "t7")
    expect(page.locator(f"{WIDE} .machine-value").filter(has_text="Flow")).to_contain_text("52.0")
    assert running(page, FLOWING) == "none"
    assert running(page, f"{WIDE} .machine-stream[data-part=hot_water]") == "machine-flow"

    at_machine(stage, lived, {**HEATS, "operating_mode": "off", "compressor_on": 0, "temp_flow": 52.0})
    expect(figure).to_have_attribute("data-state", "off")
    expect(page.locator("[data-machine-caption]")).to_have_text("Off: the compressor rests.")
    assert running(page, f"{WIDE} .machine-stream[data-part=hot_water]") == "none"
    assert running(page, f"{WIDE} .machine-ring") == "none"

    at_machine(stage, lived, {**HEATS, "failure_heat_pump": "fault", "temp_flow": 52.0})
    expect(figure).to_have_attribute("data-state", "fault")
    with refusing_port() as nobody:
        heatpumps.change(stage.system, lived.id, {"connection_config": {"port": nobody}})
        expect(figure).to_have_attribute("data-state", "offline")
    expect(page.locator(f"{WIDE} [data-warm-of=flow]").first).to_have_attribute("data-warm", "none")

    figure.get_by_text("As a table").click()
    row = figure.get_by_role("row").filter(has_text="Flow temperature").first
    expect(row).to_contain_text("52.0")

    expect(page.locator(".groups .trend").first).to_be_visible()
    expect(page.locator(".groups .trend").first).to_have_attribute("aria-label", re.compile("24 hours: .+ to .+"))

    day = page.locator(".days-scroll a").last
    day.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Electricity by the hour")).to_be_visible()
    expect(page.get_by_text("COP of the day")).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion_and_a_phone_has_its_own_drawing(
    browser: Browser, stage: Stage, lived: HeatPump
) -> None:
    context = browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, reduced_motion="reduce", color_scheme="dark"
    )
    page = context.new_page()
    page.goto(f"{stage.address}/login")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{stage.address}/heatpumps/{lived.id}")
    expect(page.locator(".machine-narrow")).to_be_visible()
    expect(page.locator(WIDE)).to_be_hidden()
    expect(page.locator("[data-machine]")).to_have_attribute("data-state", "heating")
    moving: list[str] = page.locator("[data-machine] svg *").evaluate_all(
        "parts => parts.map(part => getComputedStyle(part).animationName).filter(name => name !== 'none')"
    )
    assert moving == []
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0
    context.close()
