"""How a heat pump is doing, in words and in a tone of voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext

from app.services.status import Status
from app.web.formats import moment
from app.web.languages import current, opening
from drivers.sensor import Sensor

Tone = Literal["good", "late", "bad", "idle"]


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is a few words; `reason` a sentence, where there is one."""

    tone: Tone
    text: str
    reason: str | None = None


def of(status: Status, fault: Sensor | None, now: float) -> Wording:
    """`now` in UTC seconds."""
    if status.state == "disabled":
        return Wording("idle", gettext("Disabled"), gettext("It is not being read."))
    if status.state == "waiting":
        return Wording("idle", gettext("Waiting for the first answer"))
    reason = opening(status.reason) if status.reason is not None else None
    if status.state == "unreadable":
        return Wording("bad", gettext("Cannot be read"), reason)
    if status.state == "offline":
        since = moment(status.since, now) if status.since is not None else ""
        return Wording("bad", gettext("Offline since %(time)s", time=since), reason)
    if fault is not None:
        return Wording("bad", gettext("Online, reports a fault"), fault.title[current()])
    if status.freshness == "fresh" or status.last_seen is None:
        return Wording("good", gettext("Online"))
    return Wording("late", gettext("No new values since %(time)s", time=moment(status.last_seen, now)))
