"""What a simulated sensor reads, and where that comes from."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from drivers.decode_text import decode_text
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from tests.catalogue import CATALOGUE, named
from tests.drivers.simulators.conftest import at

ONE_CIRCUIT: Options = {"circuits": ["A"], "zones": []}


@pytest.fixture
def readout(model: Model, plant: Plant) -> Readout:
    return Readout(model, ONE_CIRCUIT, plant)


# ── From the physics ──


@pytest.mark.parametrize(
    ("sensor", "quantity", "precision"),
    [
        ("temp_outside", "temp_outside", 0.06),
        ("temp_outside_avg", "temp_outside_avg", 0.006),
        ("temp_hot_water", "temp_hot_water", 0.11),
        ("energy_heat_total", "energy_heat_total", 0.051),
        ("temp_flow_circuit_a", "temp_flow", 0.06),
        ("humidity", "humidity", 0.006),
        ("compressor_starts", "compressor_starts", 0),
    ],
)
def test_a_sensor_reads_the_quantity_of_its_name(
    readout: Readout, plant: Plant, sensor: str, quantity: str, precision: float
) -> None:
    for _ in range(50):
        plant.advance(plant.at + 300)
        assert readout.value(sensor) == pytest.approx(plant.quantities()[quantity], abs=precision)


def test_states_are_read_as_the_machines_own_words(readout: Readout, plant: Plant) -> None:
    seen = set()
    for _ in range(500):
        plant.advance(plant.at + 300)
        assert readout.value("operating_mode") == plant.quantities()["operating_mode"]
        assert readout.value("compressor_on") == (1 if plant.quantities()["compressor_on"] == "on" else 0)
        seen.add(readout.value("operating_mode"))
    assert {"heating", "hot_water"} <= seen


def test_further_circuits_run_a_little_cooler(model: Model, plant: Plant) -> None:
    readout = Readout(model, {"circuits": ["A", "B", "C"]}, plant)
    flows = [readout.value(f"temp_flow_circuit_{circuit}") for circuit in "abc"]
    assert all(isinstance(flow, float) for flow in flows)
    assert flows == sorted(flows, key=str, reverse=True)
    assert len(set(flows)) == 3


def test_two_reads_of_one_moment_agree_and_the_next_moment_jitters(readout: Readout, plant: Plant) -> None:
    first = readout.value("temp_outside")
    assert readout.value("temp_outside") == first
    truth, seen = set(), set()
    for _ in range(30):
        plant.advance(plant.at + 30)
        truth.add(round(float(plant.quantities()["temp_outside"]), 2))
        seen.add(readout.value("temp_outside"))
    assert len(seen) > len(truth) / 2
    assert len(seen) > 4


def test_noise_belongs_to_the_seed(model: Model) -> None:
    again = [Readout(model, ONE_CIRCUIT, Plant(1, start=at("2024-01-15"))).value("temp_hot_water") for _ in range(2)]
    assert again[0] == again[1]


def test_counters_never_fall_at_the_readout(readout: Readout, plant: Plant) -> None:
    before = readout.value("energy_heat_total")
    assert isinstance(before, float)
    for _ in range(500):
        plant.advance(plant.at + 60)
        now = readout.value("energy_heat_total")
        assert isinstance(now, float)
        assert now >= before
        before = now


def test_a_measured_value_never_passes_for_a_missing_sensor(model: Model, plant: Plant) -> None:
    """Exactly −1.0 is the sentinel of these floats; −0.99 or −1.01 is read in its place."""
    readout = Readout(model, ONE_CIRCUIT, plant)
    for step in range(-30, 30):
        plant.flow = -1.0 + step / 1000
        plant.at += 30
        value = readout.value("temp_flow_circuit_a")
        assert isinstance(value, float)
        assert value == pytest.approx(plant.flow, abs=0.07)


# ── From elsewhere ──


@pytest.mark.parametrize(
    ("sensor", "value", "words", "why"),
    [
        ("system_mode", "automatic", (1,), "the plant's own word"),
        ("temp_hot_water_target", 51, (51,), "the plant's setting"),
        ("heating_curve", 5, (5,), "the plant's curve is outside the limits, so the catalogue's default"),
        ("mode", 7, (7,), "nothing in the plant, so the catalogue's default"),
        ("demand_glt", 15.0, (0, 0x4170), "a setting without a default holds something allowed"),
        ("small", 0, (0,), "zero, where it is allowed"),
        ("solar", None, (0, 0xBF80), "the sentinel"),
        ("solar_pump", None, (0xFFFF,), "a byte's sentinel fills its word with ones"),
        ("solar_state", "first", (2,), "no sentinel, so the first state"),
        ("bare", 0, (0,), "nothing known at all"),
    ],
)
def test_where_a_value_comes_from(
    readout: Readout, sensor: str, value: float | str | None, words: tuple[int, ...], why: str
) -> None:
    assert readout.value(sensor) == value, why
    assert readout.words(readout.sensors[sensor]) == words, why


@pytest.mark.parametrize(
    ("sensor", "value"),
    [("temp_flow_circuit_b", None), ("temp_room_target_circuit_b", 22.0), ("temp_room_target_circuit_c", 22.0)],
)
def test_parts_that_are_not_there_measure_nothing_and_hold_default_settings(
    readout: Readout, sensor: str, value: float | None
) -> None:
    assert readout.value(sensor) == value


def test_a_part_that_the_controller_refuses_has_no_registers(model: Model, plant: Plant) -> None:
    fitted = Readout(model, {"circuits": ["A"], "zones": ["2"]}, plant)
    assert "mode_zone_1" not in fitted.sensors
    assert fitted.value("mode_zone_2") is not None


def test_a_newer_firmwares_sensor_is_there_only_when_asked_for(model: Model, plant: Plant) -> None:
    assert "newer" not in Readout(model, ONE_CIRCUIT, plant).sensors
    assert Readout(model, ONE_CIRCUIT, plant, with_optional=True).value("newer") == 9


# ── Written and pinned ──


def test_a_setting_is_held_and_reaches_the_plant(readout: Readout, plant: Plant) -> None:
    readout.write(readout.sensors["temp_hot_water_target"], 57)
    assert readout.value("temp_hot_water_target") == 57
    assert plant.quantities()["temp_hot_water_target"] == 56, "as hot as the simulated tank may become"
    readout.write(readout.sensors["system_mode"], "standby")
    assert plant.quantities()["system_mode"] == "standby"


@pytest.mark.parametrize(
    ("sensor", "value", "read"),
    [
        ("temp_outside", -7.5, -7.5),
        ("temp_outside", -1, -1.0),
        ("operating_mode", "hot_water", "hot_water"),
        ("operating_mode", 8, "defrost"),
        ("temp_flow_circuit_b", 12.34, 12.34),
        ("system_mode", "holiday", "holiday"),
        ("solar", -1.0, None),
    ],
)
def test_a_pinned_value_wins_over_everything(
    model: Model, plant: Plant, sensor: str, value: float | str, read: float | str | None
) -> None:
    readout = Readout(model, ONE_CIRCUIT, plant, pinned={sensor: value})
    assert readout.value(sensor) == read
    plant.advance(plant.at + 3600)
    assert readout.value(sensor) == read


def test_a_pinned_setting_steers_the_plant_and_cannot_be_changed(model: Model, plant: Plant) -> None:
    readout = Readout(model, ONE_CIRCUIT, plant, pinned={"system_mode": "standby"})
    assert plant.quantities()["system_mode"] == "standby"
    readout.write(readout.sensors["system_mode"], "automatic")
    assert readout.value("system_mode") == "standby"
    assert plant.quantities()["system_mode"] == "standby"


@pytest.mark.parametrize(
    ("pinned", "message"),
    [
        ({"temp_moon": 3}, "temp_moon is not a sensor of this tester/oddity"),
        ({"mode_zone_1": "heating"}, "mode_zone_1 is not a sensor of this tester/oddity"),
        ({"newer": 1}, "newer is not a sensor of this tester/oddity"),
        ({"temp_hot_water": 99999}, "temp_hot_water: 99999 does not fit into int16"),
        ({"temp_outside": float("nan")}, "temp_outside: nan is not a number"),
        ({"operating_mode": "dancing"}, "operating_mode: dancing is not one of off, heating, hot_water, defrost"),
    ],
)
def test_what_cannot_be_pinned_is_said_before_serving(
    model: Model, plant: Plant, pinned: Mapping[str, float | str], message: str
) -> None:
    with pytest.raises(OutOfRange) as refused:
        Readout(model, ONE_CIRCUIT, plant, pinned=pinned)
    assert str(refused.value) == message


# ── The catalogue's own models ──


@pytest.mark.parametrize("name", [each.name for each in CATALOGUE])
@pytest.mark.parametrize("everything", [False, True])
def test_every_sensor_of_every_model_can_be_read(name: str, everything: bool, plant: Plant) -> None:
    model = named(name)
    options = {option: each.choices if everything else each.default for option, each in model.options.items()}
    readout = Readout(model, options, plant, with_optional=True)
    for day in range(3):
        plant.advance(plant.at + day * 40_000)
        for sensor_id, sensor in readout.sensors.items():
            if sensor.path:
                assert decode_text(sensor, str(readout.raw(sensor))) == readout.value(sensor_id)
                continue
            words = readout.words(sensor)
            assert len(words) == sensor.words
            least, most = (-(2**31), 2**31) if sensor.type in {"integer", "text"} else (0, 2**16)
            assert all(least <= word < most for word in words)
            readout.value(sensor_id)
    told = [
        sensor for option in model.options.values() for sensors in option.fitted_when.values() for sensor in sensors
    ]
    assert all((readout.value(sensor) is not None) for sensor in told if everything)
