"""What electricity costs and emits, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HOURS = 24


@dataclass(frozen=True, slots=True)
class Price:
    """Per kWh in the hours from `begin` to before `end` of these weekdays (0 = Monday); it may span midnight.

    `co2` is g/kWh, None when the owner does not know it.
    """

    per_kwh: float
    co2: float | None = None
    begin: int = 0
    end: int = HOURS
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

    def holds(self, weekday: int, hour: int) -> bool:
        """Whether this price holds; an hour after midnight belongs to the weekday on which its span began."""
        if self.begin < self.end:
            return weekday in self.weekdays and self.begin <= hour < self.end
        began = weekday if hour >= self.begin else (weekday - 1) % 7
        return began in self.weekdays and (hour >= self.begin or hour < self.end)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices from a day on; the first that holds counts, so that a night rate stands before the usual one."""

    since: date
    prices: tuple[Price, ...]
    per_year: float = 0.0

    def price(self, weekday: int, hour: int) -> Price | None:
        return next((price for price in self.prices if price.holds(weekday, hour)), None)


@dataclass(frozen=True, slots=True)
class Cost:
    """Money in the tariff's currency, CO₂ in kg; None when some of it has no price or no emission factor."""

    money: float | None
    co2_kg: float | None


def in_force(tariffs: Sequence[Tariff], day: date) -> Tariff | None:
    """The latest tariff that began by then."""
    begun = [tariff for tariff in tariffs if tariff.since <= day]
    return max(begun, key=lambda tariff: tariff.since, default=None)


def cost(tariffs: Sequence[Tariff], day: date, hourly_kwh: Sequence[float]) -> Cost:
    """What a day's electricity costs, given per hour of the owner's clock, with the day's share of the yearly fee."""
    tariff = in_force(tariffs, day)
    if tariff is None:
        return Cost(None, None)
    money: float | None = tariff.per_year / (366 if _leap(day.year) else 365)
    co2: float | None = 0.0
    for hour, kwh in enumerate(hourly_kwh):
        if kwh == 0:
            continue
        price = tariff.price(day.weekday(), hour)
        money = None if money is None or price is None else money + kwh * price.per_kwh
        co2 = None if co2 is None or price is None or price.co2 is None else co2 + kwh * price.co2 / 1000
    return Cost(money, co2)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
