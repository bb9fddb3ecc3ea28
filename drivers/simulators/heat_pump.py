"""The refrigerant circuit of an air-source heat pump: heat, power, frost and the temperatures inside."""

from __future__ import annotations

import math

from drivers.simulators.parameters import MachineParameters
from drivers.simulators.weather import Air, saturation_hpa

SLOWEST_RAMP_HZ_PER_S = 0.7
WARM_UP_S = 70.0
COOL_DOWN_S = 900.0
DEFROST_HZ = 60.0
DEFROST_HEAT_SHARE = 0.75
"""Heat that a defrost takes out of the water, as a share of the nominal heat."""
MOST_FROST = 2.0
"""Then no more air passes, and nothing is left to freeze."""
DEFROST_S = 270.0
"""A full load of frost melts in about this time."""


class HeatPump:
    """State of the machine itself; the orders come from outside with every step.

    `heat_kw` goes into the water (negative while defrosting), `electric_kw` is compressor and fan. `frost` is 1.0
    when the evaporator is due for a defrost.
    """

    __slots__ = (
        "_carnot_share",
        "_cool_down",
        "_defrost_kw",
        "_frost_rate",
        "_highest_hz",
        "_lowest_hz",
        "_nominal_hz",
        "_nominal_kw",
        "_warm_up",
        "condenser",
        "defrosting",
        "electric_kw",
        "evaporator",
        "frequency",
        "frost",
        "heat_kw",
        "hot_gas",
        "melting",
        "source_out",
        "suction",
    )

    def __init__(self, parameters: MachineParameters, step_s: float, outside: float, room: float) -> None:
        self._nominal_kw = parameters.nominal_kw
        self._nominal_hz = parameters.nominal_hz
        self._lowest_hz = parameters.lowest_hz
        self._highest_hz = parameters.highest_hz
        self._carnot_share = parameters.carnot_share
        self._frost_rate = parameters.frost_per_hpa_h
        self._defrost_kw = DEFROST_HEAT_SHARE * parameters.nominal_kw
        self._warm_up = 1 - math.exp(-step_s / WARM_UP_S)
        self._cool_down = 1 - math.exp(-step_s / COOL_DOWN_S)
        self.frequency = 0.0
        self.heat_kw = 0.0
        self.electric_kw = 0.0
        self.frost = 0.0
        self.defrosting = False
        self.melting = 1.0
        """Share of its heat that a defrost brings to the frost; the rest is lost when its valve does not turn."""
        self.evaporator = self.suction = self.source_out = outside
        self.condenser = self.hot_gas = room

    def run(self, step_s: float, wanted_hz: float, water: float, air: Air) -> None:
        """Heat water that leaves the condenser at about `water` °C."""
        self.defrosting = False
        self._ramp(step_s, max(self._lowest_hz, min(self._highest_hz, wanted_hz)))
        load = self.frequency / self._nominal_hz
        blocked = min(1.2, self.frost)
        evaporator = air.temperature - 3.2 - 3.3 * load - 4.0 * blocked * blocked
        condenser = water + 1.0 + 1.5 * load
        capacity = self._capacity(load, air.temperature, water) * (1 - 0.12 * blocked * blocked)
        self.electric_kw = capacity / self._cop(load, evaporator, condenser) + 0.025 + 0.06 * load**2
        self.heat_kw = max(0.0, self.heat_kw)  # the valve has turned: nothing is taken back after a defrost
        self.heat_kw += (capacity - self.heat_kw) * self._warm_up
        self._freeze(step_s, load, evaporator, air)
        lift = condenser - evaporator
        self._inside(self._warm_up, evaporator, condenser, evaporator + 6.0, condenser + 6.0 + 0.42 * lift)
        self.source_out += (air.temperature - 1.5 - 3.0 * load - self.source_out) * self._warm_up

    def melt(self, step_s: float, air: Air) -> None:
        """Run backwards: take heat out of the water and melt the frost with it."""
        self.defrosting = True
        self._ramp(step_s, DEFROST_HZ)
        self.heat_kw += (-self._defrost_kw - self.heat_kw) * self._warm_up
        self.electric_kw = 0.16 * self._nominal_kw + 0.1
        self.frost = max(
            0.0, self.frost - max(0.0, -self.heat_kw) * self.melting / self._defrost_kw * step_s / DEFROST_S
        )
        self._inside(self._warm_up, 4.0, 14.0, 6.0, 38.0)
        self.source_out += (air.temperature + 2.0 - self.source_out) * self._warm_up

    def rest(self, step_s: float, air: Air, room: float) -> None:
        self.defrosting = False
        self.frequency = self.heat_kw = self.electric_kw = 0.0
        if air.temperature > 0:
            self.frost = max(0.0, self.frost - air.temperature * step_s / 40_000)
        self._inside(self._cool_down, air.temperature, room, air.temperature, (room + air.temperature) / 2)
        self.source_out += (air.temperature - self.source_out) * self._cool_down

    def _ramp(self, step_s: float, wanted_hz: float) -> None:
        furthest = SLOWEST_RAMP_HZ_PER_S * step_s
        change = wanted_hz - self.frequency
        self.frequency = max(self._lowest_hz, self.frequency + max(-furthest, min(furthest, change)))

    def _capacity(self, load: float, source: float, water: float) -> float:
        """Heat in kW: more from warm air, a little less into hot water."""
        return self._nominal_kw * load * (1 + 0.021 * (source - 2)) * (1 - 0.004 * (water - 35))

    def _cop(self, load: float, evaporator: float, condenser: float) -> float:
        """A share of Carnot, best at two thirds of the nominal speed; a small lift cannot be fully used."""
        lift = max(14.0, condenser - evaporator)
        best = 1 - 0.16 * (load - 0.65) ** 2
        return self._carnot_share * best * (condenser + 273.15) / lift

    def _freeze(self, step_s: float, load: float, evaporator: float, air: Air) -> None:
        """Frost grows with the water that the passing air loses to a surface below 0 °C."""
        if evaporator < 0:
            excess = air.humidity * saturation_hpa(air.temperature) - saturation_hpa(evaporator)
            self.frost = min(MOST_FROST, self.frost + max(0.0, excess) * self._frost_rate * load * step_s / 3600)
        else:
            self.frost = max(0.0, self.frost - evaporator * step_s / 7_200)

    def _inside(self, share: float, evaporator: float, condenser: float, suction: float, hot_gas: float) -> None:
        self.evaporator += (evaporator - self.evaporator) * share
        self.condenser += (condenser - self.condenser) * share
        self.suction += (suction - self.suction) * share
        self.hot_gas += (hot_gas - self.hot_gas) * share * 0.4
