"""One varied house with its heat pump and its fault, as time goes by; house and tank are those of the simulators."""

from __future__ import annotations

import math
from collections.abc import Callable

from bench.detection.builds import Build
from bench.detection.conditions import Condition
from bench.detection.control import Controller
from drivers.simulators import noise
from drivers.simulators.heating_water import WATER_KWH_PER_L_K, HeatingWater
from drivers.simulators.hot_water import DrawOffs, Tank
from drivers.simulators.house import House
from drivers.simulators.weather import DAY_S, Weather, saturation_hpa

STEP_S = 30.0
HOURS = STEP_S / 3600
MODES = {"off": 0, "heating": 1, "hot_water": 2, "defrost": 3}
MELT_S = 260.0

Row = tuple[float, ...]
Life = Callable[[float], Condition]
"""Time (unix seconds) → what is wrong then."""


class Yard:
    """The truth and what its sensors say. Advances in steps of 30 s; one row a minute (`COLUMNS` of `recording`)."""

    def __init__(self, build: Build, start: float) -> None:
        self.build = build
        self.at = start
        self.weather = Weather(build.seed)
        self.air = self.weather.at(start)
        outside = self.air.temperature + build.climate_k
        room = build.room_target if outside < build.heating_limit else max(build.room_target, min(25, outside + 3))
        flow = max(room, room + 0.35 * (room - outside))
        self.house = House(build.house, room, outside)
        self.water = HeatingWater(build.emitter, build.house, build.buffer_litres, room, flow)
        self.tank = Tank(build.tank, build.hot_water_target - 1)
        self.draws = DrawOffs(build.seed, build.tank)
        self.control = Controller(build, outside)
        self.frost = self.refrigerant = self.heat = self.electric = self.carried = 0.0
        self.flow = self.back = room
        self.felt = {"temp_outside": outside, "temp_flow": room, "temp_return": room, "temp_hot_water": self.tank.top}

    def minute(self, life: Life) -> Row | None:
        """Live for 60 s and tell what was seen; None while the power is cut."""
        wear = life(self.at)
        for _ in range(2):
            self._step(wear)
            self.at += STEP_S
        if wear.cut:
            return None
        felt, control = self.felt, self.control
        return (
            self.at,
            MODES[control.mode],
            felt["temp_outside"],
            felt["temp_flow"],
            felt["temp_return"],
            felt["temp_hot_water"],
            self.electric,
            self.heat,
            control.load * self.build.nominal_hz,
            control.flow_target,
            self.carried,
        )

    def _step(self, wear: Condition) -> None:
        build, control = self.build, self.control
        self.air = self.weather.at(self.at)
        self.air = self.air._replace(temperature=self.air.temperature + build.climate_k)
        control.decide(self.at, STEP_S, self.felt, self.water.top, self.house.room, self.frost, wear)
        mode = control.mode
        pump = build.pump_kw if control.pumping else 0.0
        self.carried = 0.0
        if mode == "off":
            self._rest(wear)
        else:
            self._run(mode, wear)
        litres = 0.0 if wear.away else self.draws.litres(self.at, STEP_S) * wear.litres
        room = self.house.room
        into_tank = self._into_tank(mode, wear)
        if mode == "off":
            self.water.step(HOURS, room, control.pumping and not wear.cut, 0.0, 0.0)
        elif mode == "hot_water":
            leaked = wear.three_way * self.carried
            charged = self.water.bottom + max(0.0, self.heat) / self.carried
            self.water.step(HOURS, room, control.pumping, charged, leaked)
        lost = wear.tank_loss_kw_per_k * max(0.0, self.tank.top - room)
        self.tank.step(HOURS, room, max(0.0, into_tank), litres)
        self._take(lost + max(0.0, -into_tank))
        self.house.step(
            HOURS, self.air, self.water.emitted_kw, self.water.waste_kw + self.tank.waste_kw + lost + wear.stove_kw
        )
        standby = 0.0 if wear.cut else build.standby_kw + pump
        self.electric = (self.electric if mode != "off" else 0.0) + standby + wear.heater_kw
        self._feel(wear)

    def _take(self, kw: float) -> None:
        """Heat that leaves all layers of the tank alike."""
        if kw > 0:
            per_layer = kw * HOURS / (self.build.tank.litres * WATER_KWH_PER_L_K)
            self.tank.layers = [max(15.0, layer - per_layer) for layer in self.tank.layers]

    def _into_tank(self, mode: str, wear: Condition) -> float:
        """kW into the tank: all of it when charging, and what a leaking three-way valve lets through."""
        if mode == "hot_water":
            return max(0.0, self.heat) * (1 - wear.three_way)
        if mode == "heating" and wear.three_way:
            passing = wear.three_way * self.carried
            return 0.8 * passing * (self.flow - (self.tank.layers[2] + self.tank.layers[3]) / 2)
        return 0.0

    def _rest(self, wear: Condition) -> None:
        room = self.house.room
        if self.air.temperature > 0:
            self.frost = max(0.0, self.frost - self.air.temperature * STEP_S / 40_000)
        self.refrigerant, self.heat = 0.0, wear.heater_kw
        circuit = self.water.circuit_return if self.control.pumping else room
        share = STEP_S / (900.0 if self.control.pumping else 3600.0)
        self.flow += (circuit + 0.2 - self.flow) * share
        self.back += (circuit - self.back) * share

    def _run(self, mode: str, wear: Condition) -> None:
        build, load = self.build, self.control.load
        self.carried = self._pumped(load) * wear.water
        coil = self.tank.coil_temperature(max(0.5, self.heat) * (1 - wear.three_way))
        back = self.water.bottom
        condenser = coil + 2.0 if mode == "hot_water" else back
        condenser += max(0.3, self.heat) / self.carried * (0.5 if mode == "hot_water" else 1.0)
        heat, electric = self._circuit(load, min(75.0, condenser), wear)
        if mode == "defrost":
            heat, electric = -0.7 * build.nominal_kw, 0.18 * build.nominal_kw
            self.frost = max(0.0, self.frost - wear.melting * STEP_S / MELT_S)
        self.refrigerant += (heat - self.refrigerant) * (0.35 if mode != "defrost" and self.refrigerant >= 0 else 0.6)
        backup = build.backup_kw if self.control.backup else 0.0
        self.heat = self.refrigerant + backup + wear.heater_kw
        self.electric = electric + backup
        if mode == "hot_water":
            spread = self.heat / self.carried
            self._reach(coil + spread / 2, coil - spread / 2)
            return
        self._reach(back + self.heat / self.carried, back)
        given = self.heat - self._into_tank(mode, wear)
        self.water.step(HOURS, self.house.room, self.control.pumping, back + given / self.carried, self.carried)

    def _reach(self, leaving: float, back: float) -> None:
        share = 1 - math.exp(-STEP_S / 50.0)
        self.flow += (min(90.0, leaving) - self.flow) * share
        self.back += (back - self.back) * share

    def _pumped(self, load: float) -> float:
        """What the water carries, kW per K."""
        build = self.build
        most = build.flow_lh * WATER_KWH_PER_L_K
        if build.wanted_spread_k is None:
            return most
        return max(0.45 * most, min(most, build.nominal_kw * load / build.wanted_spread_k))

    def _circuit(self, load: float, water: float, wear: Condition) -> tuple[float, float]:
        """Heat and electrical power (kW) of the refrigerant circuit at this load and leaving water."""
        build, air = self.build, self.air
        blocked = min(1.5, self.frost)
        evaporator = air.temperature - 3.5 - 3.5 * load + wear.evaporator_k * (0.5 + 0.5 * load) - 4 * blocked**2
        condenser = water + 1.2 + 1.8 * load + wear.condenser_k * (0.4 + 0.6 * load)
        at_design = air.temperature - 3.5 - 3.5 * load
        source = 1 + build.capacity_per_k * (air.temperature - 2) + 0.028 * (evaporator - at_design)
        stuck = (
            wear.valve_stuck * abs(load - 0.85) if build.inverter else wear.valve_stuck * abs(air.temperature - 7) / 30
        )
        capacity = build.nominal_kw * load * max(0.2, source) * (1 - 0.004 * (condenser - 38)) * wear.capacity
        capacity *= (1 - wear.leak) * (1 - 0.5 * min(0.8, stuck))
        lift = max(15.0, condenser - evaporator)
        best = 1 - 0.18 * (load - 0.6) ** 2
        cop = build.carnot_share * best * (condenser + 273.15) / lift * wear.cop * (1 - min(0.6, stuck))
        without = capacity / (1 - wear.leak) if wear.leak else capacity
        electric = (
            max(0.08, without / max(1.0, cop) * (1 - 0.4 * wear.leak)) + 0.02 + 0.008 * build.nominal_kw * load**2
        )
        if evaporator < 0:
            excess = air.humidity * saturation_hpa(air.temperature) - saturation_hpa(evaporator)
            self.frost += max(0.0, excess) * build.frost_per_hpa_h * load * HOURS
        else:
            self.frost = max(0.0, self.frost - evaporator * STEP_S / 7_200)
        return capacity, electric + build.pump_kw

    def _feel(self, wear: Condition) -> None:
        truth = {
            "temp_outside": self.air.temperature + self.build.sensing.outside_sun_k * self.air.sun,
            "temp_flow": self.flow,
            "temp_return": self.back,
            "temp_hot_water": self.tank.top,
        }
        for name, value in truth.items():
            if name not in wear.frozen:
                self.felt[name] = value + wear.offset_k.get(name, 0.0)


