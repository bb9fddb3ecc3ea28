"""A person makes a rule, tries it out on the past, keeps it, sees it fire on a real poll, and acknowledges it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.services import heatpumps
from drivers.simulators.plant import Plant
from tests.browser.stage import Stage
from tests.browser.test_journey import sign_in
from tests.notify.receivers import web_receiver
from tests.servers import refusing_port
from tests.waiting import eventually

pytestmark = pytest.mark.browser


def test_from_a_rule_to_an_acknowledged_alert(page: Page, stage: Stage) -> None:
    stage.sign_up()
    now = int(stage.system.clock())
    plant = Plant(1, start=now - 86_400)
    with refusing_port() as nobody:
        pump = stage.add("Gebäude A", nobody, enabled=False)
    stage.live_through(pump, plant, now)
    machine = stage.simulator(plant=plant, pinned={"temp_hot_water": 55.0})
    with web_receiver() as telephone:
        sign_in(page, stage, "/alerts/")
        expect(page.get_by_text("Nobody is told yet")).to_be_visible()
        page.get_by_role("link", name="Add a channel").click()
        page.get_by_label("Kind").select_option("webhook")
        page.get_by_label("Address").fill(f"{telephone.address}/token-of-mine")
        page.get_by_label("Name", exact=True).fill("Telephone")
        page.get_by_role("button", name="Save").last.click()
        page.get_by_role("button", name="Send a test message").click()
        expect(page.get_by_text("The test message to Telephone was taken.")).to_be_visible()
        assert "token-of-mine" not in page.content()

        page.get_by_role("link", name="Rules").click()
        page.get_by_role("link", name="New rule").click()
        page.get_by_label("Name", exact=True).fill("Outdoor alarm")
        page.get_by_label("Sensor", exact=True).fill("Outdoor temperature · temp_outside")
        page.get_by_label("Comparison", exact=True).select_option("below")
        page.get_by_label("Value", exact=True).fill("45")
        page.get_by_role("button", name="Try it on the past").click()
        expect(page.get_by_text("It would have fired 1 time in the last 90 days.")).to_be_visible()
        page.get_by_label("Severity").select_option("critical")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("heading", name="Outdoor alarm")).to_be_visible()
        expect(page.get_by_text("Nothing is open.")).to_be_visible()

        page.get_by_role("link", name="Heat-pump monitor").click()
        heatpumps.change(stage.system, pump.id, {"enabled": True, "connection_config": {"port": machine.port}})
        alert = page.locator(".event", has_text="Outdoor alarm")
        expect(alert).to_be_visible()  # without a reload
        expect(page.locator("[data-alert-count]")).to_contain_text("1")
        assert eventually(lambda: len(telephone.got) == 2)
        assert telephone.got[1]["title"] == "Critical: Gebäude A: Outdoor alarm"

        alert.get_by_role("link", name="Outdoor alarm").click()
        page.get_by_label("Note").fill("It is winter")
        page.get_by_role("button", name="Acknowledge").click()
        expect(page.get_by_text("It is winter")).to_be_visible()
        page.get_by_role("link", name="Gebäude A").last.click()
        expect(page.locator(".note-list").get_by_role("link", name="Outdoor alarm", exact=True)).to_be_visible()
        page.get_by_role("link", name="New note").click()
        page.get_by_label("Text").fill("Curve lowered")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".note-list").get_by_text("Curve lowered", exact=True)).to_be_visible()


def test_without_javascript_a_rule_is_made_too(page: Page, stage: Stage) -> None:
    browser = page.context.browser
    assert browser is not None
    stage.sign_up()
    stage.add("Gebäude A", stage.simulator().port)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    plain = context.new_page()
    sign_in(plain, stage, "/alerts/rules/add")
    plain.get_by_label("Name", exact=True).fill("A fault")
    plain.get_by_label("Kind of condition 1").select_option("state")
    plain.get_by_role("button", name="Apply the choice").click()
    plain.get_by_label("Sensor with states").fill("Heat pump fault · failure_heat_pump")
    plain.get_by_role("button", name="Apply the choice").click()
    plain.get_by_label("Fault", exact=True).check()
    plain.get_by_role("button", name="Save").last.click()
    expect(plain.get_by_text("Heat pump fault is Fault")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_of_alerts_is_wider_than_the_screen(page: Page, stage: Stage, width: int) -> None:
    stage.sign_up()
    stage.add(
        "Mehrfamilienhausgartenseitenflügelkellerwärmepumpenanlage",
        stage.simulator(pinned={"failure_heat_pump": "fault"}).port,
    )
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, stage)
    expect(page.locator(".event")).to_be_visible()
    paths = (
        "/",
        "/alerts/",
        "/alerts/events",
        "/alerts/events/1",
        "/alerts/rules/3/edit",
        "/alerts/channels/",
        "/alerts/channels/add",
        "/alerts/maintenance/",
        "/annotations/add",
        "/heatpumps/hp-001",
    )
    for path in paths:
        page.goto(f"{stage.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
