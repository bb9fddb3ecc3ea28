"""The house and its heat pump obey physics, live a believable life, and the same one each time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from statistics import mean

import pytest

from drivers.simulators.parameters import Parameters
from drivers.simulators.plant import STEP_S, Plant
from tests.drivers.simulators.conftest import DAY_S, at

Quantities = dict[str, float | int | str]


def life(plant: Plant, days: float, every_s: int = STEP_S) -> Iterator[Quantities]:
    for _ in range(int(days * DAY_S / every_s)):
        plant.advance(plant.at + every_s)
        yield dict(plant.quantities())


def numbers(quantities: Quantities) -> dict[str, float]:
    return {name: value for name, value in quantities.items() if not isinstance(value, str)}


def starts_of(mode: str, lived: list[Quantities]) -> int:
    modes = [each["operating_mode"] for each in lived]
    return sum(after == mode != before for before, after in pairwise(modes))


def performance(begin: Quantities, end: Quantities) -> float:
    heat = numbers(end)["energy_heat_total"] - numbers(begin)["energy_heat_total"]
    return heat / (numbers(end)["energy_electric_total"] - numbers(begin)["energy_electric_total"])


# ── Reproducible ──


def test_a_seed_is_one_life_however_it_is_walked() -> None:
    small_steps, one_leap = Plant(5, start=at("2024-02-01")), Plant(5, start=at("2024-02-01"))
    for _ in range(700):
        small_steps.advance(small_steps.at + 247)
    one_leap.advance(small_steps.at)
    assert small_steps.quantities() == one_leap.quantities()


def test_another_seed_is_another_house() -> None:
    first, second = Plant(1, start=at("2024-02-01")), Plant(2, start=at("2024-02-01"))
    assert first.parameters != second.parameters
    assert first.quantities() != second.quantities()


def test_going_back_in_time_changes_nothing(plant: Plant) -> None:
    before = plant.quantities()
    plant.advance(plant.at - 10 * DAY_S)
    assert plant.quantities() == before


def test_a_clock_that_wakes_up_in_1970_is_followed_at_once() -> None:
    plant = Plant(1, start=0.0)
    plant.set("temp_hot_water_target", 44)
    before = numbers(dict(plant.quantities()))
    plant.advance(at("2024-07-15"))
    after = numbers(dict(plant.quantities()))
    assert plant.at == at("2024-07-15")
    assert after["temp_outside"] > 8
    assert after["temp_hot_water_target"] == 44
    assert after["energy_heat_total"] == before["energy_heat_total"]


def test_ninety_days_are_lived_in_seconds() -> None:
    plant = Plant(1, start=at("2024-01-01"))
    begin = time.process_time()
    plant.advance(plant.at + 90 * DAY_S)
    assert time.process_time() - begin < 30  # a few seconds in truth; a crowded test machine is no reason to fail


def test_the_physics_needs_no_numpy() -> None:
    code = "import sys; import drivers.simulators.plant, drivers.simulators.modbus; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ── Physics ──


@pytest.mark.parametrize("seed", [1, 4, 8])
@pytest.mark.parametrize("day", ["2024-01-10", "2024-04-10", "2024-07-10"])
def test_no_heat_appears_or_vanishes(seed: int, day: str) -> None:
    plant = Plant(seed, start=at(day))

    def stored() -> float:
        return plant.house.stored_kwh + plant.water.stored_kwh + plant.tank.stored_kwh

    delivered = 0.0
    stored_before, lost = stored(), plant.house.lost_kwh
    gained, drawn = plant.house.gained_kwh, plant.tank.drawn_kwh
    for lived in life(plant, 5):
        delivered += numbers(lived)["power_current"] * STEP_S / 3600
    came = delivered + plant.house.gained_kwh - gained
    went = plant.house.lost_kwh - lost + plant.tank.drawn_kwh - drawn
    assert came - went == pytest.approx(stored() - stored_before, abs=1e-6)


def test_the_counters_are_the_integral_of_the_powers(plant: Plant) -> None:
    begin = numbers(dict(plant.quantities()))
    heat = electric = 0.0
    end = begin
    for lived in life(plant, 3):
        end = numbers(lived)
        heat += max(0.0, end["power_current"]) * STEP_S / 3600
        electric += end["power_current_draw"] * STEP_S / 3600
    assert end["energy_heat_total"] - begin["energy_heat_total"] == pytest.approx(heat)
    assert end["energy_electric_total"] - begin["energy_electric_total"] == pytest.approx(electric)


def test_heat_is_what_the_water_carries_away_while_it_runs_steadily(plant: Plant) -> None:
    compared = 0
    before: dict[str, float] = {}
    for lived in life(plant, 2):
        now = numbers(lived)
        steady = before and abs(now["temp_flow"] - before["temp_flow"]) < 0.01
        if lived["operating_mode"] == "heating" and steady:
            carried = (now["temp_flow"] - now["temp_return"]) * now["flow_rate"] * 1.163e-3
            assert carried == pytest.approx(now["power_current"], rel=0.06)
            compared += 1
        before = now
    assert compared > 100


@pytest.mark.parametrize("seed", [1, 3])
def test_a_heating_season_has_a_believable_performance_factor(seed: int) -> None:
    plant = Plant(seed, start=at("2024-12-01"))
    begin = dict(plant.quantities())
    plant.advance(at("2025-03-01"))
    assert 2.5 < performance(begin, dict(plant.quantities())) < 4.6


def test_mild_weather_is_easier_than_frost(plant: Plant) -> None:
    by_outside: dict[bool, list[float]] = {True: [], False: []}
    plant.advance(at("2024-02-01"))
    for _ in range(45):
        begin = dict(plant.quantities())
        outside = [numbers(each)["temp_outside"] for each in life(plant, 1, 600)]
        if mean(outside) < 12:
            by_outside[mean(outside) < 2].append(performance(begin, dict(plant.quantities())))
    assert mean(by_outside[True]) + 0.5 < mean(by_outside[False])


@pytest.mark.parametrize(("seed", "day"), [(1, "2024-12-01"), (3, "2024-06-20"), (6, "2024-03-01")])
def test_everything_stays_within_what_such_a_machine_can_do(seed: int, day: str) -> None:
    limits = {
        "temp_flow": (14, 62),
        "temp_return": (14, 62),
        "temp_buffer": (14, 62),
        "temp_hot_water": (33, 55),
        "temp_hot_water_bottom": (9, 56),
        "temp_room": (17, 31),
        "temp_hot_gas": (-25, 115),
        "temp_evaporator": (-35, 35),
        "temp_condenser": (10, 66),
        "compressor_frequency": (0, 100),
        "power_current": (-12, 20),
        "power_current_draw": (0.01, 9),
        "flow_rate": (0, 2500),
        "pressure": (1.2, 2.2),
        "humidity": (10, 90),
        "degree_minutes": (-900, 60),
    }
    plant = Plant(seed, start=at(day))
    for lived in life(plant, 60, 300):
        now = numbers(lived)
        for name, (lowest, highest) in limits.items():
            assert lowest <= now[name] <= highest, (name, now[name], plant.at)


# ── A believable life ──


def test_it_modulates_in_frost_and_cycles_in_mild_weather() -> None:
    frost, mild = Plant(1, start=at("2024-01-14")), Plant(1, start=at("2024-03-20"))
    in_frost, when_mild = list(life(frost, 5)), list(life(mild, 5))
    assert mean(numbers(each)["temp_outside"] for each in in_frost) < 0
    assert 5 < mean(numbers(each)["temp_outside"] for each in when_mild) < 14
    assert starts_of("off", in_frost) < 5
    assert 4 <= starts_of("off", when_mild) / 5 <= 14


def test_a_run_and_a_pause_last_long_enough() -> None:
    running = [each["compressor_on"] for each in life(Plant(1, start=at("2024-03-20")), 10)]
    changes = [place for place, (before, after) in enumerate(pairwise(running)) if before != after]
    lengths = [(after - before) * STEP_S for before, after in pairwise(changes)]
    assert min(lengths) >= 600
    assert len(lengths) > 50


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_defrosts_in_winter_and_never_in_summer(seed: int) -> None:
    winter = list(life(Plant(seed, start=at("2024-01-10")), 8))
    summer = list(life(Plant(seed, start=at("2024-07-01")), 8))
    assert 1 <= starts_of("defrost", winter) / 8 <= 30
    assert starts_of("defrost", summer) == 0
    defrosting = [numbers(each) for each in winter if each["operating_mode"] == "defrost"]
    assert min(each["power_current"] for each in defrosting) < -2
    assert 120 <= len(defrosting) * STEP_S / starts_of("defrost", winter) <= 900


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("day", ["2024-01-10", "2024-07-10"])
def test_hot_water_is_kept_warm(seed: int, day: str) -> None:
    plant = Plant(seed, start=at(day))
    target = numbers(dict(plant.quantities()))["temp_hot_water_target"]
    lived = list(life(plant, 7))
    tank = sorted(numbers(each)["temp_hot_water"] for each in lived)
    assert tank[len(tank) // 50] > 40  # 98 % of the time
    assert tank[-1] < target + 1
    assert 0.4 <= starts_of("hot_water", lived) / 7 <= 4


@pytest.mark.parametrize("seed", range(1, 4))
def test_rooms_are_near_their_target_in_winter(seed: int) -> None:
    plant = Plant(seed, start=at("2024-01-10"))
    target = numbers(dict(plant.quantities()))["temp_room_target"]
    rooms = [numbers(each)["temp_room"] for each in life(plant, 14, 600)]
    assert abs(mean(rooms) - target) < 1.2


def test_heating_rests_in_summer() -> None:
    lived = list(life(Plant(3, start=at("2024-07-10")), 7))
    assert starts_of("heating", lived) == 0
    assert mean(numbers(each)["power_current_draw"] for each in lived) < 0.2


def test_the_backup_heater_helps_in_deep_frost_only() -> None:
    seen = [
        (each["backup_heater"], numbers(each)["temp_outside"])
        for each in life(Plant(3, start=at("2024-12-01")), 60, 300)
    ]
    helped = [outside for heater, outside in seen if heater == "on"]
    assert all(outside < -2 for outside in helped)
    assert len(helped) < 0.1 * len(seen)


def test_counters_never_fall_and_do_rise() -> None:
    plant = Plant(2, start=at("2024-03-01"))
    lived = [numbers(each) for each in life(plant, 20, 600)]
    counters = [name for name in lived[0] if name.startswith(("energy_", "compressor_starts", "compressor_hours"))]
    assert len(counters) > 9
    for name in counters:
        readings = [each[name] for each in lived]
        assert all(after >= before for before, after in pairwise(readings)), name
        assert readings[-1] > readings[0] > 0 or name.endswith(("_cooling", "_backup"))


def test_a_machine_has_a_past_that_fits_its_future() -> None:
    plant = Plant(4, start=at("2024-02-01"))
    past = numbers(dict(plant.quantities()))
    begin = dict(plant.quantities())
    plant.advance(at("2024-05-01"))
    assert performance(begin, dict(plant.quantities())) == pytest.approx(
        past["energy_heat_total"] / past["energy_electric_total"], rel=0.25
    )


# ── Settings ──


@pytest.mark.parametrize("sensor", ["temp_hot_water_target", "temp_hot_water_target_circuit_a"])
def test_a_hotter_target_makes_hotter_water(sensor: str) -> None:
    plant = Plant(1, start=at("2024-07-10"))
    assert plant.set(sensor, 55)
    assert max(numbers(each)["temp_hot_water"] for each in life(plant, 3)) > 54


def test_a_steeper_curve_asks_for_a_warmer_flow_at_once(plant: Plant) -> None:
    before = numbers(dict(plant.quantities()))["temp_flow_target"]
    assert plant.set("heating_curve_circuit_a", 0.9)
    plant.advance(plant.at + 60)
    assert numbers(dict(plant.quantities()))["temp_flow_target"] > before + 5


def test_a_warmer_room_is_reached() -> None:
    plant = Plant(1, start=at("2024-01-15"))
    plant.set("temp_room_target", 23.0)
    assert [numbers(each)["temp_room"] for each in life(plant, 6, 600)][-1] > 22.3


@pytest.mark.parametrize(
    ("mode", "absent"),
    [
        ("standby", {"heating", "hot_water", "defrost"}),
        ("hot_water_only", {"heating"}),
        ("heating_cooling_only", {"hot_water"}),
    ],
)
def test_the_system_mode_decides_what_runs(mode: str, absent: set[str]) -> None:
    plant = Plant(1, start=at("2024-02-15"))
    assert plant.set("system_mode", mode)
    plant.advance(plant.at + 900)
    modes = {each["operating_mode"] for each in life(plant, 2)}
    assert not modes & absent
    plant.set("system_mode", "automatic")
    assert {"heating", "hot_water"} <= {each["operating_mode"] for each in life(plant, 2)}


@pytest.mark.parametrize(
    ("sensor", "value"),
    [("temp_outside", 3.0), ("curve_offset_a", 2), ("heating_curve_circuit_b", 0.5), ("temp_room_target", "warm")],
)
def test_the_physics_says_what_it_does_not_know(plant: Plant, sensor: str, value: float | str) -> None:
    before = plant.quantities()
    assert not plant.set(sensor, value)
    assert plant.quantities() == before


@pytest.mark.parametrize(("sensor", "value", "kept"), [("heating_curve", 9.0, 2.0), ("temp_room_target", -5.0, 10.0)])
def test_no_setting_breaks_the_physics(plant: Plant, sensor: str, value: float, kept: float) -> None:
    plant.set(sensor, value)
    assert plant.quantities()[sensor] == kept
    plant.advance(plant.at + 3 * DAY_S)
    assert 5 < numbers(dict(plant.quantities()))["temp_flow"] < 66


def test_every_drawn_house_can_be_heated() -> None:
    for seed in range(30):
        drawn = Parameters.drawn(seed)
        assert 0.2 < drawn.control.heating_curve < 1.2
        Plant(seed, drawn, start=at("2024-01-15"))
