"""The page of the settings: what can be set, what it costs, what was done, and that nothing is written by looking."""

from __future__ import annotations

import re

import pytest

from app.services import heatpumps, write_permissions
from tests.servers import exception, properly
from tests.services.controlled import BERTA
from tests.web.control import Home

PAGE = "/heatpumps/hp-001/settings"
TARGET = f"{PAGE}/temp_hot_water_target"


def plain(html: str) -> str:
    """The words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").replace("&nbsp;", " ")


def test_every_setting_is_there_with_its_value_and_limits(home: Home) -> None:
    home.house.poll()
    page = plain(home.owner.get(PAGE).text)
    assert "Target hot water temperature" in page
    assert "Allowed: 0 to 30 °C" in page
    assert "24 of 24 left in 24 hours" in page
    assert "cannot be read" in page
    assert "Outdoor temperature" not in page
    assert home.house.writes() == []


def test_who_is_not_the_owner_sees_the_settings_and_cannot_change_them(home: Home) -> None:
    home.house.poll()
    page = home.viewer.get(PAGE)
    assert page.status_code == 200
    assert "Change …" not in page.text
    assert "Stop all writing" not in page.text
    assert home.viewer.get(f"{TARGET}?value=25").status_code == 403
    assert home.viewer.post(TARGET, {"value": "25"}).status_code == 403
    assert home.viewer.post("/heatpumps/hp-001/writing", {"action": "stop"}).status_code == 403
    assert home.viewer.post("/audit/writing", {"action": "stop"}).status_code == 403
    assert home.house.writes() == []


def test_first_it_is_shown_what_would_change_and_what_it_costs(home: Home) -> None:
    page = home.owner.get(f"{TARGET}?value=25")
    assert page.status_code == 200
    said = plain(page.text)
    assert "20 °C" in said
    assert "25 °C" in said
    assert "0 of 24 in 24 hours, 0 of 4,000 in a year are used" in said
    assert "It stands 300,000 writes" in said
    assert home.house.writes() == []
    assert home.house.audit() == []


def test_then_it_is_written_and_the_outcome_told_in_words(home: Home) -> None:
    answer = home.owner.post(TARGET, {"value": "25"})
    assert answer.status_code == 302
    page = plain(home.owner.get(answer.headers["Location"]).text)
    assert "Target hot water temperature: Confirmed" in page
    assert "20 °C → 25 °C. It was written and read back." in page
    assert "by berta: Confirmed" in page
    assert home.house.writes() == [(1, (25,))]


def test_the_outcome_of_another_heat_pump_is_not_shown(home: Home) -> None:
    home.owner.post(TARGET, {"value": "25"})
    other = heatpumps.add(
        home.house.system,
        {"name": "B", "manufacturer": "acme", "model": "one", "connection_config": {"host": "127.0.0.1", "port": 9}},
    )
    assert 'id="result"' not in home.owner.get(f"/heatpumps/{other.id}/settings?done=1").text
    for done in ("x", "99", "-1", "9" * 30, "١"):
        assert home.owner.get(f"{PAGE}?done={done}").status_code == 200


@pytest.mark.parametrize(
    "value", ["99", "nan", "inf", "-inf", "1e400", "", "warm", "٢٥", "25;", "1_0", "0x19", "20,5", "9" * 500]
)
def test_a_value_that_cannot_be_is_refused_before_the_wire(still_home: Home, value: str) -> None:
    page = still_home.owner.get(TARGET, query_string={"value": value})
    assert page.status_code == 422
    assert "Denied" in page.text
    answer = still_home.owner.post(TARGET, {"value": value})
    followed = answer if answer.status_code != 302 else still_home.owner.get(answer.headers["Location"])
    assert "Denied" in followed.text
    assert still_home.house.server.connections == 0


@pytest.mark.parametrize("value", ["25", " 25 ", "25.0", "25,0", "+25"])
def test_a_number_may_be_typed_as_people_type_numbers(home: Home, value: str) -> None:
    home.owner.post(TARGET, {"value": value})
    assert home.house.writes() == [(1, (25,))]


def test_a_write_that_failed_is_not_shown_as_done(home: Home) -> None:
    home.house.unmoved(1, exception(2))
    page = home.owner.get(home.owner.post(TARGET, {"value": "25"}).headers["Location"])
    assert "Target hot water temperature: Failed" in plain(page.text)
    assert "20 °C → 25 °C" not in plain(page.text)
    assert "notice-bad" in page.text


def test_a_write_that_could_not_be_read_back_is_not_shown_as_done(home: Home) -> None:
    home.house.unmoved(1, properly)
    page = home.owner.get(home.owner.post(TARGET, {"value": "25"}).headers["Location"])
    assert "Not confirmed" in plain(page.text)
    assert "20 °C → 25 °C" not in plain(page.text)


def test_a_held_value_is_shown_with_its_end_and_can_be_released(home: Home) -> None:
    home.owner.post(f"{PAGE}/demand", {"value": "45", "until": "2025-11-21T20:00"})
    page = home.owner.get(PAGE).text
    assert "Held at 45.0 °C since 14:03, until 20:00." in plain(page)
    assert "1 value is held here:" in plain(page)
    assert "Release …" in page
    home.owner.post(f"{PAGE}/demand", {"value": "0.0"})
    assert "is held here" not in home.owner.get(PAGE).text


@pytest.mark.parametrize("until", ["soon", "2025-13-01T00:00", "2025-11-21T10:00", "9" * 50])
def test_an_end_that_cannot_be_is_told(home: Home, until: str) -> None:
    page = home.owner.get(f"{PAGE}/demand", query_string={"value": "45", "until": until})
    assert page.status_code in (409, 422)
    assert "Denied" in page.text
    assert home.owner.post(f"{PAGE}/demand", {"value": "45", "until": until}).status_code in (302, 409)
    assert home.house.writes() == []


def test_an_unconfirmed_register_needs_the_owners_leave(home: Home) -> None:
    home.house.poll()
    assert "Allow writing it all the same" in home.owner.get(PAGE).text
    assert home.owner.get(f"{PAGE}/heating_curve?value=1").status_code == 403
    home.owner.post(f"{PAGE}/heating_curve/permit", {"may": "yes"})
    page = home.owner.get(f"{PAGE}/heating_curve?value=1")
    assert page.status_code == 200
    assert "Only one source describes this register" in page.text
    home.owner.post(f"{PAGE}/heating_curve/permit", {"may": "no"})
    assert home.owner.get(f"{PAGE}/heating_curve?value=1").status_code == 403


@pytest.mark.parametrize("path", ["/", "/heatpumps/hp-001", PAGE, f"{TARGET}?value=25", "/audit/"])
def test_every_page_where_it_matters_says_that_writing_is_stopped(home: Home, path: str) -> None:
    assert "data-stopped" not in home.owner.get(path).text
    home.owner.post("/audit/writing", {"action": "stop"})
    page = home.owner.get(path)
    assert "All writing is stopped." in page.text
    assert "by berta" in plain(page.text)
    home.owner.post("/audit/writing", {"action": "allow"})
    assert "data-stopped" not in home.owner.get(path).text


def test_one_heat_pump_can_be_stopped_alone(home: Home) -> None:
    home.owner.post("/heatpumps/hp-001/writing", {"action": "stop"})
    assert "Writing to this heat pump is stopped." in home.owner.get(PAGE).text
    assert "data-stopped" not in home.owner.get("/").text
    assert home.owner.get(f"{TARGET}?value=25").status_code == 409
    home.owner.post("/heatpumps/hp-001/writing", {"action": "allow"})
    assert home.owner.get(f"{TARGET}?value=25").status_code == 200


@pytest.mark.parametrize("sensor", ["temp_outside", "nonsense", "temp_room_target_circuit_b"])
def test_there_is_no_page_for_what_cannot_be_set(still_home: Home, sensor: str) -> None:
    assert still_home.owner.get(f"{PAGE}/{sensor}?value=1").status_code == 404
    assert still_home.owner.post(f"{PAGE}/{sensor}", {"value": "1"}).status_code == 404


def test_the_log_shows_filters_and_undoes(home: Home) -> None:
    home.owner.post(TARGET, {"value": "25"})
    home.owner.post(TARGET, {"value": "99"})
    page = home.owner.get("/audit/").text
    assert "20 °C → 25 °C" in plain(page)
    assert "Denied" in page
    assert page.count("Undo …") == 1
    assert "Undo …" not in home.viewer.get("/audit/").text
    assert "25 °C" not in plain(home.owner.get("/audit/?outcome=denied").text)
    assert "nothing that fits" in home.owner.get("/audit/?heatpump_id=hp-002").text
    assert home.owner.get("/audit/?from=never").status_code == 400
    assert home.owner.get("/audit/?before=1").status_code == 200
    home.house.later(60)
    shown = plain(home.owner.get(f"{TARGET}?undoes=1").text)
    assert "25 °C → to 20 °C" in shown
    home.owner.post(TARGET, {"undoes": "1"})
    assert home.house.server.holding[1] == (20,)


def test_an_entry_is_undone_on_the_page_of_its_own_setting_only(home: Home) -> None:
    home.owner.post(TARGET, {"value": "25"})
    home.house.later(60)
    assert home.owner.get(f"{PAGE}/system_mode?undoes=1").status_code == 404
    assert home.owner.post(f"{PAGE}/system_mode", {"undoes": "1"}).status_code == 404
    assert home.house.server.holding[1] == (25,)


def test_what_cannot_be_undone_says_why(home: Home) -> None:
    home.owner.post(TARGET, {"value": "99"})
    page = home.owner.get(f"{TARGET}?undoes=1")
    assert page.status_code == 409
    assert "Nothing was changed, so there is nothing to undo" in page.text


def test_the_log_can_be_taken_along(home: Home) -> None:
    home.owner.post(TARGET, {"value": "25"})
    answer = home.viewer.get("/audit/changes.csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines()[1].startswith("1,2025-11-21T13:03:00Z,")
    assert home.viewer.get("/audit/changes.csv?outcome=x").status_code == 400


def test_the_log_outlives_the_heat_pump(home: Home) -> None:
    home.owner.post(TARGET, {"value": "25"})
    write_permissions.stop(home.house.system, BERTA)
    heatpumps.remove(home.house.system, "hp-001")
    page = plain(home.owner.get("/audit/").text)
    assert "Gebäude A" in page
    assert "temp_hot_water_target" in page


def test_the_page_is_german_for_germans(home: Home) -> None:
    home.owner.post("/language", {"language": "de"})
    home.house.poll()
    assert "Einstellungen von Gebäude A" in home.owner.get(PAGE).text
    home.owner.post(TARGET, {"value": "25"})
    assert "Bestätigt" in home.owner.get("/audit/").text


def test_a_change_at_the_unit_is_shown_and_can_be_written_back(home: Home) -> None:
    home.house.poll()
    home.house.server.holding[1] = (28,)
    home.house.later(700)
    home.house.poll()
    assert "Changed at the unit at 14:14: 20 °C → 28 °C" in plain(home.viewer.get(PAGE).text)
    page = home.owner.get("/heatpumps/hp-001/settings-log").text
    assert "20 °C → 28 °C changed at the unit" in plain(page)
    link = re.search(r'href="([^"]+)">Write 20', page)
    assert link is not None
    assert "28 °C → to 20 °C" in plain(home.owner.get(link.group(1).replace("&amp;", "&")).text)
    assert "Write 20" not in home.viewer.get("/heatpumps/hp-001/settings-log").text
    api = home.viewer.get("/api/heatpumps/hp-001/settings-log").json
    assert set(api) == {"since", "changes"}
    assert api["changes"][0]["cause"] == "unit"


def test_two_days_of_settings_are_compared_and_taken_along(home: Home) -> None:
    home.house.poll()
    home.house.later(86_400)
    home.house.server.holding[1] = (28,)
    home.house.poll()
    page = plain(home.owner.get("/heatpumps/hp-001/settings-log?first=2025-11-21&second=").text)
    assert "Target hot water temperature 20 °C 28 °C" in page
    assert "Nothing differs." in home.owner.get("/heatpumps/hp-001/settings-log?first=&second=2025-11-22").text
    assert home.owner.get("/heatpumps/hp-001/settings-log?first=never").status_code == 400
    api = home.owner.get("/api/heatpumps/hp-001/settings-log?first=2025-11-21").json
    assert api == {"differences": [{"sensor": "temp_hot_water_target", "first": 20, "second": 28}]}
    file = home.viewer.get("/heatpumps/hp-001/settings.yaml?day=2025-11-21")
    assert "temp_hot_water_target: 20" in file.text
    assert home.viewer.get("/heatpumps/hp-001/settings.yaml?day=2001-01-01").status_code == 400
