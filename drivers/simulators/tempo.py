"""How fast a simulated machine lives, seen from outside."""

from __future__ import annotations

from collections.abc import Callable

from drivers.simulators.plant import Plant


class Tempo:
    """`plant` lives `speed` seconds for each of `clock`'s, counted from its own time when this is made."""

    def __init__(self, plant: Plant, speed: float, clock: Callable[[], float]) -> None:
        self._plant = plant
        self._speed = speed
        self._clock = clock
        self._begun = clock()
        self._plant_begun = float(plant.at)

    def keep_up(self) -> None:
        """Let the plant live until now."""
        self._plant.advance(self._plant_begun + (self._clock() - self._begun) * self._speed)
