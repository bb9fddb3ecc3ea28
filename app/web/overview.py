"""The overview: all heat pumps at a glance."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services import alert_events, overview, values
from app.web import alert_words
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
        cards=overview.cards(system()),
        sensors=overview.SENSORS,
        first=values.first,
        now=system().clock(),
        events=alert_events.open_ones(system()),
        most_events=MOST_EVENTS,
        words=alert_words,
    )
