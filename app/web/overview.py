"""The overview: all heat pumps at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.services import alert_events, behaviour, overview, values
from app.services.overview import Card
from app.web import alert_words, attention, overview_choice, spark, visible, wording
from app.web.access import signed_in
from app.web.parts import system
from app.web.shown import label

MOST_EVENTS = 3
"""Further open alerts stand on their own page."""

VIEW_COOKIE = "overview_view"
"""Cards or table: remembered by the browser, for a phone wants the one and a desk the other."""
A_YEAR_S = 31_536_000

pages = Blueprint("overview", __name__)


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """?view=cards|table, ?show=, ?maker=, ?q= (part of a name), ?sort= with ?turned=1."""
    parts, pumps = system(), visible.heat_pumps()
    events = alert_events.open_ones(parts, among=visible.among())
    unusual = _unusual()
    cards = overview.cards(parts, pumps, events, unusual)
    choice = overview_choice.asked(request.args, request.cookies.get(VIEW_COOKIE), len(cards))
    words = {card.pump.id: wording.of(card.status, card.fault, parts.clock()) for card in cards}
    page = render_template(
        "overview/index.html",
        cards=choice.shown(cards),
        every=cards,
        choice=choice,
        choices=overview_choice,
        makers=_makers(cards),
        words_of=words,
        tones=",".join(sorted(f"{heatpump_id} {each.tone}" for heatpump_id, each in words.items())),
        why=attention.why,
        sensors=overview.SENSORS,
        first=values.first,
        spark=spark.drawn,
        label=label,
        unusual=unusual,
        now=parts.clock(),
        events=events,
        most_events=MOST_EVENTS,
        words=alert_words,
        simulated=parts.simulation.ids(),
    )
    response = make_response(page)
    if request.args.get("view") in overview_choice.VIEWS:
        secure = parts.config.behind_https
        response.set_cookie(VIEW_COOKIE, choice.view, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=secure)
    return response


def _makers(cards: Sequence[Card]) -> list[tuple[str, str]]:
    """The makers of these heat pumps: id and name."""
    named = {card.pump.manufacturer: card.pump.manufacturer for card in cards}
    named |= {card.pump.manufacturer: card.model.manufacturer_title for card in cards if card.model is not None}
    return sorted(named.items(), key=lambda each: each[1].casefold())


def _unusual() -> dict[str, str]:
    """In words, which heat pumps behave unusually now."""
    found = behaviour.unusual(system(), visible.heat_pumps())
    if not found:
        return {}
    from app.web import behaviour as words  # numpy is loaded by the first who looks

    return {heatpump_id: words.in_short(each, system().clock()) for heatpump_id, each in found.items()}
