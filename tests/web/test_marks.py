"""Writes of ours and changes at the unit stand on the time line of their heat pump."""

from __future__ import annotations

from tests.web.control import Home


def title_of(home: Home, source: str) -> list[str]:
    found = home.owner.get("/api/annotations?heatpump_id=hp-001").json["annotations"]
    return [each["title"] for each in found if each["source"] == source]


def test_a_write_is_marked_and_a_refused_one_is_not(home: Home) -> None:
    home.house.set("temp_hot_water_target", 25)
    home.house.later(120)
    home.house.set("temp_hot_water_target", 99)
    assert title_of(home, "write") == ["Written: Target hot water temperature 20\u00a0°C → 25\u00a0°C"]
    assert "Written: Target hot water temperature" in home.owner.get("/heatpumps/hp-001").text


def test_a_change_at_the_unit_is_marked_and_one_of_ours_not_twice(home: Home) -> None:
    home.house.poll()
    home.house.later(700)
    home.house.server.holding[1] = (28,)
    home.house.poll()
    assert title_of(home, "setting") == ["Changed at the unit: Target hot water temperature 20\u00a0°C → 28\u00a0°C"]
    assert title_of(home, "write") == []


def test_marks_are_of_their_time_and_heat_pump(home: Home) -> None:
    home.house.set("temp_hot_water_target", 25)
    at = int(home.house.now)
    assert home.owner.get(f"/api/annotations?heatpump_id=hp-001&from={at + 1}").json == {"annotations": []}
    assert home.owner.get("/api/annotations").json == {"annotations": []}
    assert home.owner.get("/api/annotations?heatpump_id=hp-009").status_code == 404
