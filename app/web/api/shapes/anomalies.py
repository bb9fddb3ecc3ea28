"""How a heat pump behaves, and what was found."""

from __future__ import annotations

from typing import Literal, TypedDict

from app.web.api.shapes.common import Seconds, Sentence

Verdict = Literal["real", "not a fault"]


class Reason(TypedDict):
    name: str
    title: str
    value: float | None
    expected: float | None
    unit: str
    since: Seconds
    level: float | None
    outside: float | None
    hz: float | None
    text: Sentence


Finding = TypedDict(
    "Finding",
    {
        "id": int,
        "from": Seconds,
        "to": Seconds,
        "lasts": bool,
        "score": float | None,
        "verdict": Verdict | None,
        "reasons": list[Reason],
    },
)


class Behaviour(TypedDict):
    state: Literal["nothing", "learning", "provisional", "trusted", "new range"]
    text: Sentence
    day: int | None
    days: int | None
    learned_from: Seconds | None
    learned_until: Seconds | None
    quantities: list[str]
    score: float | None
    at: Seconds | None
    current: bool
    alarm: bool
    news: list[str]
    findings: list[Finding]


class Judged(TypedDict):
    verdict: Verdict | None
