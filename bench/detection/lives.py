"""The recordings of the evaluation: healthy history, healthy weeks after it, and every fault; kept in build/."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.detection.builds import KINDS, Build, build
from bench.detection.conditions import TOUCHED, Condition, Fault, fault
from bench.detection.recording import recorded
from bench.detection.yard import Life, Row, Yard, healthy
from drivers.simulators import noise
from drivers.simulators.weather import DAY_S, Weather

FOLDER = Path("build/detection")
SPLITS = {"tune-1": 1000, "tune-2": 2000, "tune-3": 3000, "test": 4000}
"""First seed of each split. All but `test` were looked at while thresholds and quantities were chosen."""
HISTORY_WEEKS = 12
HEALTHY_WEEKS = 8
BEFORE_DAYS = 4
FAULTY_DAYS = 8
MINUTES_A_DAY = 1440
FREEZING = "failed_defrost"
FIRST_OF_OCTOBER = 1_696_118_400


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows × columns of `recording.COLUMNS`; with a fault from `begins` (unix seconds) on."""

    rows: NDArray[np.float64]
    fault: Fault | None = None
    begins: float = 0.0


@dataclass(frozen=True, slots=True)
class Machine:
    name: str
    history: NDArray[np.float64]
    healthy: NDArray[np.float64]
    faulty: tuple[Stream, ...]


def machines(split: str) -> Iterator[Machine]:
    """The machines of a split, simulated once and then read from build/."""
    for place, kind in enumerate(KINDS):
        seed = SPLITS[split] + place
        path = FOLDER / f"{split}-{seed}.npz"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _simulate(build(seed, kind), path)
        yield _read(path, f"{kind} {seed}")


def turns(split: str) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """(name, history, healthy weeks after it) where the season after the history is another one."""
    for place, kind in enumerate(KINDS):
        seed = SPLITS[split] + 500 + place
        machine = build(seed, kind)
        name = "summer into winter" if place % 2 == 0 else "spring into summer"
        path = FOLDER / f"turn-{split}-{seed}.npz"
        if not path.exists():
            begin = FIRST_OF_OCTOBER - (100 if place % 2 == 0 else 200) * DAY_S
            yard, life = Yard(machine, begin), healthy(machine, begin, HISTORY_WEEKS + 12, True)
            history = recorded(machine, _lived(yard, life, HISTORY_WEEKS * 7), 0, frozenset())
            after = recorded(machine, _lived(yard, life, 12 * 7), 1, frozenset())
            np.savez(path, history=history.astype(np.float64), healthy=after)
        with np.load(path) as kept:
            yield f"{name}: {kind} {seed}", kept["history"], kept["healthy"]


def _simulate(machine: Build, path: Path) -> None:
    begin = FIRST_OF_OCTOBER + round(noise.between(noise.seed_for(machine.seed, "begin"), 0, -10, 60)) * DAY_S
    weeks = HISTORY_WEEKS + HEALTHY_WEEKS
    yard, life = Yard(machine, begin), healthy(machine, begin, weeks, True)
    arrays = {"history": recorded(machine, _lived(yard, life, HISTORY_WEEKS * 7), 0, frozenset())}
    healthy_rows: list[Row | None] = []
    dice = 1
    when = _when(machine, yard.at)
    for day in range(HEALTHY_WEEKS * 7):
        for kind in when.get(day, ()):
            for severity in range(3):
                dice += 1
                place = machine.seed + list(TOUCHED).index(kind) + severity
                case = fault(kind, severity, place)
                arrays[f"fault-{kind}-{severity}-{place}"] = _faulty(machine, yard, life, case, dice, place)
        healthy_rows += _lived(yard, life, 1)
    arrays["healthy"] = recorded(machine, healthy_rows, 1, frozenset())
    np.savez(path, **arrays)  # type: ignore[arg-type]
    print(f"  simulated {path.name}", file=sys.stderr)


def _when(machine: Build, begin: float) -> dict[int, list[str]]:
    """On which day which faults branch off: one a day, but a failed defrost only where something freezes."""
    when = {day: [kind] for day, kind in enumerate(TOUCHED) if kind != FREEZING}
    weather = Weather(machine.seed)

    def warmth(day: int) -> float:
        days = (begin + (day + BEFORE_DAYS + after / 8) * DAY_S for after in range(40))
        return sum(weather.at(at).temperature for at in days)

    when.setdefault(min(range(HEALTHY_WEEKS * 7), key=warmth), []).append(FREEZING)
    return when


def _faulty(machine: Build, at_hand: Yard, life: Life, case: Fault, dice: int, place: int) -> NDArray[np.float64]:
    yard = copy.deepcopy(at_hand)
    before = recorded(machine, _lived(yard, life, BEFORE_DAYS), dice, frozenset())
    begins = yard.at

    def worn(at: float) -> Condition:
        usual = life(at)
        wear = case.wear((at - begins) / DAY_S, place, machine.nominal_kw)
        return replace(wear, litres=usual.litres, stove_kw=usual.stove_kw, away=usual.away, cut=usual.cut)

    rows = _lived(yard, worn, FAULTY_DAYS)
    names = case.wear(0, place, machine.nominal_kw).frozen
    after = recorded(machine, rows, dice + 10_000, names)
    return np.concatenate([before, after])


def _lived(yard: Yard, life: Life, days: int) -> list[Row | None]:
    return [yard.minute(life) for _ in range(days * MINUTES_A_DAY)]


def _read(path: Path, name: str) -> Machine:
    faulty = []
    with np.load(path) as kept:
        for key in kept.files:
            if not key.startswith("fault-"):
                continue
            _, kind, severity, seed = key.split("-")
            rows = kept[key]
            begins = rows[-1, 0] - FAULTY_DAYS * DAY_S
            faulty.append(Stream(rows, fault(kind, int(severity), int(seed)), begins))
        return Machine(name, kept["history"], kept["healthy"], tuple(faulty))
