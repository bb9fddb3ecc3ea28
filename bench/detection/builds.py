"""Simulated heat pumps that differ in what makers and installers do differently."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.simulators import noise
from drivers.simulators.parameters import EmitterParameters, HouseParameters, TankParameters

CURVE_EXPONENT = 0.85


@dataclass(frozen=True, slots=True)
class Sensing:
    """What the recording makes of the truth: noise (K, or a share of a power), steps, gaps and missing columns."""

    noise_k: float
    power_noise: float
    flow_noise: float
    step_k: float
    outside_step_k: float
    power_step_kw: float
    missing_share: float
    absent: frozenset[str]
    thermal_from_spread: bool
    outside_sun_k: float


@dataclass(frozen=True, slots=True)
class Build:
    """One machine in one house. Powers in kW, temperatures in °C, times in s."""

    seed: int
    nominal_kw: float
    inverter: bool
    lowest_share: float
    nominal_hz: float
    carnot_share: float
    capacity_per_k: float
    frost_per_hpa_h: float
    standby_kw: float
    pump_kw: float
    flow_lh: float
    wanted_spread_k: float | None
    buffer_litres: float
    control: str
    hysteresis_k: float
    shortest_run_s: float
    shortest_pause_s: float
    damping_s: float
    setback_k: float
    curve_slope: float
    room_target: float
    heating_limit: float
    timed_defrost_s: float | None
    bivalence: float
    backup_kw: float
    hot_water_target: float
    hot_water_hysteresis_k: float
    hot_water_hours: tuple[tuple[float, float], ...]
    legionella: bool
    hot_water_flow_target: float
    climate_k: float
    house: HouseParameters
    emitter: EmitterParameters
    tank: TankParameters
    sensing: Sensing


def build(seed: int, kind: str) -> Build:
    """A machine of this kind (`inverter`, `fixed`, …) with everything else drawn from the seed."""

    def pick(what: str, low: float, high: float) -> float:
        return noise.between(noise.seed_for(seed, f"build {what}"), 0, low, high)

    def one_of(what: str, *choices: float) -> float:
        return choices[int(pick(what, 0, len(choices) - 1e-9))]

    low_kw, high_kw = {"small": (3.0, 5.0), "large": (12.0, 20.0)}.get(kind, (5.0, 12.0))
    nominal = pick("size", low_kw, high_kw)
    inverter = kind != "fixed" and (kind != "large" or pick("large inverter", 0, 1) < 0.6)
    load = nominal / pick("sizing", 1.0, 1.35)
    radiators = kind == "radiators" or pick("emitter", 0, 1) < 0.3
    flow = pick("radiator flow", 43, 52) if radiators else pick("floor flow", 32, 38)
    emitter = (
        EmitterParameters(flow, 8.0, pick("radiators", 0.65, 0.8), 1.28, 0.05 * load)
        if radiators
        else EmitterParameters(flow, 5.5, pick("floor", 0.5, 0.65), 1.1, load * pick("screed", 0.3, 0.6))
    )
    nominal_flow = nominal * pick("flow rate", 150, 200)
    absent = set[str]()
    if pick("thermal", 0, 1) < 0.25:
        absent.add("power_thermal")
    if not inverter and pick("frequency", 0, 1) < 0.5:
        absent.add("compressor_hz")
    if pick("target", 0, 1) < 0.2:
        absent.add("temp_flow_set")
    windows: tuple[tuple[float, float], ...] = ((0.0, 24.0),)
    if pick("hot water clock", 0, 1) < 0.35:
        windows = ((4.0, 7.0), (12.0, 15.0), (18.5, 20.5))
    return Build(
        seed=seed,
        nominal_kw=nominal,
        inverter=inverter,
        lowest_share=pick("lowest", 0.25, 0.4),
        nominal_hz=pick("hz", 55, 90) if inverter else 50.0,
        carnot_share=pick("carnot", 0.42, 0.56),
        capacity_per_k=pick("capacity", 0.016, 0.028),
        frost_per_hpa_h=pick("frost", 0.25, 0.6),
        standby_kw=pick("standby", 0.006, 0.03),
        pump_kw=pick("pump", 0.02, 0.09),
        flow_lh=nominal_flow,
        wanted_spread_k=pick("spread", 4.5, 7.5) if inverter and pick("pump control", 0, 1) < 0.5 else None,
        buffer_litres=max((15.0 if inverter else 30.0) * nominal, one_of("buffer", 50, 100, 200, 400)),
        control="degree_minutes" if pick("control", 0, 1) < 0.5 else "hysteresis",
        hysteresis_k=pick("hysteresis", 1.5, 3.5) + (0.0 if inverter else 1.5),
        shortest_run_s=one_of("run", 300, 600, 900),
        shortest_pause_s=one_of("pause", 300, 600, 1200),
        damping_s=one_of("damping", 600, 4 * 3600, 24 * 3600),
        setback_k=one_of("setback", 0, 0, 2, 4),
        curve_slope=(flow + pick("generous", 0, 3) - 21) / math.pow(33.0, CURVE_EXPONENT),
        room_target=pick("room", 20, 22.5),
        heating_limit=pick("limit", 14, 17),
        timed_defrost_s=one_of("defrost", 2400, 3600, 5400) if pick("defrost kind", 0, 1) < 0.35 else None,
        bivalence=pick("bivalence", -9, -4),
        backup_kw=min(9.0, max(2.0, round(0.6 * nominal))),
        hot_water_target=pick("hot water", 45, 52),
        hot_water_hysteresis_k=pick("hot water hysteresis", 4, 8),
        hot_water_hours=windows,
        legionella=pick("legionella", 0, 1) < 0.4,
        hot_water_flow_target=pick("hot water flow", 54, 60),
        climate_k=pick("climate", -1.5, 2.0),
        house=HouseParameters(
            design_load_kw=load,
            ventilation_share=pick("ventilation", 0.2, 0.45),
            air_kwh_per_k=0.2 * load,
            mass_kwh_per_k=load * pick("mass", 1.2, 4.0),
            air_to_mass_kw_per_k=load * pick("coupling", 0.2, 0.28),
            window_m2=pick("windows", 2.0, 9.0) * load / 7,
            people_and_appliances_kw=pick("people", 0.2, 0.7),
        ),
        emitter=emitter,
        tank=TankParameters(
            litres=pick("tank", 180, 400),
            coil_kw_per_k=nominal * pick("coil", 0.15, 0.25),
            loss_kw_per_k=pick("loss", 0.0012, 0.0028),
            litres_a_day=pick("draws", 60, 220),
            wake_hour=pick("wake", 5.0, 8.0),
        ),
        sensing=Sensing(
            noise_k=one_of("noise", 0.02, 0.05, 0.1),
            power_noise=pick("power noise", 0.002, 0.02),
            flow_noise=pick("flow noise", 0.005, 0.03),
            step_k=one_of("step", 0.01, 0.1, 0.1, 0.5),
            outside_step_k=one_of("outside step", 0.1, 0.1, 0.5, 1.0),
            power_step_kw=one_of("power step", 0.001, 0.01, 0.1),
            missing_share=one_of("missing", 0, 0.005, 0.03, 0.1),
            absent=frozenset(absent),
            thermal_from_spread=pick("thermal kind", 0, 1) < 0.6,
            outside_sun_k=one_of("outside sun", 0, 0, 2, 5),
        ),
    )


KINDS = ("inverter", "fixed", "small", "large", "radiators", "inverter", "fixed", "radiators")
