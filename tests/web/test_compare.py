"""Heat pumps side by side: the same dates, what makes a comparison unfair, drawings, and the same as JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.people import Visitor
from tests.web.test_analysis_page import DAY, FIRST, live


@pytest.fixture
def pumps(system: System, add: Callable[..., HeatPump]) -> list[HeatPump]:
    """One of twenty days with a COP of 4, one of the last ten of them with 3, and one that has never been read."""
    made = [add("Kindergarten"), add("Rathaus"), add("Neubau")]
    live(system, made[0], FIRST, 20)
    live(system, made[1], FIRST + 10 * DAY, 10, cop=3.0)
    return made


def query(*pumps: HeatPump, **more: object) -> str:
    parts = [f"heatpump={pump.id}" for pump in pumps] + [f"{name}={value}" for name, value in more.items()]
    return "&".join(parts)


def test_two_are_compared_over_the_days_that_both_have(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}").text
    assert "From 11 November 2025 to 20 November 2025" in page
    assert "4.00" in page
    assert "3.00" in page
    assert "-1.00" in page or "−1.00" in page
    assert "Second less first" in page
    assert page.count("drawing-pump-1") > 2
    assert page.count("drawing-pump-2") > 2
    assert "drawing-course-2" in page  # the usual day
    assert 'value="hp-001" checked' in page


def test_the_interface_gives_the_same(owner: Visitor, pumps: list[HeatPump]) -> None:
    answer = owner.get(f"/api/compare?{query(*pumps[:2], **{'from': FIRST, 'to': FIRST + 30 * DAY})}").json
    assert (answer["from"], answer["to"]) == (FIRST + 10 * DAY, FIRST + 20 * DAY)
    first, second = answer["heatpumps"]
    assert first["figures"]["factor"]["value"] == pytest.approx(4.0)
    assert second["figures"]["factor"]["value"] == pytest.approx(3.0)
    assert first["figures"]["days"] == second["figures"]["days"] == 10
    assert len(first["profile"]) == 24
    assert sum(first["profile"]) == pytest.approx(24.0, rel=0.05)
    assert first["heat_per_degree_day"] == pytest.approx(96 / 18, rel=0.1)


def test_another_boundary_is_warned_of(owner: Visitor, pumps: list[HeatPump]) -> None:
    warned = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}").text
    assert "Nobody said yet what their electricity meters include" in warned
    for pump, metered in zip(pumps, (True, False), strict=False):
        sent = {"source": "air", "building_pumps": metered, "backup_heater": "none", "source_pump": "counted"}
        owner.send("PUT", f"/api/heatpumps/{pump.id}/metering", sent)
    warned = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}").text
    assert "Their factors do not include the same: Kindergarten H4, Rathaus H3." in warned


def test_one_without_a_closed_day_is_named(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get(f"/compare/?{query(*pumps, period='2025-11')}")
    assert page.status_code == 200
    assert "Neubau: there is no closed day yet" in page.text


def test_a_time_without_days_in_common_says_so(owner: Visitor, pumps: list[HeatPump]) -> None:
    assert "no day of this time in common" in owner.get(f"/compare/?{query(*pumps[:2], period='2024')}").text


@pytest.mark.parametrize("ids", [["hp-001"], ["hp-001", "hp-001"], [f"hp-{number:03d}" for number in range(1, 10)]])
def test_fewer_than_two_and_more_than_eight_are_refused(owner: Visitor, pumps: list[HeatPump], ids: list[str]) -> None:
    page = owner.get("/compare/?" + "&".join(f"heatpump={each}" for each in ids))
    assert page.status_code == 400
    assert "Choose 2 to 8 heat pumps" in page.text


def test_an_unknown_heat_pump_is_not_found(owner: Visitor, pumps: list[HeatPump]) -> None:
    assert owner.get("/compare/?heatpump=hp-001&heatpump=hp-999").status_code == 404


def test_without_a_choice_there_are_only_boxes(viewer: Visitor, pumps: list[HeatPump]) -> None:
    page = viewer.get("/compare/").text
    assert page.count('name="heatpump"') == 3
    assert "data-courses" not in page


def test_the_chart_draws_the_chosen_sensor_of_each(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11', sensor='temp_return')}").text
    assert '<option value="temp_return" selected>' in page
    assert "/api/heatpumps/hp-002/series" in page
    unknown = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11', sensor='nonsense')}")
    assert unknown.status_code == 200


def test_names_are_text(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    hostile = [add(f"<b>'\"&{number}") for number in range(2)]
    for pump in hostile:
        live(system, pump, FIRST, 2)
    page = owner.get(f"/compare/?{query(*hostile, period='2025-11')}").text
    assert "<b>'" not in page
