"""What may not be written is refused before the wire, and the message names the limit."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from drivers import limits
from drivers.base import Sample
from drivers.errors import OutOfRange
from drivers.sensor import Sensor, Write
from tests.drivers.small_models import a_model, a_sensor

HUGE = 10**400
MODES = {0: "standby", 1: "automatic", 4: "hot_water", 5: "emergency"}


def writable(type: str = "uint16", *, scale: float = 1.0, states: dict[int, str] | None = None, **rules: Any) -> Sensor:
    return a_sensor(type=type, scale=scale, states=states or {}, write=Write(wear="volatile", **rules))


TARGET = writable("float32", minimum=35.0, maximum=60.0)
HALVES = writable("int16", scale=0.1, minimum=-5.0, maximum=30.0, step=0.5)
TENTHS = writable("int16", scale=0.1, minimum=0.1, maximum=3.5)
WHOLE_STEPS_OF_TENTHS = writable("int16", scale=1.0, step=0.5)
UNLIMITED_TENTHS = writable("int16", scale=0.1)
FREE = writable("float32")
MODE = writable("uint8", states=MODES)
FEED = writable("float32", minimum=10.0, maximum=80.0, neutral=-1.0)
ABSENT = replace(FEED, absent=frozenset({-1.0}))
NAMED_ORDER = writable("uint32")
"""Read from a machine that says itself in which order its words come."""
SOME_MODES = a_sensor(type="uint8", states=MODES, write=Write(wear="eeprom", states=(0, 1, 4)))


@pytest.mark.parametrize(
    ("sensor", "value"),
    [
        (TARGET, 35),
        (TARGET, 60.0),
        (TARGET, 47.125),
        (HALVES, -5),
        (HALVES, 29.5),
        (HALVES, 0),
        *((TENTHS, round(tenths * 0.1, 1)) for tenths in range(1, 36)),
        (MODE, "emergency"),
        (MODE, 5),
        (SOME_MODES, "hot_water"),
        (SOME_MODES, 4),
        (FREE, -1e30),
        (FEED, -1),
        (FEED, 10.0),
    ],
)
def test_an_allowed_value_passes(sensor: Sensor, value: float | str) -> None:
    limits.check(sensor, value)


@pytest.mark.parametrize(
    ("sensor", "value", "reason"),
    [
        (TARGET, 34.999, "34.999 is below the minimum 35"),
        (TARGET, 60.001, "60.001 is above the maximum 60"),
        (TARGET, -(HUGE), "is not a number"),
        (TARGET, HUGE, "is not a number"),
        (FREE, HUGE, "is not a number"),
        (TARGET, "", ": – is not a number"),
        (HALVES, HUGE, "is not a number"),
        (FEED, -0.9, "-0.9 is below the minimum 10"),
        (FEED, 0, "0 is below the minimum 10"),
        (HALVES, 20.2, "20.2 is not a multiple of 0.5"),
        (HALVES, 20.25, "20.25 is not a multiple of 0.5"),
        (UNLIMITED_TENTHS, 1e308, "is not a multiple of 0.1"),
        (TENTHS, 0.15, "0.15 is not a multiple of 0.1"),
        (TENTHS, 0.0, "0.0 is below the minimum 0.1"),
        (WHOLE_STEPS_OF_TENTHS, 0.5, "0.5 is not a multiple of 1"),
        *(
            (sensor, value, "is not a number")
            for sensor in (TARGET, HALVES, FREE)
            for value in (math.nan, math.inf, -math.inf, True, False, "40", "warm", "", None, [40])
        ),
        *(
            (MODE, value, "is not one of standby, automatic, hot_water, emergency")
            for value in (2, -1, 0.5, math.nan, math.inf, True, False, "sauna", "4", "", None)
        ),
        (SOME_MODES, 5, "5 is not one of standby, automatic, hot_water"),
        (SOME_MODES, "emergency", "emergency is not one of standby, automatic, hot_water"),
        (a_sensor(type="float32"), 40, "cannot be written"),
        (a_sensor(type="uint8", states=MODES), "standby", "cannot be written"),
    ],
    ids=lambda fact: fact.type if isinstance(fact, Sensor) else f"{fact}"[:12],
)
def test_a_forbidden_value_is_refused_by_name_and_limit(sensor: Sensor, value: Any, reason: str) -> None:
    with pytest.raises(OutOfRange) as refusal:
        limits.check(sensor, value)
    assert str(refusal.value).startswith("temp_outside")
    assert reason in str(refusal.value)
    json.dumps(refusal.value.facts, allow_nan=False)  # so that a page can be told


@pytest.mark.parametrize(
    ("sensor", "sample", "value", "holds"),
    [
        (HALVES, Sample(20.5, (205,)), 20.5, True),
        (HALVES, Sample(20.5, (205,)), 20, False),
        (TARGET, Sample(47.1, (0x423C, 0x6666)), 47.1, True),
        (MODE, Sample("emergency", (5,)), 5, True),
        (MODE, Sample("emergency", (5,)), "emergency", True),
        (MODE, Sample("standby", (0,)), 1, False),
        (ABSENT, Sample(None, (0xBF80, 0)), -1, True),
        (ABSENT, Sample(None, (0xBF80, 0)), 20, False),
        (ABSENT, Sample(20.0, (0x41A0, 0)), -1, False),
        (ABSENT, Sample(None, None), -1, False),
        (HALVES, Sample(None, None), 20.5, False),
        (NAMED_ORDER, Sample(65538, (2, 1)), 65538, True),
    ],
)
def test_a_value_is_there_when_it_reads_back(sensor: Sensor, sample: Sample, value: Any, holds: bool) -> None:
    assert limits.same(sensor, sample, value) is holds


@pytest.mark.parametrize(("told", "may"), [("V3.81", True), ("V2.90", False), (None, False)])
def test_a_machine_that_says_so_is_not_written_to(told: str | None, may: bool) -> None:
    model = replace(a_model(TARGET), write_refused_when={"firmware": "^V[12]\\.90"})
    if may:
        limits.check_machine(model, {"firmware": told})
        return
    with pytest.raises(OutOfRange, match="nothing is written to this heat pump"):
        limits.check_machine(model, {"firmware": told})
