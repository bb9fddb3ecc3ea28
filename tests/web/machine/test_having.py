"""What a picture shows of a machine: what it has, and nothing else."""

from __future__ import annotations

import pytest

from tests.web.machine.conftest import Have

IDM = "idm/navigator_2_0"


@pytest.mark.parametrize(
    ("name", "options", "circuits", "zones"),
    [
        (IDM, {"circuits": []}, [], []),
        (IDM, {"circuits": ["A"]}, ["A"], []),
        (IDM, {"circuits": ["C", "A", "B"], "zones": ["1", "2"]}, ["A", "B", "C"], ["1", "2"]),
        (IDM, {"circuits": list("ABCDEFG")}, list("ABCDEFG"), []),
        ("nibe/s_series", {}, [""], []),
        ("nibe/f_series", {"circuits": ["2", "3"]}, ["", "2", "3"], []),
        ("luxtronik/luxtronik_2_1", {"circuits": ["1", "2", "3"]}, ["", "1", "2", "3"], []),
        ("luxtronik/shi", {}, [""], []),
        ("stiebel_eltron/wpm", {"circuits": ["1", "2"], "more_circuits": ["3", "5"]}, ["1", "2", "3", "5"], []),
        ("daikin/altherma_homehub", {}, [""], []),
        ("daikin/altherma_4", {"zones": ["2"]}, [""], ["2"]),
        ("vaillant/arotherm", {"circuits": ["1"], "zones": ["1", "2", "3"]}, ["1"], ["1", "2", "3"]),
        ("viessmann/vitocal", {"circuits": ["0", "1"]}, ["0", "1"], []),
    ],
)
def test_circuits_and_zones_are_those_of_the_options(
    have: Have, name: str, options: dict[str, list[str]], circuits: list[str], zones: list[str]
) -> None:
    parts = have(name, options)
    assert [each.name for each in parts.circuits] == circuits
    assert [each.name for each in parts.zones] == zones


def test_a_part_without_any_value_is_not_there(have: Have) -> None:
    told = {"temp_outside": 3.0, "temp_flow": 35.0}
    parts = have("stiebel_eltron/wpm", {}, told)
    assert (parts.buffer, parts.hot_water, parts.hot_water_target, parts.backup) == ((), (), (), ())
    with_tank = have("stiebel_eltron/wpm", {}, told | {"temp_hot_water": 0.0, "temp_hot_water_target": 50.0})
    assert [each.value for each in with_tank.hot_water] == [0.0]


def test_a_target_alone_makes_no_tank(have: Have) -> None:
    assert have(IDM, {}, {"temp_flow": 30.0, "temp_hot_water_target": 50.0}).hot_water == ()


def test_before_the_first_reading_only_what_the_options_say_is_there(have: Have) -> None:
    parts = have(IDM, {"circuits": ["A", "B"]}, {}, at=None)
    assert (parts.hot_water, parts.buffer, parts.backup) == ((), (), ())
    assert len(parts.circuits) == 2
    assert [each.sensor.id for each in parts.flow] == ["temp_flow"]


def test_a_flow_that_says_nothing_stays_a_pipe_without_a_value(have: Have) -> None:
    parts = have(IDM, {}, {"temp_outside": 3.0})
    assert [(each.sensor.id, each.value) for each in parts.flow] == [("temp_flow", None)]


@pytest.mark.parametrize(
    ("told", "answered", "source"),
    [
        ({"temp_flow": 30.0}, None, "unknown"),
        ({"temp_source_in": 8.0}, None, "unknown"),
        ({"temp_air_input": 8.0}, None, "air"),
        ({"temp_air_input": 0.0}, None, "air"),
        ({"temp_air_input": 8.0}, "brine", "brine"),
        ({}, "water", "water"),
        ({}, "air", "air"),
        ({}, "air to air", "air to air"),
        ({}, "nonsense", "unknown"),
    ],
)
def test_the_heat_source_is_what_somebody_said(
    have: Have, told: dict[str, float], answered: str | None, source: str
) -> None:
    assert have(IDM, {}, told, source=answered).source == source


def test_a_machine_in_the_ground_does_not_thaw(have: Have) -> None:
    assert have(IDM, {}, source="air").defrosts
    assert have(IDM, {}).defrosts
    assert not have(IDM, {}, source="brine").defrosts
    assert not have("vaillant/arotherm", {}, {}, source="water").defrosts


def test_a_backup_heater_that_the_owner_denies_is_drawn_only_when_it_is_on(have: Have) -> None:
    name, off, on = "luxtronik/shi", {"backup_heater": 0}, {"backup_heater": 1}
    assert have(name, {}, off).backup
    assert not have(name, {}, off, no_backup=True).backup
    assert have(name, {}, on, no_backup=True).backup


def test_an_own_meter_comes_before_the_machine() -> None:
    from app.web.machine.having import ELECTRIC, HEAT

    assert (HEAT[0], ELECTRIC[0]) == ("meter_heat_power", "meter_electric_power")


def test_an_air_to_air_machine_has_no_water(have: Have) -> None:
    parts = have("nibe/s_series", {"circuits": ["2"]}, source="air to air")
    assert (parts.flow, parts.back, parts.circuits, parts.buffer, parts.backup) == ((), (), (), (), ())
