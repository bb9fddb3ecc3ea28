"""The replay of a history and the live evaluation agree at every moment, whatever the history is."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis import fitting, replay, rules
from app.analysis.recent import Recent
from app.analysis.replay import Episode, Past, Told
from app.analysis.rules import Rule
from app.analysis.terms import Count, Fault, Offline, Rate, Silence, Threshold, Word

WORDS = {1: "heating", 2: "fault", 3: "off"}
NUMBERS, TEXTS = ("a", "b", "c"), ("mode",)
numbers = st.one_of(st.none(), st.integers(-4, 8).map(lambda each: each / 2))
texts = st.one_of(st.none(), st.sampled_from(sorted(WORDS)))
silences = st.sampled_from((30, 100, 900))
sensors = st.sampled_from(NUMBERS)
limits = st.integers(-3, 6).map(float)
windows = st.sampled_from((60, 300))

words = st.builds(Word, st.just("mode"), st.frozensets(st.sampled_from(list(WORDS.values()))), st.booleans(), silences)
switches = st.builds(Word, sensors, st.frozensets(st.sampled_from(("0", "1", "1.5"))), st.booleans(), silences)
counts = st.builds(Count, sensors, st.integers(0, 6).map(float), windows, silences)
terms = st.one_of(
    st.builds(
        Threshold, sensors, st.booleans(), limits, st.sampled_from((0.0, 1.5)), st.none() | sensors, silences, silences
    ),
    st.builds(Rate, sensors, st.booleans(), st.integers(0, 4).map(float), windows, silences),
    counts,
    words,
    switches,
    st.builds(Silence, st.none() | st.sampled_from((*NUMBERS, *TEXTS)), windows),
    st.just(Offline()),
    st.builds(Fault, st.lists(words | counts, min_size=1, max_size=2).map(tuple), st.just(())),
)
whole_rules = st.builds(
    Rule,
    st.lists(terms, min_size=1, max_size=3).map(tuple),
    st.sampled_from((0, 60, 200)),
    st.none() | silences,
    st.just(True),
)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Moments: readings that ask for some of the sensors, and looks between them while the heat pump may be lost."""
    at, lost, moments = 1000, False, []
    for _ in range(draw(st.integers(1, 30))):
        at += draw(st.sampled_from((1, 20, 60, 60, 150, 1000)))
        read = draw(st.booleans())
        lost = False if read else draw(st.booleans())
        asked = draw(st.sets(st.sampled_from((*NUMBERS, *TEXTS)), max_size=4)) if read else set()
        said = {sensor: draw(texts if sensor in TEXTS else numbers) for sensor in sorted(asked)}
        moments.append({"at": at, "read": read, "lost": lost, "said": said})
    return moments


def lived(rule: Rule, moments: list[dict[str, Any]]) -> list[Episode]:
    """What the live evaluation, one moment after the other, would have opened and closed."""
    recent = Recent(fitting.sensors(rule.terms), fitting.windows(rule.terms))
    state, found = rules.calm(rule), []
    for moment in moments:
        if moment["read"]:
            told = {
                sensor: WORDS[value] if sensor in TEXTS and value is not None else value
                for sensor, value in moment["said"].items()
            }
            recent.take(moment["at"], told)
        recent.lost_since = moment["at"] if moment["lost"] else None
        before, state = state, rules.evaluate(rule, state, recent, moment["at"])
        if state.open and not before.open:
            found.append(Episode(state.since, moment["at"], None))
        if before.open and not state.open:
            found[-1] = Episode(found[-1].since, found[-1].opened_at, moment["at"])
    return found


def as_past(moments: list[dict[str, Any]]) -> Past:
    def told(sensor: str) -> Told:
        values = [moment["said"].get(sensor) for moment in moments]
        return Told(
            np.array([np.nan if value is None else value for value in values], float),
            np.array([sensor in moment["said"] for moment in moments]),
            WORDS if sensor in TEXTS else None,
        )

    return Past(
        np.array([moment["at"] for moment in moments], np.int64),
        np.array([moment["read"] for moment in moments]),
        np.array([moment["lost"] for moment in moments]),
        {sensor: told(sensor) for sensor in (*NUMBERS, *TEXTS)},
    )


@settings(max_examples=400, deadline=None)
@given(whole_rules, histories())
def test_the_replay_finds_exactly_what_the_live_evaluation_would_have_opened(
    rule: Rule, moments: list[dict[str, Any]]
) -> None:
    assert replay.episodes(rule, as_past(moments)) == lived(rule, moments)


def test_a_past_without_a_moment_opens_nothing() -> None:
    rule = Rule((Offline(),), 0, None, True)
    assert replay.episodes(rule, as_past([])) == []
