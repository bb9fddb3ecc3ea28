"""The heat pump's own control: what it wants now, and how fast the compressor should turn for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.simulators.parameters import CURVE_EXPONENT, CURVE_FACTOR, ControlParameters, MachineParameters

HIGHEST_FLOW = 60.0
ROOM_INFLUENCE = 2.0
DAMPING_S = 20 * 3600.0
SHORTEST_RUN_BEFORE_DEFROST_S = 1500.0
PATIENCE_S, LITTLE = 900.0, 0.7
"""A defrost that has left so much of the frost after so long is given up."""
MOST_FAILED_DEFROSTS = 3
"""After so many defrosts in a row that melted too little, the control locks the machine until somebody resets it."""
HOT_WATER_SPEED = 0.9

WITHOUT_HEATING = frozenset(("off", "standby", "hot_water", "hot_water_only", "summer"))
WITHOUT_HOT_WATER = frozenset(("off", "standby", "heating", "heating_only", "heating_cooling_only"))
"""Words for the system mode that the control understands; any other one means automatic."""


@dataclass(slots=True)
class Measured:
    """What the control sees, one step old; temperatures in °C."""

    outside: float
    room: float
    supply: float
    flow: float
    hot_water: float
    frost: float


@dataclass(slots=True)
class Settings:
    """What the owner can change."""

    temp_room_target: float
    heating_curve: float
    temp_hot_water_target: float
    system_mode: str = "automatic"

    @classmethod
    def installed(cls, parameters: ControlParameters) -> Settings:
        return cls(parameters.temp_room_target, parameters.heating_curve, parameters.temp_hot_water_target)


class Control:
    """Degree minutes (how long the flow has been how much too cold) start and speed up the compressor.

    `mode` is one of off, heating, hot_water, defrost; `pumping` tells whether the circuit pump runs. A machine with a
    `fault` stands until `reset`.
    """

    __slots__ = (
        "_defrosting_s",
        "_failed_defrosts",
        "_frost_before",
        "_machine",
        "_parameters",
        "_season",
        "_since_change_s",
        "backup",
        "degree_minutes",
        "fault",
        "flow_target",
        "frequency",
        "hot_water_wanted",
        "mode",
        "outside_average",
        "pumping",
        "settings",
    )

    def __init__(
        self,
        parameters: ControlParameters,
        machine: MachineParameters,
        settings: Settings,
        outside_average: float,
    ) -> None:
        self._parameters = parameters
        self._machine = machine
        self._season = outside_average < parameters.heating_limit
        self.hot_water_wanted = False
        self._since_change_s = parameters.shortest_pause_s
        self.settings = settings
        self.outside_average = outside_average
        self.degree_minutes = 0.0
        self.flow_target = parameters.temp_room_target
        self.frequency = 0.0
        self.mode = "off"
        self.pumping = False
        self.backup = False
        self.fault = False
        self._defrosting_s = 0.0
        self._frost_before = 0.0
        self._failed_defrosts = 0

    def reset(self) -> None:
        """What somebody does who has mended it."""
        self.fault = False
        self._failed_defrosts = 0

    def follow(self, parameters: ControlParameters) -> None:
        """Take these from now on; what its owner has set stays."""
        self._parameters = parameters

    def decide(self, seconds: float, measured: Measured) -> None:
        """Look at the sensors and set `mode`, `frequency`, `pumping` and `backup` for the next step."""
        self.outside_average += (measured.outside - self.outside_average) * seconds / DAMPING_S
        self._since_change_s += seconds
        self.pumping = self._heating_wanted(measured.room)
        self.flow_target = self._curve(measured.room)
        self._count_degree_minutes(seconds, measured.supply)
        self._watch_hot_water(measured.hot_water)
        before, self.mode = self.mode, self._mode(measured)
        if (before == "off") != (self.mode == "off"):
            self._since_change_s = 0.0
        if self.mode != "defrost":
            self._defrosting_s, self._frost_before = 0.0, measured.frost
        else:
            self._defrosting_s += seconds
        self.frequency = self._frequency(measured)
        self._watch_backup(measured.outside)

    def _heating_wanted(self, room: float) -> bool:
        limit = self._parameters.heating_limit
        self._season = self.outside_average < (limit + 0.5 if self._season else limit - 0.5)
        warm_enough = self.settings.temp_room_target + (1.2 if self.pumping else 0.8)
        return self._season and room < warm_enough and self.settings.system_mode not in WITHOUT_HEATING

    def _curve(self, room: float) -> float:
        """Flow temperature for the damped outdoor temperature, corrected for a room that is too warm or too cold."""
        target = self.settings.temp_room_target
        colder = max(0.0, target - self.outside_average)
        curve = target + self.settings.heating_curve * CURVE_FACTOR * math.pow(colder, CURVE_EXPONENT)
        correction = ROOM_INFLUENCE * max(-1.5, min(1.5, target - room))
        return max(20.0, min(HIGHEST_FLOW - 5, curve + correction))

    def _count_degree_minutes(self, seconds: float, supply: float) -> None:
        if not self.pumping:
            self.degree_minutes = 0.0
        elif self.mode != "hot_water":
            self.degree_minutes += (supply - self.flow_target) * seconds / 60
            self.degree_minutes = max(-900.0, min(0.0 if self.mode == "off" else 60.0, self.degree_minutes))

    def _watch_hot_water(self, hot_water: float) -> None:
        target = self.settings.temp_hot_water_target
        if self.settings.system_mode in WITHOUT_HOT_WATER or hot_water >= target:
            self.hot_water_wanted = False
        elif hot_water < target - self._parameters.hot_water_hysteresis_k:
            self.hot_water_wanted = True

    def _mode(self, measured: Measured) -> str:
        running = self.mode != "off"
        if self.mode == "defrost":
            in_vain = self._defrosting_s >= PATIENCE_S and measured.frost > LITTLE * self._frost_before
            if measured.frost > 0.02 and not in_vain:
                return "defrost"
            self._judge_defrost(in_vain)
        if self.fault:
            return "off"
        if running and measured.frost >= 1 and self._since_change_s >= SHORTEST_RUN_BEFORE_DEFROST_S:
            return "defrost"
        if not running and self._since_change_s < self._parameters.shortest_pause_s:
            return "off"
        if self.hot_water_wanted:
            return "hot_water"
        return "heating" if self._heating_goes_on(running, measured) else "off"

    def _judge_defrost(self, in_vain: bool) -> None:
        self._failed_defrosts = self._failed_defrosts + 1 if in_vain else 0
        self.fault = self._failed_defrosts >= MOST_FAILED_DEFROSTS
        if in_vain:
            self._since_change_s = 0.0

    def _heating_goes_on(self, running: bool, measured: Measured) -> bool:
        if not self.pumping or measured.flow > HIGHEST_FLOW:
            return False
        if not running:
            return self.degree_minutes <= self._parameters.start_degree_minutes
        if self.mode == "hot_water":
            return self.degree_minutes <= 0.5 * self._parameters.start_degree_minutes
        satisfied = self.degree_minutes >= 0 or measured.supply > self.flow_target + 6
        return not satisfied or self._since_change_s < self._parameters.shortest_run_s

    def _frequency(self, measured: Measured) -> float:
        machine = self._machine
        if self.mode == "off":
            return 0.0
        if self.mode == "hot_water":
            gently = max(0.5, min(1.0, (HIGHEST_FLOW - measured.flow) / 5))
            return HOT_WATER_SPEED * machine.nominal_hz * gently
        share = 0.05 * (self.flow_target - measured.supply) - self.degree_minutes / 400
        return machine.lowest_hz + max(0.0, min(1.0, share)) * (machine.highest_hz - machine.lowest_hz)

    def _watch_backup(self, outside: float) -> None:
        """The electric heater helps below the bivalence point when the compressor alone falls behind."""
        if self.mode != "heating" or outside > self._parameters.bivalence + (2 if self.backup else 0):
            self.backup = False
        elif self.degree_minutes < -500:
            self.backup = True
        elif self.degree_minutes > -300:
            self.backup = False
