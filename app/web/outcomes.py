"""What became of a write, for people: a tone, a word and a sentence that names the sensor by its title."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from app.messages import Message
from app.services.outcome import Kind, Outcome, Reason
from app.web.languages import opening, sentence
from app.web.shown import title, words_of
from drivers.sensor import Sensor

STATUS: Mapping[Reason, int] = {
    Reason.UNKNOWN: 404,
    Reason.READ_ONLY: 403,
    Reason.ONE_SOURCE: 403,
    Reason.VALUE: 422,
}
"""Of denials; the others, and all that did not succeed, conflict with how things stand: 409."""

TONES: Mapping[str, str] = {
    "confirmed": "good",
    "skipped": "good",
    "planned": "idle",
    "unconfirmed": "late",
    "denied": "bad",
    "failed": "bad",
}


def status_of(outcome: Outcome) -> int:
    """200 only when the machine is known to hold the value, or nothing was to be written."""
    if outcome.done or outcome.kind == "planned":
        return 200
    return STATUS.get(outcome.reason, 409) if outcome.reason is not None else 409


def word(kind: Kind | None) -> str:
    """Confirmed, not confirmed …; None is a write that is under way."""
    words = {
        "confirmed": gettext("Confirmed"),
        "unconfirmed": gettext("Not confirmed"),
        "skipped": gettext("Nothing to do"),
        "denied": gettext("Denied"),
        "failed": gettext("Failed"),
        "planned": gettext("Dry run"),
    }
    return str(words[kind]) if kind is not None else str(gettext("Under way"))


def closed(text: str) -> str:
    """With the full stop that it lacks; a question keeps its own mark."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def said(message: Message | None, sensor: Sensor | None, begins: bool = True) -> str:
    """The sentence, with the sensor's title where it names one."""
    if message is None:
        return ""
    words = {} if sensor is None else _words(message, sensor)
    return opening(message, words) if begins else sentence(message, words)


def _words(message: Message, sensor: Sensor) -> dict[str, object]:
    """The sensor by its title, and a state by its word."""
    states = words_of(sensor)
    words: dict[str, object] = {"sensor": title(sensor)}
    value = message.facts.get("value")
    return {**words, "value": states[str(value)]} if str(value) in states else words
