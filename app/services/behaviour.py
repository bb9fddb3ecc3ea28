"""How a heat pump behaves: how far it is known, its anomaly scores, what was found, and what its owner says to that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from app.messages import Invalid, NotFound
from app.score import SCORE
from app.store import detectors, findings, readings
from app.store.detectors import Because, Detector
from app.store.findings import Finding, Verdict
from app.store.heatpumps import HeatPump
from app.system import System

if TYPE_CHECKING:
    from app.analysis.behaviour.verdict import Reason
    from app.analysis.detector.learning import Learning
    from app.polling.detecting import Known, Last

DAY_S, HOUR_S = 86_400, 3600
SCORE_HOLDS_S = 3 * HOUR_S
"""A score stands for the present as long after its hour."""
ALARM_LINE = 1.0
SHOWN_S = 90 * DAY_S
LONGEST_MARK_S = 366 * DAY_S
VERDICTS = get_args(Verdict)

State = Literal["nothing", "learning", "provisional", "trusted", "new range"]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding and why; `lasts`: its last hour is the last one that was judged."""

    finding: Finding
    reasons: tuple[Reason, ...]
    lasts: bool


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`learning` is None before anything was learned; `score` is that of the hour that began at `judged_at`.

    `current`: that score still stands for the present. `alarm`: it is at the alarm line or above, because of `told`.
    `begins_at`: what is older does not count, `because` of that.
    """

    state: State
    learning: Learning | None
    quantities: tuple[str, ...]
    because: Because
    begins_at: int
    learned_from: int | None
    learned_until: int | None
    score: float | None
    judged_at: int | None
    current: bool
    news: tuple[str, ...]
    told: Told | None

    @property
    def known(self) -> bool:
        """Whether more than plain signs is watched."""
        return self.learning is not None and self.learning.day >= self.learning.of

    @property
    def alarm(self) -> bool:
        return self.current and self.score is not None and self.score >= ALARM_LINE


def of(system: System, pump: HeatPump) -> Behaviour:
    """Nothing is computed here: what the last step beside the polls left is shown."""
    return _behaviour(system, pump, detectors.find(system.database.connection(), pump.id))


def unusual(system: System, pumps: list[HeatPump]) -> dict[str, Behaviour]:
    """Those of these heat pumps that behave unusually now, by their id."""
    found = {}
    known = detectors.all_of_them(system.database.connection())
    for pump in pumps:
        detector = known.get(pump.id)
        if detector is not None and detector.last is not None and pump.enabled:
            behaviour = _behaviour(system, pump, detector)
            if behaviour.alarm:
                found[pump.id] = behaviour
    return found


def findings_of(system: System, pump: HeatPump) -> list[Told]:
    """What was found in the last months, the newest first, with what the owner marked."""
    db, now = system.database.connection(), int(system.clock())
    last = of(system, pump)
    return [_told(each, last) for each in findings.between(db, pump.id, now - SHOWN_S, now + DAY_S)]


def course(system: System, pump: HeatPump, start: int, end: int) -> list[tuple[int, float]]:
    """(time, score) of every hour with a score in start <= time < end."""
    rows = readings.samples(system.database.connection(), pump.id, [SCORE], start, end)
    return [(at, float(value)) for at, (value,) in rows if isinstance(value, (int, float))]


def judge(system: System, pump: HeatPump, finding_id: int, verdict: str | None, who: str) -> None:
    """Say whether a finding was a fault. The heat pump is learned again with it. Raises NotFound, Invalid."""
    if verdict is not None and verdict not in VERDICTS:
        raise Invalid("verdict", "%(value)s is not one of %(choices)s", value=verdict, choices=", ".join(VERDICTS))
    given: Verdict | None = "real" if verdict == "real" else "not a fault" if verdict is not None else None
    with system.database.transaction() as db:
        finding = findings.find(db, pump.id, finding_id)
        if finding is None:
            raise NotFound("there is no finding %(id)d of %(heatpump)s", id=finding_id, heatpump=pump.id)
        if finding.score is None:
            raise Invalid("verdict", "what was marked by hand needs no verdict: remove the mark instead")
        if finding.verdict == given:
            return
        findings.judge(db, finding_id, given, int(system.clock()), who)
        detectors.learn_again(db, pump.id)


def mark(system: System, pump: HeatPump, since: int, until: int, who: str) -> None:
    """Leave a time out of what is learned: something was wrong, or unlike every other day. Raises Invalid."""
    now = int(system.clock())
    if not 0 <= since < until:
        raise Invalid("until", "the end has to be later than the beginning")
    if until > now + DAY_S or until - since > LONGEST_MARK_S:
        raise Invalid("until", "a time that is over, of at most a year, can be left out")
    with system.database.transaction() as db:
        finding_id = findings.add(db, pump.id, since, until, None, "[]")
        findings.judge(db, finding_id, "real", now, who)
        detectors.learn_again(db, pump.id)


def unmark(system: System, pump: HeatPump, finding_id: int) -> None:
    """Raises NotFound for anything that the owner did not mark."""
    with system.database.transaction() as db:
        finding = findings.find(db, pump.id, finding_id)
        if finding is None or finding.score is not None:
            raise NotFound("there is no mark %(id)d of %(heatpump)s", id=finding_id, heatpump=pump.id)
        findings.remove(db, finding_id)
        detectors.learn_again(db, pump.id)


def call_normal(system: System, pump: HeatPump) -> None:
    """From now on it behaves as it should, otherwise than before: begin to learn anew."""
    now = int(system.clock())
    until = now // HOUR_S * HOUR_S
    with system.database.transaction() as db:
        detectors.begin(db, Detector(pump.id, pump.manufacturer, pump.model, until, "new normal", until))


def _behaviour(system: System, pump: HeatPump, detector: Detector | None) -> Behaviour:
    machine = (pump.manufacturer, pump.model)
    if detector is None or (detector.manufacturer, detector.model) != machine:
        because: Because = "first" if detector is None else "exchanged"
        return Behaviour("nothing", None, (), because, 0, None, None, None, None, False, (), None)
    from app.polling import detecting  # numpy costs memory that a process without history need not carry

    known, last = detecting.known_of(detector), detecting.last_of_all(detector)
    current = last is not None and system.clock() - last.at - HOUR_S <= SCORE_HOLDS_S
    found = Behaviour(
        _state(known, last if current else None),
        None if known is None else known.learning,
        () if known is None else known.quantities,
        detector.because,
        detector.begins_at,
        detector.learned_from,
        detector.learned_until,
        None if last is None else last.score,
        None if last is None else last.at,
        current,
        last.news if last is not None and current else (),
        None,
    )
    if not found.alarm:
        return found
    newest = findings.last(system.database.connection(), pump.id)
    return found if newest is None else replace(found, told=_told(newest, found))


def _state(known: Known | None, last: Last | None) -> State:
    if known is None or (known.learning.day == 0 and last is None):
        return "nothing"
    if last is not None and last.news:
        return "new range"
    names: dict[str, State] = {"learning": "learning", "provisional": "provisional", "trusted": "trusted"}
    return names[known.learning.state.value]


def _told(finding: Finding, behaviour: Behaviour) -> Told:
    from app.polling import detecting

    lasts = behaviour.current and behaviour.judged_at is not None and finding.until >= behaviour.judged_at + HOUR_S
    return Told(finding, detecting.reasons_of(finding), lasts and finding.score is not None)
