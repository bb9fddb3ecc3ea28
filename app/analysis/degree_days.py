"""How cold it was: degree days, and consumption freed from the weather."""

from __future__ import annotations

from collections.abc import Iterable

HEATING_LIMIT_C = 15.0
"""Days whose mean is below this are heating days (VDI 2067: 15 °C; Austria and Switzerland: 12 °C)."""
ROOM_C = 20.0


def heating_degree_days(daily_means: Iterable[float], limit: float = HEATING_LIMIT_C) -> float:
    """HDD: how far each day's mean outdoor temperature (°C) lies below the limit, K·d."""
    return sum(max(0.0, limit - mean) for mean in daily_means)


def room_degree_days(daily_means: Iterable[float], room: float = ROOM_C, limit: float = HEATING_LIMIT_C) -> float:
    """GTZ: how far the mean of each heating day lies below the room temperature, K·d."""
    return sum(room - mean for mean in daily_means if mean < limit)


def normalised(space_kwh: float, hot_water_kwh: float, degree_days: float, reference: float) -> float | None:
    """Consumption as it would be in reference weather: space heating scaled by degree days, hot water as it is."""
    if degree_days <= 0:
        return None
    return space_kwh * reference / degree_days + hot_water_kwh
