"""A person signs up, adds a heat pump, watches it, looks back, and removes it again: in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from drivers.simulators.plant import Plant
from tests.browser.stage import PASSWORD, USER, Stage
from tests.servers import refusing_port
from tests.waiting import eventually

pytestmark = pytest.mark.browser

VALUE = ".pump [data-value]"


def sign_in(page: Page, stage: Stage, path: str = "/") -> None:
    page.goto(f"{stage.address}/login")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto(f"{stage.address}{path}")


def test_from_the_first_start_to_the_removal_of_a_heat_pump(page: Page, stage: Stage) -> None:
    machine = stage.simulator(options={"circuits": ["A", "B"], "zones": []}, speed=600.0)

    page.goto(stage.address)
    expect(page).to_have_url(f"{stage.address}/setup")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    page.get_by_role("link", name="Add the first heat pump").click()
    page.get_by_label("Search manufacturers and models").fill("navigator")
    expect(page.get_by_role("link", name="NIBE S-Series")).to_be_hidden()
    page.get_by_role("link", name="iDM Navigator 2.0").click()
    expect(page.get_by_text("Modbus is off by default.")).to_be_visible()
    page.get_by_label("Address").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(machine.port))
    page.get_by_role("button", name="Test the connection and continue").click()
    expect(page.get_by_text("It answers.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="B", exact=True)).to_be_checked()
    page.go_back()
    expect(page.get_by_label("Port")).to_have_value(str(machine.port))
    page.go_forward()
    page.get_by_label("Name", exact=True).fill("Gebäude A")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("It answered the connection test.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Gebäude A is added")).to_be_visible()
    expect(page.get_by_role("heading", name="values arrive")).to_be_visible()  # by themselves
    page.get_by_role("link", name="To the heat pump").click()

    expect(page.get_by_role("heading", name="Gebäude A")).to_be_visible()
    expect(page.locator(".page-head [data-text]")).to_have_text("Online")
    expect(page.get_by_role("heading", name="Temperatures").first).to_be_visible()  # once it was read, without a click

    page.get_by_role("link", name="Heat-pump monitor").click()
    before = page.locator(VALUE).all_inner_texts()
    page.wait_for_function(
        "before => [...document.querySelectorAll('.pump [data-value]')].map(each => each.innerText).join() !== before",
        arg=",".join(before),
    )

    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Übersicht")).to_be_visible()
    page.wait_for_function("() => /^-?\\d+,\\d$/.test(document.querySelectorAll('.pump [data-value]')[1].innerText)")
    page.get_by_role("button", name="English").click()

    page.get_by_role("link", name="Gebäude A").last.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Disable").click()
    expect(page.locator(".page-head [data-text]")).to_have_text("Disabled")

    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Remove …").click()
    page.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_role("heading", name="No heat pump yet")).to_be_visible()
    page.locator("details.menu-right summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_chart_zooms_goes_back_and_keeps_its_choice(page: Page, stage: Stage) -> None:
    stage.sign_up()
    now = int(stage.system.clock())
    plant = Plant(1, start=now - 2 * 86_400)
    with refusing_port() as nobody:
        pump = stage.add("Gebäude A", nobody, enabled=False)
        stage.live_through(pump, plant, now, silent=[(now - 40_000, now - 34_000)])
        sign_in(page, stage, f"/heatpumps/{pump.id}?dashboard=free")
        expect(page.locator(".chart canvas")).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/series?" in request.url else None)

        chart = page.locator(".chart .u-over")
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50)
        expect(page.locator("[data-moment]")).to_have_text(re.compile(r"\d\d:\d\d$"))
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 60, steps=5)
        page.mouse.up()
        expect(page.get_by_role("button", name="Whole period")).to_be_visible()
        start, end = _period(asked[-1])
        assert 0.08 * 86_400 < end - start < 0.12 * 86_400

        page.locator(".chart .u-over").dblclick()
        expect(page.get_by_role("button", name="Whole period")).to_be_hidden()
        assert eventually(lambda: _span(asked[-1]) == 86_400)

        page.get_by_role("link", name="7 days").click()
        assert eventually(lambda: _span(asked[-1]) == 7 * 86_400)
        page.get_by_placeholder("Search sensors").fill("thermal")
        page.get_by_role("checkbox", name="Thermal output now").check()
        expect(page.locator(".legend tbody")).to_contain_text("Thermal output now")
        page.reload()
        expect(page.locator(".legend tbody")).to_contain_text("Thermal output now")
        assert _span(asked[-1]) == 7 * 86_400


def test_figures_that_stand_still_say_so_and_come_back(page: Page, stage: Stage, complaints: list[str]) -> None:
    stage.sign_up()
    stage.add("Gebäude A", stage.simulator().port)
    sign_in(page, stage)
    expect(page.get_by_text("The monitor does not answer.")).to_be_hidden()
    page.route("**/api/data**", lambda route: route.fulfill(status=503, body="{}"))
    expect(page.get_by_text("The monitor does not answer.")).to_be_visible()
    page.unroute("**/api/data**")
    expect(page.get_by_text("The monitor does not answer.")).to_be_hidden()
    assert forgiven(complaints, "503")


def test_a_session_that_ended_leads_back_to_the_login(page: Page, stage: Stage, complaints: list[str]) -> None:
    stage.sign_up()
    stage.add("Gebäude A", stage.simulator().port)
    sign_in(page, stage)
    with stage.system.database.transaction() as db:
        db.execute("UPDATE users SET password_hash = 'another'")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert forgiven(complaints, "401")


def test_a_lost_heat_pump_is_shown_as_lost_and_as_back_without_a_reload(page: Page, stage: Stage) -> None:
    stage.sign_up()
    machine = stage.simulator()
    stage.add("Gebäude A", machine.port)
    sign_in(page, stage)
    state = page.locator(".pump [data-text]")
    expect(state).to_have_text("Online")
    machine.stop()
    expect(state).to_have_text(re.compile(r"^Offline since \d\d:\d\d$"))
    expect(page.locator(".pump [data-reason]")).to_contain_text("refuses the connection")
    machine.start()
    expect(state).to_have_text("Online")


def test_without_javascript_everything_but_the_chart_works(page: Page, stage: Stage) -> None:
    browser = page.context.browser
    assert browser is not None
    machine = stage.simulator()
    stage.sign_up()
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    plain = context.new_page()
    sign_in(plain, stage, "/heatpumps/add?kind=idm/navigator_2_0")
    plain.get_by_label("Address").fill("127.0.0.1")
    plain.get_by_label("Port").fill(str(machine.port))
    plain.get_by_role("button", name="Test the connection and continue").click()
    plain.get_by_label("Name", exact=True).fill("Gebäude A")
    plain.get_by_role("button", name="Continue").last.click()
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.get_by_role("heading", name="values arrive")).to_be_visible()
    plain.get_by_role("link", name="To the heat pump").click()
    expect(plain.get_by_text("The chart needs JavaScript.")).to_be_visible()
    expect(plain.locator("dt", has_text="Outdoor temperature").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_screen(page: Page, stage: Stage, width: int) -> None:
    stage.sign_up()
    stage.add("Mehrfamilienhausgartenseitenflügelkellerwärmepumpenanlage", stage.simulator().port)
    assert eventually(lambda: stage.system.latest.last_seen("hp-001") is not None)
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, stage)
    for path in ("/", "/heatpumps/hp-001", "/heatpumps/hp-001/edit", "/heatpumps/hp-001/remove", "/heatpumps/add"):
        page.goto(f"{stage.address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def forgiven(complaints: list[str], status: str) -> bool:
    """Whether the browser complained about nothing but this answer, which the test provoked."""
    only = bool(complaints) and all(f"status of {status}" in complaint for complaint in complaints)
    complaints.clear()
    return only


def _period(url: str) -> tuple[int, int]:
    found = re.search(r"from=(\d+)&to=(\d+)", url)
    assert found is not None
    return int(found.group(1)), int(found.group(2))


def _span(url: str) -> int:
    start, end = _period(url)
    return end - start
