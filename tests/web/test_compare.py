"""Heat pumps side by side: the same dates, what makes a comparison unfair, drawings, and the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
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


def test_a_heat_pump_that_is_gone_is_named_and_the_others_are_compared(owner: Visitor, pumps: list[HeatPump]) -> None:
    page = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}&heatpump=hp-999")
    assert page.status_code == 200
    assert "hp-999: not there any more" in page.text
    assert "Figures of the same dates" in page.text


def test_with_a_single_heat_pump_there_is_nothing_to_compare(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    add("Einzelstück")
    page = owner.get("/compare/").text
    assert "There is nothing to compare yet" in page


def cells(page: str, label: str) -> list[str]:
    """What stands in the row of the table that begins with this."""
    row = re.search(rf'<th scope="row">{re.escape(label)}.*?</tr>', page, re.DOTALL)
    assert row is not None, label
    return re.findall(r"<td>([^<]*)</td>", row[0])


def test_amounts_can_be_divided(owner: Visitor, system: System, pumps: list[HeatPump]) -> None:
    where = f"/compare/?{query(*pumps[:2], period='2025-11')}"
    assert cells(owner.get(where).text, "Heat ") == ["960", "720", "-240"]
    assert cells(owner.get(f"{where}&per=kwh").text, "Electricity ") == ["0.250", "0.333", "+0.083"]
    missing = owner.get(f"{where}&per=m2").text
    assert "Kindergarten, Rathaus: say in the form how many square metres are heated." in missing
    assert cells(missing, "Heat ") == ["–", "–", "–"]
    for pump, area in zip(pumps, (120, 240), strict=False):
        owner.send("PUT", f"/api/heatpumps/{pump.id}", {"device_config": {"heated_area": area}})
    assert cells(owner.get(f"{where}&per=m2").text, "Heat ") == ["8.0", "3.0", "-5.0"]
    cold = owner.get(f"{where}&per=degree_day").text
    heat, electric = (
        [float(cell) for cell in cells(cold, f"{kind} per degree day")[:2]]
        for kind in ("Space heating", "Electricity for the house")
    )
    assert heat[0] / electric[0] == pytest.approx(4, abs=0.05)
    assert heat[1] / electric[1] == pytest.approx(3, abs=0.05)
    assert owner.get(f"{where}&per=nonsense").status_code == 200
    told = owner.get(f"/api/compare?{query(*pumps[:2], **{'from': FIRST, 'to': FIRST + 30 * DAY})}").json["heatpumps"]
    assert told[0]["heated_area"] == 120
    assert told[0]["per_m2"]["heat"] == pytest.approx(8)
    assert told[1]["per_kwh"]["electric"] == pytest.approx(1 / 3)


def test_the_cop_is_shown_over_the_lift(owner: Visitor, pumps: list[HeatPump]) -> None:
    told = owner.get(f"/api/compare?{query(*pumps[:2], **{'from': FIRST, 'to': FIRST + 30 * DAY})}").json["heatpumps"]
    first, second = (each["lifts"] for each in told)
    assert len(first) == len(second) == 10
    assert {round(cop, 2) for _, _, cop in first} == {4.0}
    assert {round(cop, 2) for _, _, cop in second} == {3.0}
    assert all(28 < lift < 36 for _, lift, _ in first)
    page = owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}").text
    assert "COP over the lift" in page
    assert "no line: its points do not lie on one, or are too few" in page


def test_alerts_and_notes_are_marked_once(owner: Visitor, pumps: list[HeatPump]) -> None:
    note = {"heatpump_id": pumps[0].id, "at": FIRST + 12 * DAY, "text": "Filter gereinigt"}
    owner.send("POST", "/api/annotations", note)
    owner.send("POST", "/api/annotations", {"heatpump_id": None, "at": FIRST + 13 * DAY, "text": "Stromausfall"})
    owner.send("POST", "/api/annotations", {"heatpump_id": pumps[2].id, "at": FIRST + 13 * DAY, "text": "anderswo"})
    page = unescape(owner.get(f"/compare/?{query(*pumps[:2], period='2025-11')}").text)
    assert page.count("Kindergarten: Filter gereinigt") == 2, "in the chart and in the list"
    assert page.count("Stromausfall") == 2
    assert "anderswo" not in page
    assert "2 alerts and notes in this time" in page


def test_the_address_says_which_is_taken_from_which(
    owner: Visitor, system: System, pumps: list[HeatPump], add: Callable[..., HeatPump]
) -> None:
    where = f"/compare/?{query(*pumps[:2], period='2025-11')}"
    assert "Difference: Kindergarten − Rathaus" in owner.get(where).text
    turned = owner.get(f"{where}&first=hp-002&second=hp-001").text
    assert "Difference: Rathaus − Kindergarten" in turned
    assert "Difference: Kindergarten − Rathaus" in owner.get(f"{where}&first=hp-001&second=hp-001").text
    for name in ("first=hp-002", "second=hp-001", "period=2025"):
        assert name in turned[turned.index("period-nav") :], "links take it along"


def test_heat_pumps_without_a_closed_day_still_have_a_chart(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    new = [add("Neu 1"), add("Neu 2")]
    page = owner.get(f"/compare/?{query(*new)}").text
    assert "there is no closed day yet" in page
    assert f'data-from="{NOW - 7 * DAY}" data-to="{NOW}"' in page


def test_makers_may_differ(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    other = add("NIBE", manufacturer="nibe", model="s_series", device_config={})
    pumps = [add("iDM"), other]
    for number, pump in enumerate(pumps):
        live(system, pump, FIRST, 20, cop=3.0 + number)
    page = owner.get(f"/compare/?{query(*pumps, period='2025-11', sensor='temp_outside')}").text
    assert cells(page, "Seasonal performance factor, COP")[:2] == ["3.00", "4.00"]
    assert '<option value="temp_outside" selected>' in page
    assert page.count("/series") == 2


def test_names_are_text(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    hostile = [add(f"<b>'\"&{number}") for number in range(2)]
    for pump in hostile:
        live(system, pump, FIRST, 2)
    page = owner.get(f"/compare/?{query(*hostile, period='2025-11')}").text
    assert "<b>'" not in page
