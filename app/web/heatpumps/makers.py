"""The makers of the catalogue as somebody meets them who adds a heat pump: their models, and what those cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from app.services import models
from app.web.languages import current
from app.web.parts import system
from drivers.model import Model

CAPABILITIES: Mapping[str, Callable[[], str]] = {
    "heating": lambda: gettext("Heating"),
    "hot_water": lambda: gettext("Hot water"),
    "cooling": lambda: gettext("Cooling"),
    "solar_integration": lambda: gettext("Solar heat"),
    "smart_grid": lambda: gettext("Smart grid"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A model: what it covers in words, how it is reached, and everything that a search may find it by."""

    model: Model
    covers: tuple[str, ...]
    reached: str
    words: str


@dataclass(frozen=True, slots=True)
class Maker:
    id: str
    title: str
    offers: tuple[Offer, ...]


def all_of_them(wanted: str = "") -> list[Maker]:
    """In the order of their titles; of a search only those in which every word is found."""
    words = wanted.casefold().split()
    made = [
        Maker(maker.id, maker.title, tuple(offer for offer in map(_offer, maker.models) if _fits(offer, words)))
        for maker in models.manufacturers(system())
    ]
    return [maker for maker in made if maker.offers]


def _fits(offer: Offer, words: Sequence[str]) -> bool:
    return all(word in offer.words for word in words)


def _offer(model: Model) -> Offer:
    parts = [part for option in model.options.values() for part in option.choices if len(part) > 2]
    words = " ".join([model.manufacturer_title, model.title, model.name, model.setup[current()], *parts])
    return Offer(model, tuple(_covers(model)), _reached(model), words.casefold())


def _covers(model: Model) -> list[str]:
    sensors = model.every_sensor.values()
    values, settings = sum(each.readable for each in sensors), sum(each.write is not None for each in sensors)
    return [
        *(title() for name, title in CAPABILITIES.items() if model.capabilities.get(name)),
        ngettext("%(num)d value", "%(num)d values", values),
        *([ngettext("%(num)d setting", "%(num)d settings", settings)] if settings else []),
    ]


def _reached(model: Model) -> str:
    usual = model.connection
    if usual.is_cloud:
        return str(gettext("through its maker's cloud"))
    if usual.circuit is not None:
        return str(gettext("in your network, through ebusd"))
    if usual.unit_id is not None:
        return str(gettext("in your network, Modbus"))
    return str(gettext("in your network"))
