"""What the address of the overview asks for: which heat pumps, in which order, as cards or as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from app import name_order
from app.reading import Value
from app.services import values
from app.services.overview import Card
from app.web import performance

VIEWS = ("cards", "table")
MOST_CARDS = 9
"""More heat pumps than these are a table unless somebody wishes otherwise."""
LONGEST_NAME = 80


def _model(card: Card) -> str:
    return (card.model.title if card.model is not None else card.pump.manufacturer).casefold()


def _number(card: Card, place: str) -> Value:
    current = values.first(card.places.get(place, ()))
    value = None if current is None else current.value
    return value if isinstance(value, int | float) else None


def _today(card: Card) -> Value:
    """What the page shows: nothing where too little of today is known."""
    glimpse = card.performance.glimpse
    return None if glimpse is None else performance.known(glimpse.electric)


SHOWS: Mapping[str, tuple[Callable[[], str], Callable[[Card], bool]]] = {
    "attention": (lambda: gettext("Needs attention"), lambda card: card.needs_attention),
    "alerts": (lambda: gettext("With open alerts"), lambda card: bool(card.events)),
    "online": (lambda: gettext("Online"), lambda card: card.status.state == "online"),
    "offline": (lambda: gettext("Offline"), lambda card: card.status.state in ("offline", "unreadable")),
    "disabled": (lambda: gettext("Disabled"), lambda card: card.status.state == "disabled"),
}

ORDERS: Mapping[str, tuple[Callable[[], str], Callable[[Card], Value], bool]] = {
    "urgency": (lambda: gettext("Most urgent first"), lambda card: card.urgency, False),
    "name": (lambda: gettext("Name"), lambda card: name_order.order(card.pump.name), False),
    "maker": (lambda: gettext("Manufacturer"), _model, False),
    "outdoor": (lambda: gettext("Outdoor"), lambda card: _number(card, "outdoor"), False),
    "flow": (lambda: gettext("Flow"), lambda card: _number(card, "flow"), True),
    "return": (lambda: gettext("Return"), lambda card: _number(card, "return"), True),
    "hot_water": (lambda: gettext("Hot water"), lambda card: _number(card, "hot_water"), False),
    "heat": (lambda: gettext("Thermal power"), lambda card: _number(card, "heat"), True),
    "electric": (lambda: gettext("Electrical power"), lambda card: _number(card, "electric"), True),
    "cop": (lambda: gettext("COP now"), lambda card: card.performance.now.value, False),
    "today": (lambda: gettext("Electricity today"), _today, True),
}
"""Title, what is compared, and whether the largest comes first; what has no value comes last either way."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Empty texts: everything. `turned`: the other way round than the order usually has it."""

    view: str
    show: str = ""
    maker: str = ""
    name: str = ""
    order: str = "urgency"
    turned: bool = False

    @property
    def filtered(self) -> bool:
        return bool(self.show or self.maker or self.name)

    def shown(self, cards: Sequence[Card]) -> list[Card]:
        """Those that are asked for, in the order that is asked for."""
        wanted = SHOWS[self.show][1] if self.show else lambda card: True
        found = [
            card
            for card in cards
            if wanted(card)
            and (not self.maker or card.pump.manufacturer == self.maker)
            and self.name.casefold() in card.pump.name.casefold()
        ]
        _, key, largest_first = ORDERS[self.order]
        keyed = [(key(card), card) for card in found]
        known = [each for each in keyed if each[0] is not None]
        known.sort(key=lambda each: _comparable(each[0]), reverse=largest_first is not self.turned)
        return [card for _, card in known] + [card for value, card in keyed if value is None]

    def address(self, **changes: Any) -> str:
        """The overview with these changes to what is asked for."""
        wished = replace(self, **changes)
        given = {"show": wished.show, "maker": wished.maker, "q": wished.name}
        given["sort"] = wished.order if wished.order != "urgency" or wished.turned else ""
        given["turned"] = "1" if wished.turned else ""
        asked: dict[str, Any] = {name: text for name, text in given.items() if text}
        return url_for("overview.index", view=wished.view, **asked)

    def by(self, order: str) -> str:
        """The address that orders by this, or turns the order round when it is so already."""
        return self.address(order=order, turned=order == self.order and not self.turned)

    def direction(self, order: str) -> str | None:
        """What aria-sort says of a column."""
        if order != self.order:
            return None
        return "descending" if ORDERS[order][2] is not self.turned else "ascending"


def asked(query: Mapping[str, str], remembered: str | None, number: int) -> Choice:
    """What is unknown in the address counts as not asked for; `remembered` is the view of the last time."""
    usual = remembered if remembered in VIEWS else "cards" if number <= MOST_CARDS else "table"
    view, show, order = query.get("view", ""), query.get("show", ""), query.get("sort", "")
    return Choice(
        view if view in VIEWS else usual,
        show if show in SHOWS else "",
        query.get("maker", "")[:LONGEST_NAME],
        query.get("q", "").strip()[:LONGEST_NAME],
        order if order in ORDERS else "urgency",
        query.get("turned") == "1",
    )


def count(show: str, cards: Sequence[Card]) -> int:
    """How many of these heat pumps are of this kind."""
    return sum(SHOWS[show][1](card) for card in cards)


def _comparable(value: Value) -> Any:
    return value
