"""What a machine does now, from what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.reading import Value
from app.services.status import Status
from app.web.machine import doing
from app.web.machine.doing import Doing
from drivers.catalogue import Catalogue
from tests.web.machine.conftest import AT, ONLINE, Have, currents

NIBE = "nibe/s_series"
SILENT = Status("offline", "late", AT, AT, None)


def now(
    have: Have, catalogue: Catalogue, told: dict[str, Value], status: Status = ONLINE, *, fault: bool = False
) -> Doing:
    model = catalogue.named(NIBE)
    assert model is not None
    said = {each.sensor.id: each for each in currents(model, {"circuits": ["2"]}, told)}
    parts = have(NIBE, {"circuits": ["2"]}, told)
    return doing.of(parts, status, said["operating_mode"], said["defrost"], fault=fault)


@pytest.mark.parametrize(
    ("told", "state", "running", "on"),
    [
        ({}, "unknown", None, set()),
        ({"operating_mode": "heating"}, "heating", True, {"source", "compressor", "main", "circuit_2"}),
        ({"operating_mode": "heating", "compressor_on": 0}, "heating", False, set()),
        ({"operating_mode": "standby", "compressor_frequency": 40.0}, "off", True, {"source", "compressor", "main"}),
        ({"operating_mode": "hot_water", "compressor_on": 1}, "hot_water", True, {"source", "main"}),
        ({"operating_mode": "hot_water", "temp_hot_water": 48.0}, "hot_water", True, {"source", "hot_water"}),
        ({"operating_mode": "cooling", "compressor_on": 1}, "cooling", True, {"circuit_2", "circuit_own"}),
        ({"operating_mode": "heating", "defrost": 1}, "defrost", True, {"defrost", "compressor", "circuit_2"}),
        ({"operating_mode": "pool", "compressor_on": 1}, "pool", True, {"source", "main"}),
        ({"operating_mode": "blocked"}, "blocked", False, set()),
        ({"operating_mode": "fault"}, "fault", False, set()),
        ({"compressor_on": 0}, "off", False, set()),
        ({"power_current_draw": 0.1}, "off", False, set()),
        ({"power_current_draw": 0.2}, "unknown", True, {"compressor"}),
        ({"compressor_on": 0, "power_current_draw": 3.0}, "off", False, set()),
        ({"compressor_frequency": 0.0, "power_current_draw": 3.0}, "off", False, set()),
        ({"operating_mode": "heating", "power_additional_heat": 3.0}, "heating", True, {"backup"}),
    ],
)
def test_it_does_what_it_says(
    have: Have, catalogue: Catalogue, told: dict[str, Value], state: str, running: bool | None, on: set[str]
) -> None:
    found = now(have, catalogue, told)
    assert (found.state, found.running) == (state, running)
    assert on <= found.on
    assert bool(on) == bool(found.on)


def test_the_fan_rests_while_it_thaws(have: Have, catalogue: Catalogue) -> None:
    assert "source" not in now(have, catalogue, {"defrost": 1, "compressor_on": 1}).on


def test_hot_water_flows_past_the_circuits(have: Have, catalogue: Catalogue) -> None:
    on = now(have, catalogue, {"operating_mode": "hot_water", "compressor_on": 1}).on
    assert not {"circuit_2", "circuit_own", "buffer"} & on


def test_a_fault_is_told_before_everything_else(have: Have, catalogue: Catalogue) -> None:
    found = now(have, catalogue, {"operating_mode": "heating", "defrost": 1}, fault=True)
    assert found.state == "fault"
    assert "compressor" in found.on


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (SILENT, "offline"),
        (replace(ONLINE, freshness="stale"), "offline"),
        (Status("unreadable", "none", None, AT, None), "offline"),
        (Status("disabled", "none", None, AT, None), "disabled"),
        (Status("waiting", "none", None, None, None), "waiting"),
    ],
)
def test_nothing_moves_while_nothing_is_known_of_now(
    have: Have, catalogue: Catalogue, status: Status, state: str
) -> None:
    found = now(have, catalogue, {"operating_mode": "heating", "compressor_on": 1, "defrost": 1}, status)
    assert (found.state, found.running, found.on) == (state, None, frozenset())


def test_a_circuit_follows_its_own_pump(have: Have, catalogue: Catalogue) -> None:
    options = {"circuits": ["0", "1"]}
    told: dict[str, Value] = {"compressor_on": 1, "pump_circuit_0": 0, "pump_circuit_1": 1, "operating_mode": "heating"}
    parts = have("viessmann/vitocal", options, told)
    model = catalogue.named("viessmann/vitocal")
    assert model is not None
    mode = next(each for each in currents(model, options, told) if each.sensor.id == "operating_mode")
    on = doing.of(parts, ONLINE, mode, None, fault=False).on
    assert "circuit_1" in on
    assert "circuit_0" not in on


@pytest.mark.parametrize(
    ("value", "tone"),
    [
        (-20, "t0"),
        (4.9, "t0"),
        (5, "t1"),
        (0.0, "t0"),
        (21, "t2"),
        (35.0, "t5"),
        (55.9, "t7"),
        (56, "t8"),
        (None, "none"),
    ],
)
def test_a_pipe_is_coloured_by_its_temperature(have: Have, value: float | None, tone: str) -> None:
    parts = have(NIBE, {}, {"temp_flow": value, "temp_outside": 1.0})
    assert doing.tone(parts.flow, "heating") == tone
    assert doing.tone(parts.flow, "offline") == "none"
