"""Does a rule hold for a heat pump now? A pure step from one state to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.alert import State
from app.analysis.recent import Recent
from app.analysis.terms import Term


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions fitted to one heat pump. All must hold for `for_s` seconds; `silence_s` is how long nothing may be
    known meanwhile before that time no longer counts (None: the knowledge has no gaps). `timed`: it can come true
    without a reading."""

    terms: tuple[Term, ...]
    for_s: int
    silence_s: int | None
    timed: bool


def calm(rule: Rule) -> State:
    """The state before anything is known."""
    return State((False,) * len(rule.terms))


def evaluate(rule: Rule, state: State, recent: Recent, now: int) -> State:
    """The state after looking at what is known of the heat pump now.

    Unknown is neither: it opens nothing, closes nothing, and its time does not count towards `for_s`.
    """
    held, verdict = _judged(rule.terms, state.held, recent, now)
    if verdict is None:
        return state if held == state.held else State(held, state.since, state.seen, state.open)
    if not verdict:
        return state if state.since is None and held == state.held else State(held)
    since = now if state.since is None else state.since
    if state.seen is not None and rule.silence_s is not None and now - state.seen > rule.silence_s:
        since += now - state.seen
    return State(held, since, now, state.open or now - since >= rule.for_s)


def _judged(
    terms: Sequence[Term], held: tuple[bool, ...], recent: Recent, now: int
) -> tuple[tuple[bool, ...], bool | None]:
    if len(terms) == 1:
        said = terms[0].judge(recent, held[0], now)
        return (held if said is None or said == held[0] else (said,)), said
    verdict: bool | None = True
    found = []
    for term, was in zip(terms, held, strict=True):
        said = term.judge(recent, was, now)
        if said is False:
            verdict = False
        elif said is None and verdict:
            verdict = None
        found.append(was if said is None else said)
    return tuple(found), verdict
