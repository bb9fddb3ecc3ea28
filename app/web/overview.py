"""The overview: all heat pumps at a glance."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services import alert_events, behaviour, overview, values
from app.web import alert_words, visible
from app.web.access import signed_in
from app.web.parts import system

MOST_EVENTS = 5
"""Further open alerts stand on their own page."""

pages = Blueprint("overview", __name__)


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    return render_template(
        "overview/index.html",
        cards=overview.cards(system(), visible.heat_pumps()),
        sensors=overview.SENSORS,
        first=values.first,
        unusual=_unusual(),
        now=system().clock(),
        events=alert_events.open_ones(system(), among=visible.among()),
        most_events=MOST_EVENTS,
        words=alert_words,
    )


def _unusual() -> dict[str, str]:
    """In words, which heat pumps behave unusually now."""
    found = behaviour.unusual(system(), visible.heat_pumps())
    if not found:
        return {}
    from app.web import behaviour as words  # numpy is loaded by the first who looks

    return {heatpump_id: words.in_short(each, system().clock()) for heatpump_id, each in found.items()}
