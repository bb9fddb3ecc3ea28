"""A central European weather that never was: the same for a seed, at any time one asks for it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from drivers.simulators import noise

KNOT_S = 600
DAY_S = 86_400
YEAR_S = 365.2425 * DAY_S
LATITUDE = math.radians(48.2)
SOLAR_TIME_S = 3_600  # the sun of 15° east runs an hour ahead of UTC
COLDEST_S = 18 * DAY_S  # the middle of January


class Air(NamedTuple):
    """What is outside: temperature in °C, relative humidity 0..1, sun on a south window in kW/m²."""

    temperature: float
    humidity: float
    sun: float


def saturation_hpa(temperature: float) -> float:
    """Water vapour pressure over water (Magnus)."""
    return 6.112 * math.exp(17.62 * temperature / (243.12 + temperature))


class Weather:
    """Season + fronts that last for days + the course of the day, less of it under clouds.

    Temperatures follow central European means (about 0 °C in January, 19 °C in July), with cold spells to −15 °C;
    `cooler_k` below them, such as in the mountains.
    """

    def __init__(self, seed: int, cooler_k: float = 0.0) -> None:
        self._cooler_k = cooler_k
        self._fronts = [(noise.seed_for(seed, f"front {days}"), days * DAY_S) for days in (2.1, 5.3, 13.7)]
        self._cloud_days = noise.seed_for(seed, "clouds, days")
        self._cloud_hours = noise.seed_for(seed, "clouds, hours")
        self._damp = noise.seed_for(seed, "humidity")
        self._knot = lru_cache(maxsize=512)(self._compute)

    def at(self, at: float) -> Air:
        """The air at this time (unix seconds), a straight line between ten-minute knots."""
        place, fraction = divmod(at / KNOT_S, 1.0)
        before, after = self._knot(int(place)), self._knot(int(place) + 1)
        return Air(
            before[0] + (after[0] - before[0]) * fraction,
            before[1] + (after[1] - before[1]) * fraction,
            before[2] + (after[2] - before[2]) * fraction,
        )

    def _compute(self, place: int) -> Air:
        at = place * KNOT_S
        warmth = -math.cos(2 * math.pi * (at - COLDEST_S) / YEAR_S)  # −1 in January, 1 in July
        clouds = self._clouds(at, warmth)
        fronts = sum(noise.drift(seed, at, period) for seed, period in self._fronts)
        day = math.cos(2 * math.pi * ((at + SOLAR_TIME_S) / DAY_S - 15 / 24)) * (4 + 2 * warmth) * (1 - 0.7 * clouds)
        clear_sky = 4 * warmth * (0.55 - clouds)  # clear weather is warmer in summer, colder in winter
        temperature = 9.6 + 9.3 * warmth + (5.6 - 1.4 * warmth) * fronts + clear_sky + day - self._cooler_k
        damp = 0.84 - 0.08 * warmth + 0.22 * (clouds - 0.6) + 0.06 * noise.drift(self._damp, at, 0.4 * DAY_S)
        over_ice = 0.99 + 0.0095 * min(0.0, temperature)  # frosty air holds less than it would over water
        humidity = min(over_ice, max(0.3, damp - 0.028 * day))
        return Air(temperature, humidity, _sun_on_a_south_window(at, clouds))

    def _clouds(self, at: float, warmth: float) -> float:
        """How much of the sky is covered, 0..1; more in winter."""
        days = noise.drift(self._cloud_days, at, 1.7 * DAY_S)
        hours = noise.drift(self._cloud_hours, at, 0.15 * DAY_S)
        return min(1.0, max(0.0, 0.58 - 0.1 * warmth + 0.55 * days + 0.25 * hours))


def _sun_on_a_south_window(at: float, clouds: float) -> float:
    """kW/m² on an upright south pane: the direct beam through the clouds, and half of the bright sky."""
    tilt = -math.radians(23.44) * math.cos(2 * math.pi * (at + 10 * DAY_S) / YEAR_S)
    hour = 2 * math.pi * ((at + SOLAR_TIME_S) / DAY_S - 0.5)
    height = math.sin(LATITUDE) * math.sin(tilt) + math.cos(LATITUDE) * math.cos(tilt) * math.cos(hour)
    if height <= 0:
        return 0.0
    towards_pane = math.sin(LATITUDE) * math.cos(tilt) * math.cos(hour) - math.cos(LATITUDE) * math.sin(tilt)
    beam = 0.95 * height / (height + 0.22) * math.pow(1 - clouds, 1.3)
    sky = (0.12 + 0.25 * clouds * (1 - 0.6 * clouds)) * math.sqrt(height)
    return beam * max(0.0, towards_pane) + 0.5 * sky
