"""Wishes that change how pages look: the appearance, per account; the currency, for the whole house."""

from __future__ import annotations

from app.messages import Invalid
from app.store import preferences
from app.system import System

THEMES = ("auto", "light", "dark")
CURRENCIES = {
    "EUR": "€",
    "CHF": "CHF",
    "GBP": "£",
    "DKK": "DKK",
    "NOK": "NOK",
    "SEK": "SEK",
    "PLN": "PLN",
    "CZK": "CZK",
}
"""Code → how an amount is marked. Prices are what the owner enters; nothing is ever converted."""
USUAL_CURRENCY = "EUR"


def theme(system: System, user_id: int) -> str | None:
    """auto, light or dark; None before this account chose one."""
    found = preferences.of(system.database.connection(), user_id).get("theme")
    return found if found in THEMES else None


def choose_theme(system: System, user_id: int, theme: str) -> None:
    """Raises Invalid."""
    if theme not in THEMES:
        raise _not_one_of("theme", theme, THEMES)
    with system.database.transaction() as db:
        preferences.put(db, user_id, "theme", theme)


def currency(system: System) -> str:
    """The code of the currency that the tariffs are in."""
    found = preferences.of_the_house(system.database.connection()).get("currency", USUAL_CURRENCY)
    return found if found in CURRENCIES else USUAL_CURRENCY


def choose_currency(system: System, code: str) -> None:
    """Raises Invalid."""
    if code not in CURRENCIES:
        raise _not_one_of("currency", code, tuple(CURRENCIES))
    with system.database.transaction() as db:
        preferences.put_for_the_house(db, "currency", code)


def _not_one_of(field: str, value: str, choices: tuple[str, ...]) -> Invalid:
    return Invalid(field, "%(value)s is not one of %(choices)s", value=value[:50], choices=", ".join(choices))
