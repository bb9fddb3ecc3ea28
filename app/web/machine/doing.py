"""What a heat pump does right now: its state, and which of its parts are at work. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.analysis.half_hour import P_START_KW
from app.services.status import Status
from app.services.values import Current, first
from app.web.machine.having import Choices, Having

State = Literal[
    "offline", "waiting", "disabled", "fault", "defrost", "heating", "hot_water", "cooling", "pool", "blocked",
    "off", "unknown",
]  # fmt: skip

SILENT = frozenset({"offline", "waiting", "disabled"})
"""States in which nothing is known of now."""
AT_WORK = frozenset({"heating", "hot_water", "cooling", "defrost", "pool"})
TONES = ((5, "t0"), (15, "t1"), (22, "t2"), (28, "t3"), (34, "t4"), (40, "t5"), (48, "t6"), (56, "t7"))
HOTTEST, UNKNOWN = "t8", "none"


@dataclass(frozen=True, slots=True)
class Doing:
    """`running` is None when nobody tells; `on` are the keys of parts that work, and of pipes in which it flows."""

    state: State
    running: bool | None
    on: frozenset[str]


def of(having: Having, status: Status, mode: Current | None, defrost: Current | None, *, fault: bool) -> Doing:
    """`mode` is its operating mode; `fault`: the machine itself reports one."""
    silent = _silent(status)
    if silent is not None:
        return Doing(silent, None, frozenset())
    word = None if mode is None or mode.value is None else str(mode.value)
    running = _running(having, word)
    state = _state(word, running, defrosting=defrost is not None and defrost.value == 1, fault=fault)
    purpose = "defrost" if state == "defrost" else word
    return Doing(state, running, frozenset(_at_work(having, purpose, running)))


def tone(place: Choices, state: State) -> str:
    """The colour of a pipe, by its temperature; without a colour where nothing is known of now."""
    each = first(place)
    if state in SILENT or each is None or not isinstance(each.value, int | float):
        return UNKNOWN
    value = each.value
    return next((name for limit, name in TONES if value < limit), HOTTEST)


def _silent(status: Status) -> State | None:
    if status.state == "disabled":
        return "disabled"
    if status.last_seen is None:
        return "waiting"
    return "offline" if status.state != "online" or status.freshness == "stale" else None


def _running(having: Having, word: str | None) -> bool | None:
    """By the compressor's own switch, else its frequency, else the electrical input, else by what it says it does."""
    switches = [each.value for each in having.compressors if each.value is not None]
    if switches:
        return any(switches)
    for place, least in ((having.frequency, 0.0), (having.electric, P_START_KW)):
        each = first(place)
        if each is not None and isinstance(each.value, int | float):
            return each.value > least
    return None if word is None else word in AT_WORK


def _state(word: str | None, running: bool | None, *, defrosting: bool, fault: bool) -> State:
    if fault or word == "fault":
        return "fault"
    if defrosting or word == "defrost":
        return "defrost"
    if word in ("heating", "hot_water", "cooling", "pool", "blocked"):
        return word  # type: ignore[return-value]
    if word in ("off", "standby") or (word is None and running is False):
        return "off"
    return "unknown"


def _at_work(having: Having, purpose: str | None, running: bool | None) -> list[str]:
    """Keys of parts; a circuit follows its own pump where that is told."""
    found = []
    if running:
        found += ["compressor", "main", *(["source"] if purpose != "defrost" else [])]
        found += ["hot_water"] if purpose == "hot_water" and having.hot_water else []
    house = bool(running) and purpose in ("heating", "cooling", "defrost")
    found += ["defrost"] if purpose == "defrost" else []
    found += ["buffer"] if house and having.buffer else []
    found += [key for key, place in (("backup", having.backup), ("booster", having.booster)) if _is_on(place)]
    for circuit in having.circuits:
        pump = first(circuit.pump)
        if house if pump is None or pump.value is None else pump.value == 1:
            found.append(circuit.key)
    return found


def _is_on(place: Choices) -> bool:
    return any(isinstance(each.value, int | float) and each.value > 0 for each in place)
