"""Finding one's way among several heat pumps, with the mouse, the keyboard and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.browser.test_journey import sign_in
from tests.servers import refusing_port
from tests.waiting import eventually

pytestmark = pytest.mark.browser


def test_a_house_with_several_heat_pumps_is_looked_through(page: Page, stage: Stage) -> None:
    stage.sign_up()
    machines = {name: stage.simulator() for name in ("Nordhaus", "Südhaus")}
    for name, machine in machines.items():
        stage.add(name, machine.port)
    with refusing_port() as nobody:
        stage.add("Altbau", nobody)
        sign_in(page, stage)
        expect(page.locator(".urgent")).to_contain_text("Altbau needs attention first. Offline since")
        names = page.locator(".pump-link")
        expect(names).to_have_text(["Altbau", "Nordhaus", "Südhaus"])

        page.get_by_placeholder("Search heat pumps").fill("haus")
        expect(names.filter(visible=True)).to_have_text(["Nordhaus", "Südhaus"])
        page.get_by_placeholder("Search heat pumps").fill("xyz")
        expect(page.locator("[data-none-named]")).to_be_visible()
        page.get_by_placeholder("Search heat pumps").fill("")

        page.get_by_role("link", name="Table").click()
        expect(page.get_by_role("columnheader", name="Flow")).to_be_visible()
        page.get_by_role("link", name="Heat pump", exact=True).click()
        expect(page).to_have_url(re.compile(r"view=table&sort=name"))
        page.get_by_label("State").select_option("online")
        expect(names).to_have_text(["Nordhaus", "Südhaus"])
        expect(page).to_have_url(re.compile("show=online"))

        # what changes while the page stands open, although the filter hides it
        machines["Nordhaus"].stop()
        expect(names).to_have_text(["Südhaus"])
        page.get_by_role("link", name="Overview").click()
        expect(page.locator("table.overview")).to_be_visible()  # remembered

        # with the keyboard alone: open the selector, walk down, choose, and stay on the same kind of page
        page.goto(f"{stage.address}/heatpumps/hp-002/analysis")
        selector = page.locator("details.selector")
        selector.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(selector.locator('[data-pump="hp-003"] [data-state]')).to_contain_text("Offline since")
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        expect(selector.get_by_role("link", name="Altbau")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{stage.address}/heatpumps/hp-003/analysis")
        selector.locator("summary").click()
        page.keyboard.press("Escape")
        expect(selector.locator("ul")).to_be_hidden()


def test_the_settings_are_found_and_kept_on_a_phone(page: Page, stage: Stage) -> None:
    stage.sign_up()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, stage)
    page.get_by_role("button", name="Try it with simulated heat pumps").click()
    expect(page.locator(".pump-link")).to_have_count(3)
    expect(page.locator(".tag").first).to_have_text("simulated")
    expect(page.locator(".spark").first).to_be_visible()
    menu = page.locator("details.menu-right")
    menu.locator("summary").click()
    menu.get_by_role("radio", name="Dark").check()
    assert eventually(lambda: page.evaluate("document.documentElement.dataset.bsTheme") == "dark")
    menu.get_by_role("link", name="Settings").click()
    expect(page.get_by_label("Appearance")).to_have_value("dark")
    page.get_by_label("Appearance").select_option("light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.get_by_label("Currency of the tariffs").select_option("CHF")
    expect(page.get_by_label("Currency of the tariffs")).to_have_value("CHF")
    page.locator("#language").select_option("de")
    expect(page.get_by_role("heading", name="Einstellungen", exact=True)).to_be_visible()
    for path in ("/", "/?view=table", "/settings/", "/settings/program", "/settings/victoriametrics", "/system/"):
        page.goto(f"{stage.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
