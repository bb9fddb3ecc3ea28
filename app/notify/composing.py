"""The text of a message: heat pump, what, value, since when, what to do, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from app import telling
from app.messages import Message
from app.store.alert_events import Event
from app.store.notifications import Notification
from app.telling import SensorOf, Speaker

TRANSLATIONS = Path(__file__).parents[1] / "translations"


@dataclass(frozen=True, slots=True)
class Text:
    """`severity` is the event's, or `recovered`."""

    title: str
    body: str
    severity: str


@cache
def translations(language: str) -> NullTranslations:
    """Our sentences in this language, outside of any request."""
    return Translations.load(str(TRANSLATIONS), [language])


def text(
    speaker: Speaker,
    heatpump_name: str,
    sensor_of: SensorOf,
    event: Event,
    notification: Notification,
    now: int,
    site: str,
) -> Text:
    """`site`: the address under which the pages can be reached; empty for no link."""
    over = notification.kind == "recovered"
    called = telling.name(speaker, event.builtin, event.name)
    first = speaker.say(Message("Over") if over else telling.SEVERITIES[event.severity])
    lines = [] if over else [telling.cause(speaker, sensor_of, cause) for cause in event.causes]
    lines.append(_lasting(speaker, event, notification, now))
    advice = telling.advice(speaker, event.builtin, event.advice)
    if advice and not over:
        lines.append(speaker.say(Message("What to do: %(advice)s", {"advice": advice})))
    if site:
        lines.append(f"{site.rstrip('/')}/alerts/events/{event.id}")
    if notification.doubtful:
        lines.append(speaker.say(Message("You may have received this message already.")))
    lines.append(f"[{event.id}-{notification.id}]")  # the same on every copy of this message
    return Text(f"{first}: {heatpump_name}: {called}", "\n".join(lines), "recovered" if over else event.severity)


def _lasting(speaker: Speaker, event: Event, notification: Notification, now: int) -> str:
    facts = {
        "since": speaker.moment(event.since, now),
        "lasted": speaker.duration(event.lasted_s(now)),
        "times": event.openings,
        "until": speaker.moment(event.closed_at or now, now),
    }
    if notification.kind == "recovered":
        return speaker.say(Message("It lasted %(lasted)s, from %(since)s to %(until)s.", facts))
    if notification.kind == "again":
        return speaker.say(Message("It is back. It first began %(since)s.", facts))
    if notification.kind == "flapping":
        flapping = Message(
            "It has come and gone %(times)d times since %(since)s."
            " You are told again when it has stayed away for an hour.",
            facts,
        )
        return speaker.say(flapping)
    if notification.kind == "repeated":
        return speaker.say(Message("It still lasts: since %(since)s, for %(lasted)s.", facts))
    return speaker.say(Message("Since %(since)s.", facts))
