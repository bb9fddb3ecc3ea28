"""How a simulated controller decides: degree minutes or hysteresis, inverter or fixed speed, with its clocks."""

from __future__ import annotations

import math

from bench.detection.builds import CURVE_EXPONENT, Build
from bench.detection.conditions import Condition
from drivers.simulators.weather import DAY_S

LOCAL_TIME_S = 3_600
HIGHEST_PRESSURE_AT = 66.0
TRIP_S = 900.0
LONGEST_DEFROST_S = 600.0


class Controller:
    """`mode` is one of off, heating, hot_water, defrost. It believes its sensors, right or wrong."""

    def __init__(self, build: Build, outside: float) -> None:
        self.build = build
        self.mode = "off"
        self.load = 0.0
        self.backup = False
        self.pumping = False
        self.flow_target = build.room_target
        self.outside_average = outside
        self._since_change_s = 3600.0
        self._degree_minutes = 0.0
        self._integral = 0.0
        self._season = outside < build.heating_limit
        self._hot_water = False
        self._disinfecting = False
        self._tripped_s = 0.0
        self._ran_s = 0.0
        self._defrosted_s = 0.0

    def decide(
        self,
        at: float,
        step_s: float,
        felt: dict[str, float],
        supply: float,
        room: float,
        frost: float,
        wear: Condition,
    ) -> None:
        """Choose mode, compressor load (share of nominal) and heaters for the next step."""
        build = self.build
        hour = (at + LOCAL_TIME_S) % DAY_S / 3600
        self.outside_average += (felt["temp_outside"] - self.outside_average) * min(1, step_s / build.damping_s)
        self._since_change_s += step_s
        self._season = self.outside_average < build.heating_limit + (0.7 if self._season else -0.7)
        self.pumping = self._season and room < build.room_target + 1.5
        self._aim(hour, room, wear)
        if self.pumping and self.mode != "hot_water":
            self._degree_minutes += (supply - self.flow_target) * step_s / 60
            self._degree_minutes = max(-600.0, min(40.0, self._degree_minutes))
        self._watch_tank(at, hour, felt, wear)
        before = self.mode
        self.mode = self._next(step_s, felt, supply, frost, wear)
        if (before == "off") != (self.mode == "off"):
            self._since_change_s = 0.0
        self._ran_s = 0.0 if self.mode == "defrost" else self._ran_s + step_s * (self.mode != "off")
        self._defrosted_s = self._defrosted_s + step_s if self.mode == "defrost" else 0.0
        self._regulate(step_s, felt, supply)
        lagging = supply < self.flow_target - 4 and self.mode == "heating"
        cold = felt["temp_outside"] < build.bivalence
        self.backup = (lagging and cold and (self.backup or supply < self.flow_target - 6)) or (
            self._disinfecting and self.mode == "hot_water" and felt["temp_hot_water"] > build.hot_water_target
        )

    def _aim(self, hour: float, room: float, wear: Condition) -> None:
        build = self.build
        target = build.room_target - (3.0 if wear.away else 0.0)
        colder = max(0.0, target - self.outside_average)
        night = build.setback_k if hour >= 22 or hour < 5 else 0.0
        curve = target + build.curve_slope * math.pow(colder, CURVE_EXPONENT) - night
        self.flow_target = max(20.0, min(58.0, curve + max(-2.0, min(2.0, 1.5 * (target - room)))))

    def _watch_tank(self, at: float, hour: float, felt: dict[str, float], wear: Condition) -> None:
        build, tank = self.build, felt["temp_hot_water"]
        if build.legionella and int((at + LOCAL_TIME_S) // DAY_S) % 7 == 2 and 2 <= hour < 2.2:
            self._disinfecting = True
        goal = 60.0 if self._disinfecting else build.hot_water_target - (6.0 if wear.away else 0.0)
        allowed = any(begin <= hour < end for begin, end in build.hot_water_hours) or self._disinfecting
        if tank >= goal:
            self._hot_water = self._disinfecting = False
        elif (tank < goal - build.hot_water_hysteresis_k and allowed) or tank < goal - 15 or self._disinfecting:
            self._hot_water = True

    def _next(self, step_s: float, felt: dict[str, float], supply: float, frost: float, wear: Condition) -> str:
        build = self.build
        if wear.cut:
            return "off"
        if felt["temp_flow"] > HIGHEST_PRESSURE_AT:
            self._tripped_s = TRIP_S
        if self._tripped_s > 0:
            self._tripped_s -= step_s
            return "off"
        if self.mode == "defrost" and frost > 0.02 and self._defrosted_s < LONGEST_DEFROST_S:
            return "defrost"
        if self.mode != "off" and self._defrost_due(felt, frost):
            return "defrost"
        if wear.short_runs_s and self.mode == "heating" and self._since_change_s >= wear.short_runs_s:
            return "off"
        pause = min(build.shortest_pause_s, wear.short_runs_s or math.inf)
        if self.mode == "off" and self._since_change_s < pause:
            return "off"
        if self._hot_water:
            return "hot_water"
        return "heating" if self._heating(felt, supply) else "off"

    def _defrost_due(self, felt: dict[str, float], frost: float) -> bool:
        timed = self.build.timed_defrost_s
        if timed is not None:
            return self._ran_s >= timed and felt["temp_outside"] < 5 and frost > 0.1
        return frost >= 1 and self._ran_s >= 1500

    def _heating(self, felt: dict[str, float], supply: float) -> bool:
        build = self.build
        if not self.pumping or felt["temp_flow"] > 62:
            return False
        running = self.mode != "off"
        at_least = running and self._since_change_s < build.shortest_run_s
        if build.control == "degree_minutes":
            wanted = self._degree_minutes < (0 if running else -80) and supply < self.flow_target + 7
        else:
            wanted = supply < self.flow_target + build.hysteresis_k * (1 if running else -1)
        return wanted or at_least

    def _regulate(self, step_s: float, felt: dict[str, float], supply: float) -> None:
        build = self.build
        if self.mode == "off":
            self.load = self._integral = 0.0
        elif self.mode == "defrost" or not build.inverter:
            self.load = 1.0
        elif self.mode == "hot_water":
            self.load = max(0.5, min(1.0, (build.hot_water_flow_target + 2 - felt["temp_flow"]) / 5))
        else:
            error = self.flow_target + 0.5 - supply
            self._integral = max(-0.2, min(1.0, self._integral + error * step_s / 12_000))
            load = build.lowest_share + max(0.0, min(1.0, 0.09 * error + self._integral)) * (1.25 - build.lowest_share)
            self.load += max(-0.15, min(0.15, load - self.load)) if self.load else load - self.load
