"""The houses of the demo: what they are called, their heat pumps, and what happened to each in its past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from drivers.simulators.ailment import Ailment
from drivers.simulators.parameters import MachineParameters, Parameters
from drivers.simulators.weather import DAY_S, Weather

Story = Literal["", "short runs", "failed defrost", "offline", "outage"]

COOLER_K = 11.0
"""A hut some 1,700 m above the lowlands: there it freezes in every month."""

SHORT_RUNS_SINCE_S = 11 * DAY_S
OFFLINE_SINCE_S = 53 * 3600
OUTAGE_S = (6 * DAY_S + 5 * 3600, 100 * 60)
"""How long ago it began, and how long it lasted."""

MENDED_AFTER_S = 16 * 3600
FIRST_NIGHT, LAST_NIGHT = 4, 75


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody changed a setting: `ours` through this program, else at the unit. `ago_s` before now."""

    ago_s: int
    sensor: str
    value: float
    ours: bool


@dataclass(frozen=True, slots=True)
class House:
    """`parts` are options of its model; what is not said is as the model has it by default."""

    name: str
    model: str
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    story: Story = ""
    changes: tuple[Change, ...] = ()


HOUSES = (
    House(
        "Reihenhaus",
        "idm/navigator_2_0",
        (("circuits", ("A", "B")),),
        changes=(
            Change(41 * DAY_S + 7_800, "temp_hot_water_target", 52, ours=True),
            Change(23 * DAY_S + 4_100, "temp_threshold_heating_circuit_a", 17, ours=False),
            Change(9 * DAY_S + 900, "temp_hot_water_target", 50, ours=True),
        ),
    ),
    House("Berghütte", "nibe/s_series", story="failed defrost"),
    House("Werkstatt", "luxtronik/luxtronik_2_1", story="short runs"),
    House("Pfarrhaus", "daikin/altherma_homehub", story="outage"),
    House("Forsthaus", "stiebel_eltron/wpm", (("circuits", ("1",)),)),
    House("Siedlung am Bach", "vaillant/arotherm"),
    House("Arztpraxis", "viessmann/vitocal"),
    House("Neubau Süd", "daikin/altherma_4"),
    House("Altbau Ost", "luxtronik/shi"),
    House("Ferienhaus", "nibe/f_series", story="offline"),
    House("Kindergarten", "idm/navigator_2_0", (("circuits", ("A", "B", "C")), ("zones", ("1",)))),
)
"""Further ones begin again, with another building, other people and another weather."""


def house(number: int) -> House:
    """The house of the heat pump with this number, from 1 on."""
    return HOUSES[(number - 1) % len(HOUSES)]


def parameters(number: int) -> Parameters:
    """The building, its machine and its people."""
    drawn = Parameters.drawn(number)
    if house(number).story == "failed defrost":
        machine = replace(_larger(drawn.machine, 1.5), backup_kw=6.0)
        return replace(drawn, machine=machine, control=replace(drawn.control, bivalence=-15.0), cooler_k=COOLER_K)
    if house(number).story == "short runs":
        return replace(drawn, machine=replace(_larger(drawn.machine, 2.0), lowest_hz=38.0, buffer_litres=60.0))
    return drawn


def _larger(machine: MachineParameters, times: float) -> MachineParameters:
    return replace(machine, nominal_kw=machine.nominal_kw * times, nominal_flow_lh=machine.nominal_flow_lh * times)


def ailments(number: int, now: int) -> tuple[Ailment, ...]:
    """What is wrong with it, or was; `now` in unix seconds is when the demo was first started."""
    story = house(number).story
    if story == "short runs":
        return (Ailment("short runs", now - SHORT_RUNS_SINCE_S, now + 400 * DAY_S),)
    if story == "failed defrost":
        begin = _coldest_night(number, now) - 10 * 3600
        return (Ailment("failed defrost", begin, begin + MENDED_AFTER_S),)
    return ()


def _coldest_night(number: int, now: int) -> int:
    """Four o'clock (UTC) of the coldest of the last nights."""
    weather = Weather(number, parameters(number).cooler_k)
    last = now // DAY_S * DAY_S + 4 * 3600
    return min(
        (last - days * DAY_S for days in range(FIRST_NIGHT, LAST_NIGHT)), key=lambda at: weather.at(at).temperature
    )
