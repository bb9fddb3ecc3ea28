"""A person makes a job, sees its next runs before keeping it, runs it now, and looks at what became of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.services.job_runner import JobRunner
from tests.browser.stage import Stage
from tests.browser.test_journey import forgiven, sign_in
from tests.browser.test_settings import furnished

pytestmark = pytest.mark.browser


def test_a_job_is_made_looked_at_run_and_removed(page: Page, stage: Stage, complaints: list[str]) -> None:
    furnished(stage)
    JobRunner(stage.system).start()
    sign_in(page, stage, "/")
    page.locator("details.menu-right summary").click()
    page.get_by_role("banner").get_by_role("link", name="Jobs").click()
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Gebäude A").click()

    page.get_by_label("Name").fill("Night setback")
    page.get_by_label("Setting", exact=True).select_option("temp_room_target_circuit_a")  # fetches its limits
    expect(page.get_by_text("Allowed: 15 to 30 °C")).to_be_visible()
    page.get_by_label("Value (°C)").fill("99")
    page.get_by_label("Times").fill("22:00")
    page.get_by_role("button", name="Show the next runs").last.click()
    expect(page.locator(".field-error")).to_contain_text("99")
    assert forgiven(complaints, "400")

    page.get_by_label("Value (°C)").fill("18")
    page.get_by_label("Sat").uncheck()
    page.get_by_role("button", name="Show the next runs").last.click()
    expect(page.locator("#result li")).to_have_count(5)
    expect(page.locator("#result")).not_to_contain_text("Sat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Night setback")).to_be_visible()
    expect(page.get_by_text("It has not run yet.")).to_be_visible()

    page.get_by_role("button", name="Run now").click()
    expect(page.locator(".log")).to_be_visible()
    for _ in range(20):
        if page.locator(".log strong", has_text="Confirmed").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".log strong")).to_have_text("Confirmed")
    assert stage.system.latest.of("hp-001")["temp_room_target_circuit_a"].value == 18

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
