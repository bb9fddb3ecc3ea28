"""What makes one house and its heat pump differ from the next: sizes, curve, tank, people."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.simulators import noise

DESIGN_OUTSIDE = -12.0
DESIGN_ROOM = 21.0
CURVE_FACTOR = 1.8
CURVE_EXPONENT = 0.83

Pick = Callable[[str, float, float], float]
"""What for, from, to → a number that belongs to the seed."""


@dataclass(frozen=True, slots=True)
class HouseParameters:
    """A building: how much heat it needs at −12 °C, what it stores, what the sun brings."""

    design_load_kw: float = 7.0
    ventilation_share: float = 0.35
    air_kwh_per_k: float = 1.4
    mass_kwh_per_k: float = 14.0
    air_to_mass_kw_per_k: float = 1.6
    window_m2: float = 6.0
    people_and_appliances_kw: float = 0.5


@dataclass(frozen=True, slots=True)
class EmitterParameters:
    """Floor or radiators: `effectiveness` is the share of (flow − emitter) that the water gives off."""

    design_flow: float = 36.0
    design_spread_k: float = 6.0
    effectiveness: float = 0.6
    exponent: float = 1.1
    kwh_per_k: float = 3.0


@dataclass(frozen=True, slots=True)
class MachineParameters:
    """An air-source heat pump with an inverter; `nominal_kw` of heat at A2/W35 and `nominal_hz`."""

    nominal_kw: float = 8.0
    nominal_hz: float = 75.0
    lowest_hz: float = 24.0
    highest_hz: float = 100.0
    carnot_share: float = 0.54
    frost_per_hpa_h: float = 0.42
    nominal_flow_lh: float = 1400.0
    backup_kw: float = 3.0
    standby_kw: float = 0.014
    buffer_litres: float = 200.0


@dataclass(frozen=True, slots=True)
class TankParameters:
    """The hot-water tank and those who draw from it (litres a day, mixed to 40 °C)."""

    litres: float = 300.0
    coil_kw_per_k: float = 1.4
    loss_kw_per_k: float = 0.0018
    litres_a_day: float = 150.0
    wake_hour: float = 6.5


@dataclass(frozen=True, slots=True)
class ControlParameters:
    """What the installer set. The owner can change the first three later."""

    temp_room_target: float = 21.0
    heating_curve: float = 0.45
    temp_hot_water_target: float = 50.0
    hot_water_hysteresis_k: float = 5.0
    heating_limit: float = 15.0
    start_degree_minutes: float = -120.0
    bivalence: float = -8.0
    shortest_run_s: float = 600.0
    shortest_pause_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """One house with its machine; the defaults are a well-built house with a heated floor."""

    house: HouseParameters = field(default_factory=HouseParameters)
    emitter: EmitterParameters = field(default_factory=EmitterParameters)
    machine: MachineParameters = field(default_factory=MachineParameters)
    tank: TankParameters = field(default_factory=TankParameters)
    control: ControlParameters = field(default_factory=ControlParameters)
    years_in_use: float = 3.0
    cooler_k: float = 0.0
    """How much colder it is there than in the lowlands, such as 6.5 K a thousand metres higher up."""

    @classmethod
    def drawn(cls, seed: int) -> Parameters:
        """A believable house for this seed; the machine is sized to the house as an installer would."""

        def pick(what: str, low: float, high: float) -> float:
            return noise.between(noise.seed_for(seed, what), 0, low, high)

        load = pick("load", 5.0, 9.0)
        nominal = load * pick("sizing", 1.05, 1.3)
        emitter = _radiators(pick) if pick("emitter", 0, 1) < 0.35 else _floor(pick)
        return cls(
            house=HouseParameters(
                design_load_kw=load,
                ventilation_share=pick("ventilation", 0.25, 0.4),
                air_kwh_per_k=0.2 * load,
                mass_kwh_per_k=load * pick("mass", 1.4, 2.6),
                air_to_mass_kw_per_k=load * pick("coupling", 0.2, 0.28),
                window_m2=pick("windows", 4.5, 8.0),
                people_and_appliances_kw=pick("people", 0.35, 0.65),
            ),
            emitter=emitter,
            machine=MachineParameters(
                nominal_kw=nominal,
                carnot_share=pick("carnot", 0.5, 0.58),
                frost_per_hpa_h=pick("frost", 0.34, 0.5),
                nominal_flow_lh=nominal * pick("flow", 160, 185),
                buffer_litres=round(pick("buffer", 8, 20)) * 10.0,
            ),
            tank=TankParameters(
                litres=round(pick("tank", 4, 8)) * 50.0,
                coil_kw_per_k=nominal * pick("coil", 0.16, 0.2),
                litres_a_day=pick("draws", 90, 200),
                wake_hour=pick("wake", 5.6, 7.4),
            ),
            control=ControlParameters(
                temp_room_target=round(pick("room", 41, 44)) / 2,
                heating_curve=round(_curve_for(emitter.design_flow + pick("generous", 0.0, 1.5)), 2),
                temp_hot_water_target=float(round(pick("hot water", 48, 52))),
                hot_water_hysteresis_k=pick("hysteresis", 4.0, 5.0),
                start_degree_minutes=-pick("degree minutes", 90, 150),
                heating_limit=float(round(pick("limit", 15, 16.5))),
                bivalence=round(pick("bivalence", -10, -6)),
            ),
            years_in_use=pick("age", 0.8, 6.0),
        )


def _floor(pick: Pick) -> EmitterParameters:
    flow = pick("floor flow", 33.0, 38.0)
    return EmitterParameters(flow, 5.5, pick("floor", 0.5, 0.65), 1.1, pick("screed", 2.0, 4.0))


def _radiators(pick: Pick) -> EmitterParameters:
    return EmitterParameters(pick("radiator flow", 43.0, 50.0), 8.0, pick("radiators", 0.65, 0.8), 1.28, 0.25)


def _curve_for(design_flow: float) -> float:
    """The slope that asks for this flow temperature on the coldest day."""
    return (design_flow - DESIGN_ROOM) / (CURVE_FACTOR * math.pow(DESIGN_ROOM - DESIGN_OUTSIDE, CURVE_EXPONENT))
