"""The heating water: a buffer of two layers between the heat pump and the floor or radiators."""

from __future__ import annotations

from drivers.simulators.parameters import DESIGN_OUTSIDE, DESIGN_ROOM, EmitterParameters, HouseParameters

WATER_KWH_PER_L_K = 1.163e-3
BUFFER_LOSS_KW_PER_K = 0.0025


class HeatingWater:
    """Top and bottom of the buffer and the emitters, in °C; `emitted_kw` is what reaches the room now."""

    __slots__ = (
        "_circuit_kw_per_k",
        "_effectiveness",
        "_emitter_kw",
        "_emitter_kwh_per_k",
        "_exponent",
        "_layer_kwh_per_k",
        "bottom",
        "circuit_return",
        "emitted_kw",
        "emitter",
        "top",
        "waste_kw",
    )

    def __init__(
        self, emitter: EmitterParameters, house: HouseParameters, buffer_litres: float, room: float, flow: float
    ) -> None:
        load = house.design_load_kw
        self._circuit_kw_per_k = load / emitter.design_spread_k
        self._effectiveness = emitter.effectiveness
        self._exponent = emitter.exponent
        design_emitter = emitter.design_flow - emitter.design_spread_k / emitter.effectiveness
        if design_emitter <= DESIGN_ROOM:
            raise ValueError(f"{emitter} cannot heat a room of {DESIGN_ROOM} °C at {DESIGN_OUTSIDE} °C")
        self._emitter_kw = load / (design_emitter - DESIGN_ROOM) ** emitter.exponent
        self._emitter_kwh_per_k = emitter.kwh_per_k
        self._layer_kwh_per_k = buffer_litres / 2 * WATER_KWH_PER_L_K
        self.top = self.bottom = flow
        self.circuit_return = flow - 1
        self.emitter = max(room, room + (flow - room) * 0.5)
        self.emitted_kw = 0.0
        self.waste_kw = 0.0

    def step(self, hours: float, room: float, pumped: bool, charged: float, charged_kw_per_k: float) -> None:
        """One step: the circuit pump runs or not; the heat pump pushes water of `charged` °C into the top.

        `charged_kw_per_k` is the heat pump's flow rate as a heat capacity flow, 0 while its pump stands.
        """
        drawn = self._circuit_kw_per_k if pumped else 0.0
        into_emitter = drawn * self._effectiveness * (self.top - self.emitter)
        warmer = self.emitter - room
        self.emitted_kw = self._emitter_kw * warmer**self._exponent if warmer > 0 else self._emitter_kw * warmer
        self.circuit_return = self.top - self._effectiveness * (self.top - self.emitter) if pumped else self.emitter
        self.waste_kw = BUFFER_LOSS_KW_PER_K * ((self.top + self.bottom) / 2 - room)

        upward = max(0.0, drawn - charged_kw_per_k) * (self.bottom - self.top)
        downward = max(0.0, charged_kw_per_k - drawn) * (self.top - self.bottom)
        top = charged_kw_per_k * (charged - self.top) + upward - self.waste_kw / 2
        bottom = drawn * (self.circuit_return - self.bottom) + downward - self.waste_kw / 2
        self.top += top * hours / self._layer_kwh_per_k
        self.bottom += bottom * hours / self._layer_kwh_per_k
        if self.bottom > self.top:  # warm water rises
            self.top = self.bottom = (self.top + self.bottom) / 2
        self.emitter += (into_emitter - self.emitted_kw) * hours / self._emitter_kwh_per_k

    @property
    def stored_kwh(self) -> float:
        """Heat above 0 °C."""
        return (self.top + self.bottom) * self._layer_kwh_per_k + self.emitter * self._emitter_kwh_per_k
