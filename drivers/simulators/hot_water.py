"""A hot-water tank of four layers: people draw from the top, cold water enters below, a coil warms the lower half."""

from __future__ import annotations

from drivers.simulators import noise
from drivers.simulators.heating_water import WATER_KWH_PER_L_K
from drivers.simulators.parameters import TankParameters
from drivers.simulators.weather import DAY_S

MIXED = 40.0
COLD = 10.0
LOCAL_TIME_S = 3_600
LAYERS = 4

_HABITS = (  # hours after getting up, spread in hours, share of the day's water, litres a minute
    (0.2, 0.3, 0.26, 9.0),
    (0.7, 0.4, 0.14, 9.0),
    (1.3, 0.6, 0.05, 5.0),
    (6.0, 1.2, 0.09, 5.0),
    (9.5, 2.0, 0.05, 4.0),
    (12.2, 0.9, 0.12, 5.0),
    (13.6, 1.0, 0.22, 9.0),
    (15.0, 0.7, 0.07, 4.0),
)


class DrawOffs:
    """When the people of a house draw warm water; a function of the time, so that a day can be asked for twice."""

    def __init__(self, seed: int, parameters: TankParameters) -> None:
        self._seed = noise.seed_for(seed, "draw-offs")
        self._parameters = parameters
        self._day = -1
        self._draws: list[tuple[float, float, float]] = []

    def litres(self, at: float, seconds: float) -> float:
        """Litres of 40 °C drawn between `at` and `at` + `seconds`."""
        day, second = divmod(at + LOCAL_TIME_S, DAY_S)
        if day != self._day:
            self._day = int(day)
            self._draws = list(self._draws_of(self._day))
        drawn = 0.0
        for begin, end, litres_a_second in self._draws:
            if begin < second + seconds and end > second:
                drawn += (min(end, second + seconds) - max(begin, second)) * litres_a_second
        return drawn

    def _draws_of(self, day: int) -> list[tuple[float, float, float]]:
        weekend = (day + 3) % 7 >= 5  # day 0, 1 January 1970, was a Thursday
        wake = self._parameters.wake_hour + (1.5 if weekend else 0.0)
        litres_today = self._parameters.litres_a_day * noise.between(self._seed, day, 0.7, 1.3)
        draws = []
        for place, (after, spread, share, litres_a_minute) in enumerate(_HABITS):
            dice = day * 64 + place * 2
            if noise.unit(self._seed, dice) < 0.12:
                continue
            begin = (wake + after + spread * noise.jitter(self._seed, dice + 1)) * 3600
            seconds = litres_today * share / litres_a_minute * 60
            draws.append((begin, begin + seconds, litres_a_minute / 60))
        return draws


class Tank:
    """Layers from the top down, in °C."""

    __slots__ = ("_coil_kw_per_k", "_layer_kwh_per_k", "_layer_litres", "_loss", "drawn_kwh", "layers", "waste_kw")

    def __init__(self, parameters: TankParameters, warm: float) -> None:
        self._layer_litres = parameters.litres / LAYERS
        self._layer_kwh_per_k = self._layer_litres * WATER_KWH_PER_L_K
        self._coil_kw_per_k = parameters.coil_kw_per_k
        self._loss = parameters.loss_kw_per_k / LAYERS
        self.layers = [warm, warm, warm - 4, warm - 10]
        self.drawn_kwh = 0.0
        self.waste_kw = 0.0

    @property
    def top(self) -> float:
        """At the upper sensor, a quarter below the lid: what the control looks at."""
        return (self.layers[0] + self.layers[1]) / 2

    @property
    def bottom(self) -> float:
        return self.layers[3]

    def step(self, hours: float, room: float, coil_kw: float, mixed_litres: float) -> None:
        """One step: heat from the coil, standing losses, and warm water drawn (litres mixed to 40 °C)."""
        layers = self.layers
        if mixed_litres:
            self._draw(mixed_litres)
        waste = 0.0
        for place in range(LAYERS):
            loss = self._loss * (layers[place] - room)
            waste += loss
            layers[place] -= loss * hours / self._layer_kwh_per_k
        self.waste_kw = waste
        if coil_kw > 0:
            self._warm(coil_kw * hours / self._layer_kwh_per_k, self.coil_temperature(coil_kw))

    def coil_temperature(self, coil_kw: float) -> float:
        """Mean temperature of the water in the coil while it gives off this heat."""
        return (self.layers[2] + self.layers[3]) / 2 + coil_kw / self._coil_kw_per_k

    def _warm(self, kelvin: float, coil: float) -> None:
        """Share `kelvin` of one layer among the two around the coil, the colder one first; warm water rises."""
        layers = self.layers
        upper, lower = max(0.01, coil - layers[2]), max(0.01, coil - layers[3])
        layers[2] += kelvin * upper / (upper + lower)
        layers[3] += kelvin * lower / (upper + lower)
        for below in range(LAYERS - 1, 0, -1):
            if layers[below] > layers[below - 1]:
                layers[below] = layers[below - 1] = (layers[below] + layers[below - 1]) / 2

    def _draw(self, mixed_litres: float) -> None:
        layers = self.layers
        hot_share = (MIXED - COLD) / (layers[0] - COLD) if layers[0] > MIXED else 1.0
        litres = mixed_litres * hot_share
        moved = litres / self._layer_litres
        self.drawn_kwh += litres * (layers[0] - COLD) * WATER_KWH_PER_L_K
        for place in range(LAYERS - 1):
            layers[place] += moved * (layers[place + 1] - layers[place])
        layers[LAYERS - 1] += moved * (COLD - layers[LAYERS - 1])

    @property
    def stored_kwh(self) -> float:
        """Heat above the cold water."""
        return sum(layer - COLD for layer in self.layers) * self._layer_kwh_per_k
