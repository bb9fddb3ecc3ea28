"""One house with its heat pump, as time goes by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from drivers.simulators.ailment import Ailment
from drivers.simulators.control import Control, Measured, Settings
from drivers.simulators.counters import Counters
from drivers.simulators.heat_pump import HeatPump
from drivers.simulators.heating_water import WATER_KWH_PER_L_K, HeatingWater
from drivers.simulators.hot_water import DrawOffs, Tank
from drivers.simulators.house import House
from drivers.simulators.parameters import Parameters
from drivers.simulators.weather import DAY_S, Weather

STEP_S = 30
HOURS = STEP_S / 3600
LONGEST_WALK_S = 400 * DAY_S
"""A clock that jumps further (a board without a battery wakes up in 1970) is followed without living through it."""
SETTLING_S = DAY_S
CHARGE_PUMP_KW = 0.045
CIRCUIT_PUMP_KW = 0.03
SENSOR_S = 45.0
PIPE_COOLS_S = 3_600.0
PARTS = ("house", "control", "water", "tank", "machine")
HASTY = {"start_degree_minutes": -12.0, "shortest_run_s": 150.0, "shortest_pause_s": 210.0}
"""What an installer sets who is in a hurry: the compressor starts at once, and stops as soon as the buffer is warm."""
STUCK_MELTING = 0.03
SETTABLE = {
    "temp_room_target": (10.0, 26.0),
    "heating_curve": (0.1, 2.0),
    "temp_hot_water_target": (30.0, 56.0),
}
"""Settings that the physics follows, and how far: a simulated house stands what a real one would not be asked to."""


class Plant:
    """The physical truth behind a simulated heat pump. Time is unix seconds, moves in steps of 30 s, and only on.

    The same seed and start give the same life, however the steps are asked for.
    """

    def __init__(
        self,
        seed: int,
        parameters: Parameters | None = None,
        *,
        start: float,
        ailments: Sequence[Ailment] = (),
    ) -> None:
        self.seed = seed
        self.parameters = parameters or Parameters.drawn(seed)
        self.weather = Weather(seed, self.parameters.cooler_k)
        self.ailments = tuple(ailments)
        self._next_turn = math.inf
        self.counters = Counters.of_past_years(seed, self.parameters)
        self._draw_offs = DrawOffs(seed, self.parameters.tank)
        machine, emitter = self.parameters.machine, self.parameters.emitter
        self._nominal_flow_lh = machine.nominal_flow_lh
        self._nominal_hz = machine.nominal_hz
        self._standby_kw = machine.standby_kw
        self._backup_kw = machine.backup_kw
        self._spread_share = emitter.design_spread_k / (emitter.design_flow - 21.0)
        self._sensor_share = 1 - math.exp(-STEP_S / SENSOR_S)
        self._cooling_share = 1 - math.exp(-STEP_S / PIPE_COOLS_S)
        self._settle(start, Settings.installed(self.parameters.control))

    def _settle(self, start: float, settings: Settings) -> None:
        """Take on temperatures that fit the season, and live one day with them, uncounted."""
        parameters, counted = self.parameters, self.counters
        self.at = int((start - SETTLING_S) // STEP_S) * STEP_S
        self.air = self.weather.at(self.at)
        outside = sum(self.weather.at(self.at - day * DAY_S / 2).temperature for day in range(8)) / 8
        room = max(settings.temp_room_target, min(24.5, outside + 4))
        flow = max(room, room + 0.35 * (room - outside))
        self.house = House(parameters.house, room, outside)
        self.control = Control(parameters.control, parameters.machine, settings, outside)
        self.water = HeatingWater(parameters.emitter, parameters.house, parameters.machine.buffer_litres, room, flow)
        self.tank = Tank(parameters.tank, settings.temp_hot_water_target - 1)
        self.machine = HeatPump(parameters.machine, STEP_S, outside, room)
        self.heat_kw = self.electric_kw = self.flow_lh = 0.0
        self.flow = self.back = room
        self.counters = Counters()
        self._next_turn = -math.inf
        self.advance(start)
        self.counters = counted

    def advance(self, to: float) -> None:
        """Live on until `to` (unix seconds), at most to the last full step; a time already lived does nothing."""
        if to - self.at > LONGEST_WALK_S:
            self._settle(to, self.control.settings)
        while self.at + STEP_S <= to:
            self._step()
            self.at += STEP_S

    def set(self, sensor_id: str, value: float | int | str) -> bool:
        """Change a setting of the control; False when the physics does not know this one.

        The id is one of the vocabulary, also with `_circuit_a` behind it. Numbers are kept within `SETTABLE`.
        """
        name = sensor_id.removesuffix("_circuit_a")
        if name == "system_mode":
            self.control.settings.system_mode = str(value)
            return True
        if name not in SETTABLE or isinstance(value, str):
            return False
        lowest, highest = SETTABLE[name]
        setattr(self.control.settings, name, min(highest, max(lowest, float(value))))
        return True

    def state(self) -> dict[str, Any]:
        """How it stands now, as plain numbers and words: a plant that takes it up lives on exactly as this one."""
        return {
            "at": self.at,
            "felt": [self.heat_kw, self.electric_kw, self.flow_lh, self.flow, self.back],
            "settings": asdict(self.control.settings),
            "counters": asdict(self.counters),
            **{name: _kept(getattr(self, name)) for name in PARTS},
        }

    def take_up(self, state: Mapping[str, Any]) -> None:
        """Be as that other plant was. Raises KeyError, TypeError or ValueError for what is no state of a plant."""
        at, felt = int(state["at"]), [float(each) for each in state["felt"]]
        settings, counters = Settings(**state["settings"]), Counters(**state["counters"])
        self.heat_kw, self.electric_kw, self.flow_lh, self.flow, self.back = felt
        self.at, self.control.settings, self.counters = at, settings, counters
        for name in PARTS:
            part = getattr(self, name)
            for slot in _kept(part):
                setattr(part, slot, state[name][slot])
        self.air = self.weather.at(at - STEP_S)
        self._next_turn = -math.inf

    def _turn(self) -> None:
        """An ailment begins or ends."""
        control = self.parameters.control
        present = {each.kind for each in self.ailments if each.since <= self.at < each.until}
        turns = [at for each in self.ailments for at in (each.since, each.until) if at > self.at]
        self._next_turn = min(turns, default=math.inf)
        self.control.follow(replace(control, **HASTY) if "short runs" in present else control)
        self.machine.melting = STUCK_MELTING if "failed defrost" in present else 1.0
        if "failed defrost" not in present:
            self.control.reset()

    def _step(self) -> None:
        if self.at >= self._next_turn:
            self._turn()
        self.air = self.weather.at(self.at)
        control, machine = self.control, self.machine
        stood = machine.frequency == 0
        control.decide(STEP_S, self._measured())
        mode = control.mode
        if mode == "off":
            self._rest()
        elif mode == "hot_water":
            self._charge_tank()
        else:
            self._charge_buffer(mode)
        self.tank.step(HOURS, self.house.room, self.heat_kw if mode == "hot_water" else 0.0, self._drawn())
        self.house.step(HOURS, self.air, self.water.emitted_kw, self.water.waste_kw + self.tank.waste_kw)
        self.electric_kw += self._standby_kw + (CIRCUIT_PUMP_KW if control.pumping else 0.0)
        self.counters.count(HOURS, mode, self.heat_kw, self.electric_kw)
        if stood and mode != "off":
            self.counters.compressor_starts += 1

    def _measured(self) -> Measured:
        return Measured(
            self.air.temperature, self.house.room, self.water.top, self.flow, self.tank.top, self.machine.frost
        )

    def _drawn(self) -> float:
        return self._draw_offs.litres(self.at, STEP_S)

    def _rest(self) -> None:
        room = self.house.room
        self.machine.rest(STEP_S, self.air, room)
        self.water.step(HOURS, room, self.control.pumping, 0.0, 0.0)
        self.flow += (room - self.flow) * self._cooling_share
        self.back += (room - self.back) * self._cooling_share
        self.flow_lh = self.heat_kw = self.electric_kw = 0.0

    def _charge_tank(self) -> None:
        machine = self.machine
        carried = self._pump()
        machine.run(STEP_S, self.control.frequency, self.flow, self.air)
        self.heat_kw = machine.heat_kw
        self.electric_kw = machine.electric_kw + CHARGE_PUMP_KW
        coil = self.tank.coil_temperature(machine.heat_kw)
        self._feel(coil + machine.heat_kw / carried / 2, coil - machine.heat_kw / carried / 2)
        self.water.step(HOURS, self.house.room, self.control.pumping, 0.0, 0.0)

    def _charge_buffer(self, mode: str) -> None:
        machine, water = self.machine, self.water
        carried = self._pump()
        back = water.bottom
        if mode == "defrost":
            machine.melt(STEP_S, self.air)
        else:
            leaving = back + max(0.0, machine.heat_kw) / carried
            machine.run(STEP_S, self.control.frequency, leaving, self.air)
        backup = self._backup_kw if self.control.backup else 0.0
        self.heat_kw = machine.heat_kw + backup
        self.electric_kw = machine.electric_kw + CHARGE_PUMP_KW + backup
        self.counters.heat_backup += backup * HOURS
        leaving = back + self.heat_kw / carried
        self._feel(leaving, back)
        water.step(HOURS, self.house.room, self.control.pumping, leaving, carried)

    def _pump(self) -> float:
        """Let the charge pump follow the compressor; what its water carries, in kW per K."""
        self.flow_lh = self._nominal_flow_lh * (0.55 + 0.45 * min(1.1, self.machine.frequency / self._nominal_hz))
        return self.flow_lh * WATER_KWH_PER_L_K

    def _feel(self, flow: float, back: float) -> None:
        self.flow += (flow - self.flow) * self._sensor_share
        self.back += (back - self.back) * self._sensor_share

    def quantities(self) -> Mapping[str, float | int | str]:
        """Everything the physics knows now, by vocabulary id, in the vocabulary's units and unrounded."""
        control, machine, counters, water = self.control, self.machine, self.counters, self.water
        settings, running = control.settings, control.mode != "off"
        warmth = (water.top + water.bottom) / 2
        return {
            "temp_outside": self.air.temperature,
            "temp_outside_avg": control.outside_average,
            "temp_flow": self.flow,
            "temp_flow_target": control.flow_target,
            "temp_return": self.back,
            "temp_return_target": control.flow_target
            - self._spread_share * max(0.0, control.flow_target - settings.temp_room_target),
            "temp_charge_sensor": self.flow,
            "temp_buffer": water.top,
            "temp_hot_water": self.tank.top,
            "temp_hot_water_bottom": self.tank.bottom,
            "temp_hot_water_target": settings.temp_hot_water_target,
            "temp_source_in": self.air.temperature,
            "temp_source_out": machine.source_out,
            "temp_hot_gas": machine.hot_gas,
            "temp_suction": machine.suction,
            "temp_evaporator": machine.evaporator,
            "temp_condenser": self.flow,  # of the water that leaves it, as NIBE measures it and reckons the heat
            "temp_room": self.house.room,
            "temp_room_target": settings.temp_room_target,
            "heating_curve": settings.heating_curve,
            "system_mode": settings.system_mode,
            "operating_mode": "fault" if control.fault else control.mode,
            "mode_active": "heating" if control.pumping else "off",
            "demand_heating": _switch(control.pumping),
            "demand_hot_water": _switch(control.hot_water_wanted),
            "released": "on",
            "runs_for_heating": _switch(control.mode == "heating"),
            "runs_for_hot_water": _switch(control.mode == "hot_water"),
            "runs_for_cooling": "off",
            "valve": "hot_water" if control.mode == "hot_water" else "heating",
            "defrost": _switch(control.mode == "defrost"),
            "backup_heater": _switch(control.backup),
            "compressor_on": _switch(running),
            "compressor_frequency": machine.frequency,
            "compressor_starts": counters.compressor_starts,
            "compressor_hours": counters.compressor_hours,
            "power_current": self.heat_kw,
            "power_current_draw": self.electric_kw,
            "power_environment": max(0.0, self.heat_kw - self.electric_kw),
            "energy_environment_heating": counters.environment_heating,
            "energy_environment_hot_water": counters.environment_hot_water,
            "energy_heat_total": counters.heat_total,
            "energy_heat_heating": counters.heat_heating,
            "energy_heat_hot_water": counters.heat_hot_water,
            "energy_heat_cooling": 0.0,
            "energy_heat_backup": counters.heat_backup,
            "energy_heat_defrost": counters.heat_defrost,
            "energy_electric_total": counters.electric_total,
            "energy_electric_heating": counters.electric_heating,
            "energy_electric_hot_water": counters.electric_hot_water,
            "energy_electric_cooling": 0.0,
            "flow_rate": self.flow_lh,
            "humidity": 100 * self.house.humidity(self.air),
            "pressure": 1.55 + 0.006 * (warmth - 25),
            "degree_minutes": control.degree_minutes,
            "smart_grid_state": "normal",
            "error_code": 0,
            "fault": "fault" if control.fault else "ok",
        }


def _kept(part: object) -> dict[str, Any]:
    """What changes about a part of the plant while it lives."""
    found = {slot: getattr(part, slot) for slot in part.__slots__}  # type: ignore[attr-defined]
    return {
        slot: list(value) if isinstance(value, list) else value
        for slot, value in found.items()
        if isinstance(value, bool | int | float | str | list)
    }


def _switch(closed: bool) -> str:
    return "on" if closed else "off"