def healthy(build: Build, start: float, weeks: int, oddities: bool) -> Life:
    """What people and weather do: guests, a holiday, a wood stove, a power cut; all of it healthy."""
    dice = noise.seed_for(build.seed, "oddities")
    stove_house = noise.unit(dice, 1) < 0.5
    days = weeks * 7

    def span(place: int, low: float, high: float, chance: float) -> tuple[float, float]:
        if not oddities or noise.unit(dice, place) > chance:
            return (-1.0, -1.0)
        begin = noise.between(dice, place + 1, 2, days - 2)
        return begin, begin + noise.between(dice, place + 2, low, high)

    guests = [span(10 + 3 * each, 2, 6, 0.7) for each in range(weeks // 4 or 1)]
    holidays = [span(100 + 3 * each, 4, 10, 0.5) for each in range(weeks // 6 or 1)]
    cuts = [span(200 + 3 * each, 0.05, 0.4, 0.8) for each in range(weeks // 6 or 1)]

    def life(at: float) -> Condition:
        wear = Condition()
        if not oddities:
            return wear
        day = (at - start) / DAY_S
        wear.litres = 2.0 if any(begin <= day < end for begin, end in guests) else 1.0
        wear.away = any(begin <= day < end for begin, end in holidays)
        wear.cut = any(begin <= day < end for begin, end in cuts)
        evening = 17 <= day % 1 * 24 < 22
        if stove_house and evening and not wear.away and noise.unit(dice, 1000 + int(day)) < 0.35:
            wear.stove_kw = 4.0
        return wear

    return life
