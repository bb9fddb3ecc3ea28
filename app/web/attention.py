"""Why a heat pump needs somebody, in one sentence."""

from __future__ import annotations

from app.services.overview import Card
from app.web import alert_words
from app.web.wording import Wording


def why(card: Card, words: Wording, unusual: str | None) -> str:
    """The first reason that holds: how it is doing, its worst alert, its behaviour. Empty when nobody is needed."""
    if not card.needs_attention:
        return ""
    if words.tone in ("bad", "late"):
        return f"{words.text}. {words.reason}" if words.reason else words.text
    if card.pressing is not None:
        causes = alert_words.causes(card.pressing)
        name = alert_words.name(card.pressing)
        return f"{name}: {causes[0]}" if causes else name
    return unusual or ""
