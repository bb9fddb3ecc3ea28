"""A machine that answers slowly is asked for the most important values in each poll, and for the others in turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config import Config
from app.polling.pace import least_interval_s, pace_of
from app.services import heatpumps, sensor_metrics, values
from app.services.sensor_metrics import Watched
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.model import Model
from drivers.sensor import Options, Sensor
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock

WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()
F1255 = {"product": ["F1255"]}
INTERVAL_S = 30.0


@pytest.fixture(scope="module")
def slow() -> Model:
    return named("nibe/f_series")


@pytest.fixture(scope="module")
def quick() -> Model:
    return named("idm/navigator_2_0")


def _on_the_wire(model: Model, options: Options, poll: Sequence[Sensor]) -> int:
    """How many values of this machine a poll asks for; a derived one brings along what it follows from."""
    asked = {sensor.id for sensor in poll if sensor.derived is None}
    for sensor in poll:
        if sensor.derived is not None:
            inputs = [model.every_sensor[name] for name in sensor.derived.inputs]
            asked |= {each.id for each in inputs if each.fitted(options) and each.derived is None}
    return len(asked)


def test_a_quick_machine_is_read_as_wished(quick: Model) -> None:
    pace = pace_of(quick, quick.default_options(), 1, 600)
    assert (pace.interval_s, pace.slow_s) == (1, 600)
    assert pace.turns == (quick.sensors(quick.default_options()),)
    assert least_interval_s(quick, {}) == 0


@pytest.mark.parametrize("options", [{}, F1255, {"product": ["F750"], "circuits": ["2", "3"]}])
@pytest.mark.parametrize("interval_s", [1, 30, 60, 120, 600, 3600])
def test_a_poll_never_asks_for_more_than_fits_into_its_interval(
    slow: Model, options: Options, interval_s: float
) -> None:
    pace = pace_of(slow, options, interval_s, 600)
    assert all(_on_the_wire(slow, options, turn) * slow.reads.answer_s < pace.interval_s for turn in pace.turns)
    assert pace.interval_s == max(interval_s, least_interval_s(slow, options))


@pytest.mark.parametrize("interval_s", [30, 60, 120, 3600])
def test_every_sensor_has_its_turn_and_the_fast_ones_have_every_turn(slow: Model, interval_s: float) -> None:
    pace = pace_of(slow, F1255, interval_s, 600)
    asked = [sensor.id for turn in pace.turns for sensor in turn if sensor.tier == "slow"]
    assert sorted(asked) == sorted(sensor.id for sensor in slow.sensors(F1255, ("slow",)))
    assert all([sensor for sensor in turn if sensor.tier == "fast"] == [*pace.fast] for turn in pace.turns)


def test_the_turns_are_few_and_even(slow: Model) -> None:
    pace = pace_of(slow, F1255, INTERVAL_S, 600)
    assert len(pace.turns) <= 30
    assert pace.slow_s == len(pace.turns) * INTERVAL_S
    assert {_on_the_wire(slow, F1255, turn) for turn in pace.turns[:-1]} <= {10, 11, 12}


def test_what_a_derived_value_follows_from_is_read_in_the_same_turn(slow: Model) -> None:
    pace = pace_of(slow, F1255, INTERVAL_S, 600)
    for names in ({"power_current", "flow_rate", "temp_condenser"}, {"energy_heat_total", "energy_heat_heating"}):
        assert any(names <= {sensor.id for sensor in turn} for turn in pace.turns)


def test_how_often_a_sensor_is_read(slow: Model, quick: Model) -> None:
    pace = pace_of(slow, F1255, INTERVAL_S, 600)
    assert pace.between_s(slow.every_sensor["temp_flow"]) == INTERVAL_S
    assert pace.between_s(slow.every_sensor["temp_outside"]) == pace.slow_s
    rare = pace_of(slow, F1255, 3600, 600)
    assert (len(rare.turns), rare.between_s(slow.every_sensor["temp_outside"])) == (1, 3600)
    usual = pace_of(quick, {}, INTERVAL_S, 600)
    assert usual.between_s(quick.every_sensor["temp_hot_water_target"]) == 600


# ── One heat pump, polled by hand, with a clock of its own ──


@pytest.fixture
def clock() -> Clock:
    return Clock(WINTER)


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> Iterator[System]:
    system = assemble(Config(tmp_path), clock)
    yield system
    system.database.close()


@pytest.fixture
def machine(slow: Model) -> Iterator[ModbusSimulator]:
    with ModbusSimulator(slow, F1255, Plant(1, start=WINTER), framing="rtu") as simulator:
        yield simulator


@pytest.fixture
def pump(system: System, machine: ModbusSimulator) -> HeatPump:
    sent = {
        "manufacturer": "nibe",
        "model": "f_series",
        "connection_config": {"host": machine.host, "port": machine.port, "framing": "rtu"},
        "device_config": F1255,
    }
    return heatpumps.add(system, sent)


def poll(system: System, pump: HeatPump, clock: Clock, times: int) -> None:
    reader = system.reader_of(pump)
    for _ in range(times):
        assert reader.poll()
        clock.now += INTERVAL_S
    reader.retire()


def test_an_hour_of_polls_has_few_shapes_and_each_value_its_own_time(
    system: System, slow: Model, pump: HeatPump, clock: Clock
) -> None:
    pace = system.roster.pace(pump, slow)
    poll(system, pump, clock, 120)
    layouts = system.database.connection().execute("SELECT count(*) FROM layouts").fetchone()[0]
    assert layouts == len(pace.turns)
    samples = system.latest.of(pump.id)
    for sensor in slow.sensors(pump.options):
        assert 0 < clock.now - samples[sensor.id].at <= pace.between_s(sensor), sensor.id
    assert len({sample.at for sample in samples.values()}) == len(pace.turns)


def test_a_restart_finds_every_last_value_with_its_own_time(
    system: System, slow: Model, pump: HeatPump, clock: Clock
) -> None:
    poll(system, pump, clock, 40)
    assert readings.latest(system.database.connection(), pump.id) == system.latest.of(pump.id)


def test_what_was_not_asked_for_is_not_absent(system: System, slow: Model, pump: HeatPump, clock: Clock) -> None:
    first, second, *later = [{sensor.id for sensor in turn} for turn in system.roster.pace(pump, slow).turns]
    poll(system, pump, clock, 2)
    assert system.latest.of(pump.id).keys() == first | second
    never = [each for each in values.of(system, pump, slow) if each.at is None]
    assert {each.sensor.id for each in never} == set().union(*later) - first
    assert all(each.value is None and each.problem is None for each in never)
    groups = values.grouped(values.of(system, pump, slow), sorted({each.sensor.category for each in never}))
    assert {each.sensor.id for group in groups for each in group.absent}.isdisjoint(each.sensor.id for each in never)
    kept = readings.samples(system.database.connection(), pump.id, sorted(second - first), 0, 2**40)
    assert [at for at, _ in kept] == [WINTER + INTERVAL_S]


def test_a_slow_value_stays_fresh_until_three_of_its_turns_are_missed(
    system: System, slow: Model, pump: HeatPump, clock: Clock
) -> None:
    pace = system.roster.pace(pump, slow)
    poll(system, pump, clock, len(pace.turns))
    watched = Watched(pump, slow, system.latest.of(pump.id), pace)
    names = {sensor.id for sensor, _ in watched.fresh(clock.now)}
    assert {"temp_outside", "temp_flow", "smart_grid_hot_water"} <= names
    assert not list(watched.fresh(clock.now + sensor_metrics.LATE_INTERVALS * INTERVAL_S))


def test_a_turn_that_fails_does_not_hold_up_the_others(
    system: System, slow: Model, pump: HeatPump, clock: Clock, machine: ModbusSimulator
) -> None:
    reader = system.reader_of(pump)
    assert reader.poll()
    machine.stop()
    clock.now += INTERVAL_S
    assert not reader.poll()
    machine.start()
    reader.retire()
    assert reader._turn_number == 2
