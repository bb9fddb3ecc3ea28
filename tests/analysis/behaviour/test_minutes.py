"""From samples to the minutes and signs that are watched."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.analysis.behaviour.minutes import READ, Minutes, joined, minutes_of
from app.analysis.behaviour.table import table_of
from app.analysis.columns import Samples, Value
from app.analysis.detector.recording import DEFROST, HEATING, OFF, UNKNOWN
from app.analysis.detector.steady import reading_of

T0 = 1_700_006_400 // 3600 * 3600
HEATER = "backup_above_bivalence:backup_heater"


def minutes(*rows: tuple[int, dict[str, Value]], start: int = T0) -> Minutes:
    return minutes_of(Samples.of(READ, [(T0 + at, [row.get(name) for name in READ]) for at, row in rows]), start)


def test_the_last_poll_of_a_minute_counts_and_settings_are_held_for_a_quarter_of_an_hour() -> None:
    found = minutes(
        (5, {"temp_flow": 30.0, "temp_flow_target": 35.0}),
        (35, {"temp_flow": 31.0}),
        (65, {"temp_flow": 32.0}),
        (1000, {"temp_flow": 33.0}),
    )
    assert found.recording.at.tolist() == [T0 + 35, T0 + 65, T0 + 1000]
    assert found.recording.values["temp_flow"].tolist() == [31, 32, 33]
    held = found.recording.values["temp_flow_set"].tolist()
    assert held[:2] == [35, 35]
    assert math.isnan(held[2])


def test_what_was_read_before_the_start_is_held_into_it() -> None:
    found = minutes((-60, {"temp_flow": 30.0}), (10, {"temp_outside": 5.0}))
    assert found.recording.at.tolist() == [T0 + 10]
    assert found.recording.values["temp_flow"].tolist() == [30]


@pytest.mark.parametrize(
    ("row", "mode"),
    [
        ({"operating_mode": "heating"}, HEATING),
        ({"operating_mode": "heating", "compressor_on": "off"}, OFF),
        ({"operating_mode": "standby"}, OFF),
        ({"operating_mode": "heating", "defrost": "on"}, DEFROST),
        ({"operating_mode": "dancing"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_the_mode_follows_from_what_a_heat_pump_tells(row: dict[str, Value], mode: int) -> None:
    assert minutes((0, row)).recording.mode.tolist() == [mode]


def test_a_compressor_that_cools_does_not_heat() -> None:
    found = minutes((0, {"operating_mode": "cooling", "compressor_frequency": 40.0}))
    assert np.isnan(found.recording.values["compressor_hz"]).all()


def test_the_place_of_a_score_is_a_second_without_a_poll_and_no_later_than_the_last_one() -> None:
    found = minutes((0, {}), (3598, {}), (3599, {}), (3600, {}), (7200, {}), (7201, {}))
    assert found.places == {T0: T0 + 3597, T0 + 3600: T0 + 3601, T0 + 7200: T0 + 7202}


def test_pieces_and_the_whole_are_the_same() -> None:
    rows = [(at * 60, {"temp_flow": float(at), "temp_flow_target": 35.0 if at % 10 == 0 else None}) for at in range(90)]
    whole = minutes(*rows)
    pieces = joined([minutes(*rows[:60]), minutes(*rows[45:], start=T0 + 3600)])
    assert pieces.recording.at.tolist() == whole.recording.at.tolist()
    for name, values in whole.recording.values.items():
        assert np.array_equal(pieces.recording.values[name], values, equal_nan=True)
    assert pieces.places == whole.places


@pytest.mark.parametrize(
    ("outside", "heater", "mode", "point", "seconds"),
    [
        (3.0, "on", "heating", -5.0, 2400),
        (-7.0, "on", "heating", -5.0, None),
        (3.0, "off", "heating", -5.0, None),
        (3.0, "on", "hot_water", -5.0, None),
        (3.0, "on", "heating", None, None),
    ],
)
def test_a_heater_that_helps_above_the_bivalence_point_is_a_sign(
    outside: float, heater: str, mode: str, point: float | None, seconds: int | None
) -> None:
    row: dict[str, Value] = {"temp_outside": outside, "backup_heater": heater, "operating_mode": mode}
    found = minutes(*((at * 60, row | {"temp_bivalence_heating": point}) for at in range(40)))
    level = table_of(found, reading_of(found.recording)).signs.levels.get(HEATER)
    assert (None if level is None else level.tolist()) == (None if seconds is None else [seconds])


def test_a_sensor_is_silent_from_its_last_value_on_and_one_that_never_spoke_is_not() -> None:
    rows = [(at * 60, {"temp_flow": 30.0 if at < 30 else None, "operating_mode": "off"}) for at in range(240)]
    found = minutes(*rows)
    levels = table_of(found, reading_of(found.recording)).signs.levels
    assert "stale:temp_return" not in levels
    assert [round(level / 60) for level in levels["stale:temp_flow"].tolist()] == [16, 76, 136, 196]
