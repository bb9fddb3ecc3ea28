"""What electricity costs: tariffs by their first day, with rates by hour and weekday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import msgspec

from app.analysis.tariff import HOURS, Price, Tariff
from app.messages import Invalid, NotFound
from app.store import metering
from app.system import System

MOST_RATES = 20
HIGHEST_PRICE, HIGHEST_CO2, HIGHEST_FEE = 10.0, 2000.0, 10_000.0


def all_of_them(system: System) -> list[Tariff]:
    """Oldest first."""
    return [msgspec.json.decode(prices, type=Tariff) for _, prices in metering.tariffs(system.database.connection())]


def keep(system: System, sent: Mapping[str, Any]) -> Tariff:
    """Keep a tariff in the place of the one from the same day. Raises Invalid.

    `sent`: since (2026-01-01), per_year, prices: [{per_kwh, co2, begin, end, weekdays}], the first that holds counts.
    """
    _only(sent, {"since", "per_year", "prices"}, "")
    given = Tariff(
        _day(sent.get("since")), _rates(sent.get("prices")), _number(sent, "per_year", HIGHEST_FEE, usual=0.0)
    )
    with system.database.transaction() as db:
        metering.put_tariff(db, given.since.isoformat(), msgspec.json.encode(asdict(given)).decode())
    return given


def remove(system: System, since: str) -> None:
    """Raises NotFound."""
    with system.database.transaction() as db:
        if not metering.remove_tariff(db, since):
            raise NotFound("there is no tariff from %(day)s on", day=since)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("since", "%(value)s is not a date such as 2026-01-31", value=value) from None


def _rates(sent: Any) -> tuple[Price, ...]:
    if not isinstance(sent, list) or not 1 <= len(sent) <= MOST_RATES:
        raise Invalid("prices", "give 1 to %(most)d rates", most=MOST_RATES)
    return tuple(_rate(each) for each in sent)


def _rate(sent: Any) -> Price:
    if not isinstance(sent, Mapping):
        raise Invalid("prices", "must be an object with named values")
    _only(sent, {"per_kwh", "co2", "begin", "end", "weekdays"}, "prices.")
    weekdays = sent.get("weekdays", list(range(7)))
    if not isinstance(weekdays, list) or not weekdays or any(day not in range(7) for day in weekdays):
        raise Invalid("prices.weekdays", "must be a list of days from 0 (Monday) to 6")
    co2 = sent.get("co2")
    return Price(
        per_kwh=_number(sent, "per_kwh", HIGHEST_PRICE),
        co2=None if co2 is None else _number(sent, "co2", HIGHEST_CO2),
        begin=_hour(sent, "begin", 0),
        end=_hour(sent, "end", HOURS),
        weekdays=tuple(sorted(set(weekdays))),
    )


def _number(sent: Mapping[str, Any], field: str, most: float, usual: float | None = None) -> float:
    value = sent.get(field, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Invalid(field, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=0, most=most)
    return float(value)


def _hour(sent: Mapping[str, Any], field: str, usual: int) -> int:
    value = sent.get(field, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HOURS:
        raise Invalid(field, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=0, most=HOURS)
    return value


def _only(sent: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in sent:
        if key not in known:
            raise Invalid(
                f"{prefix}{key}", "there is no such field; known are %(known)s", known=", ".join(sorted(known))
            )
