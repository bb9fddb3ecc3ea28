"""A person changes a setting, sees first what that means and then what became of it, and takes it back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.browser.test_journey import forgiven, sign_in
from tests.waiting import eventually

pytestmark = pytest.mark.browser


def furnished(stage: Stage) -> None:
    stage.sign_up()
    stage.add("Gebäude A", stage.simulator().port)
    assert eventually(lambda: "temp_hot_water_target" in stage.system.latest.of("hp-001"), 20)


def test_a_setting_is_changed_with_a_look_before_and_taken_back(
    page: Page, stage: Stage, complaints: list[str]
) -> None:
    furnished(stage)
    sign_in(page, stage, "/heatpumps/hp-001")
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("heading", name="Settings of Gebäude A")).to_be_visible()
    row = page.locator("#temp_room_target_circuit_a")
    row.get_by_role("textbox").fill("99")
    row.get_by_role("button", name="Change …").click()
    expect(page.get_by_role("alert")).to_contain_text("above the maximum 30")
    assert forgiven(complaints, "422")

    page.get_by_role("main").get_by_role("textbox").fill("22.5")
    page.get_by_role("button", name="Change …").click()
    expect(page.locator(".change")).to_contain_text("22.5 °C")
    expect(page.get_by_text("0 of 24 in 24 hours")).to_be_visible()
    page.get_by_role("button", name="Write it to the heat pump").click()
    expect(page.get_by_role("status").first).to_contain_text("Confirmed")
    expect(page.get_by_role("status").first).to_contain_text("22.5 °C")
    header, result = page.get_by_role("banner").bounding_box(), page.locator("#result").bounding_box()
    assert header is not None and result is not None
    assert result["y"] >= header["y"] + header["height"]  # what became of it does not hide under the header
    assert stage.system.latest.of("hp-001")["temp_room_target_circuit_a"].value == 22.5

    page.locator("details.menu-right summary").click()
    page.get_by_role("banner").get_by_role("link", name="Log of changes").click()
    expect(page.locator(".log tbody tr").first).to_contain_text("→ 22.5 °C")
    page.get_by_role("link", name="Undo …").click()
    expect(page.get_by_role("alert")).to_contain_text("It was written less than 60 s ago")
    assert forgiven(complaints, "409")


def test_a_value_is_held_until_somebody_releases_it(page: Page, stage: Stage) -> None:
    furnished(stage)
    sign_in(page, stage, "/heatpumps/hp-001/settings")
    row = page.locator("#temp_request_glt_heating")
    row.get_by_role("textbox", name=re.compile("New value")).fill("41")
    row.get_by_role("button", name="Change …").click()
    expect(page.get_by_text("It lapses after 10 minutes")).to_be_visible()
    page.get_by_role("button", name="Write it to the heat pump").click()
    expect(row.get_by_text("until somebody releases it")).to_be_visible()
    row.get_by_role("link", name="Release …").click()
    page.get_by_role("button", name="Write it to the heat pump").click()
    expect(page.locator("#result")).to_contain_text("Confirmed")
    expect(row.get_by_text("until somebody releases it")).to_be_hidden()


def test_all_writing_is_stopped_with_one_click_and_every_page_says_so(
    page: Page, stage: Stage, complaints: list[str]
) -> None:
    furnished(stage)
    sign_in(page, stage, "/audit/")
    page.get_by_role("button", name="Stop all writing everywhere").click()
    for path in ("/", "/heatpumps/hp-001", "/heatpumps/hp-001/settings", "/audit/"):
        page.goto(f"{stage.address}{path}")
        expect(page.get_by_text("All writing is stopped.")).to_be_visible()
    page.goto(f"{stage.address}/heatpumps/hp-001/settings/temp_hot_water_target?value=50")
    expect(page.get_by_role("alert")).to_contain_text("All writing is stopped, by berta")
    assert forgiven(complaints, "409")


def test_without_javascript_on_a_narrow_screen_a_setting_can_be_changed(page: Page, stage: Stage) -> None:
    browser = page.context.browser
    assert browser is not None
    furnished(stage)
    context = browser.new_context(java_script_enabled=False, locale="de-DE", viewport={"width": 360, "height": 800})
    plain = context.new_page()
    plain.goto(f"{stage.address}/login")
    plain.fill("#username", "berta")
    plain.fill("#password", "a long pass phrase")
    plain.click("main button")
    plain.goto(f"{stage.address}/heatpumps/hp-001/settings")
    row = plain.locator("#system_mode")
    row.get_by_role("combobox").select_option("standby")
    row.get_by_role("button", name="Ändern …").click()
    plain.get_by_role("button", name="An die Wärmepumpe schreiben").click()
    expect(plain.locator("#result")).to_contain_text("Bestätigt")
    assert stage.system.latest.of("hp-001")["system_mode"].value == "standby"
    for path in ("/heatpumps/hp-001/settings", "/heatpumps/hp-001/settings/temp_hot_water_target?value=52", "/audit/"):
        plain.goto(f"{stage.address}{path}")
        # scripts of the page are off, those of the test are not
        assert plain.evaluate("document.documentElement.scrollWidth") <= 360, path
    context.close()
