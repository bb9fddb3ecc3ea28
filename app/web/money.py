"""Amounts of money, marked with the currency that the owner chose."""

from __future__ import annotations

from app.services import preferences
from app.web.formats import number
from app.web.parts import system

NOTHING = "–"


def sign() -> str:
    """€, £, CHF …"""
    return preferences.CURRENCIES[preferences.currency(system())]


def amount(value: float | None) -> str:
    """12.34 €, or a dash."""
    return NOTHING if value is None else f"{number(value, 2)}\u00a0{sign()}"


def per_kwh(value: float) -> str:
    return f"{number(value, 4).rstrip('0').rstrip('.,')}\u00a0{sign()}/kWh"
