"""The detector on machines and seeds that nothing was tuned on: the table of docs/detector.md.

BENCH_SPLIT=tune-1 (2, 3) runs machines that thresholds were chosen on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.fitting import fit
from app.analysis.detector.scoring import Judged, judge
from app.analysis.detector.smoothing import SCALES
from bench.detection import lives, trial
from bench.detection.conditions import TOUCHED
from bench.detection.trial import Found, Quiet
from bench.figures import Figure
from drivers.simulators.weather import DAY_S

SPLIT = os.environ.get("BENCH_SPLIT", "test")
LENGTHS_DAYS = (14, 30, 45, 84)
WEEKS_IN_TEN = 0.1
Measure = Callable[[Judged], NDArray[np.float64]]
ALONE: dict[str, Measure] = {
    "distance": lambda judged: judged.parts[:, :SCALES].max(axis=1),
    "largest difference": lambda judged: judged.parts[:, SCALES : 2 * SCALES].max(axis=1),
    "isolation forest": lambda judged: judged.parts[:, -1],
    "all of them": lambda judged: judged.parts.max(axis=1),
}


def measure() -> list[Figure]:
    found: list[Found] = []
    calm: list[Quiet] = []
    shorter: dict[int, list[Quiet]] = {days: [] for days in LENGTHS_DAYS}
    for machine in lives.machines(SPLIT):
        quiet, of_machine = trial.tried(machine)
        found += of_machine
        calm.append(quiet)
        for days in LENGTHS_DAYS[:-1]:
            recent = machine.history[machine.history[:, 0] >= machine.history[-1, 0] - days * DAY_S]
            shorter[days].append(trial.quiet(machine.name, fit(trial.recorded(recent), {}), machine.healthy))
    shorter[LENGTHS_DAYS[-1]] = calm
    turned = [
        trial.quiet(name, fit(trial.recorded(history), {}), healthy) for name, history, healthy in lives.turns(SPLIT)
    ]
    _table(found, calm)
    return [*_figures(found, calm, turned), *_lengths(shorter)]


def _largest(calm: Sequence[Quiet]) -> list[float]:
    return [score for one in calm for score in one.largest]


def _a_week(calm: Sequence[Quiet]) -> float:
    return sum(len(one.alarms) for one in calm) / sum(one.weeks for one in calm)


def _figures(found: list[Found], calm: list[Quiet], turned: list[Quiet]) -> list[Figure]:
    acute = [one for one in found if one.fault.acute]
    return [
        Figure("faults missed within 7 days", 1 - trial.recall(found), "", 0.15),
        Figure("false alarms per machine-week", _a_week(calm), "", 0.20),
        Figure("1 − event AUC", 1 - trial.auc((one.score for one in found), _largest(calm)), "", 0.08),
        Figure("faults that began while a false alarm was on", float(np.mean([one.already for one in found])), ""),
        Figure("acute faults missed that began while none was on", _missed_clean(acute), ""),
        Figure("median delay", trial.median_delay_h(found), "h"),
        Figure("acute faults missed", 1 - trial.recall(acute), "", 0.02),
        Figure("median delay of acute faults", trial.median_delay_h(acute), "h", 12),
        Figure("alarms that name no affected quantity in their top three", 1 - trial.explained(found), "", 0.10),
        Figure("false alarms per machine-week at the turn of the year", _a_week(turned), "", 0.50),
    ]


def _missed_clean(found: list[Found]) -> float:
    return 1 - trial.recall(one for one in found if not one.already)


def _lengths(shorter: dict[int, list[Quiet]]) -> list[Figure]:
    return [
        Figure(f"false alarms per machine-week after {days} days of history", _a_week(calm), "")
        for days, calm in shorter.items()
    ]


def _table(found: list[Found], calm: list[Quiet]) -> None:
    print(f"{'fault':<28}{'mild':>6}{'':>2}{'medium':>6}{'severe':>8}{'delay h':>9}{'AUC':>7}{'named':>7}")
    for kind in TOUCHED:
        here = [one for one in found if one.fault.kind == kind]
        recalls = [trial.recall([one for one in here if one.fault.severity == step]) for step in range(3)]
        area = trial.auc((one.score for one in here), _largest(calm))
        print(
            f"{kind:<28}{recalls[0]:>6.2f}{'':>2}{recalls[1]:>6.2f}{recalls[2]:>8.2f}"
            f"{trial.median_delay_h(here):>9.0f}{area:>7.3f}{trial.explained(here):>7.2f}"
        )
    for one in calm:
        print(f"{one.machine:<28}{len(one.alarms):>3} false alarms in {one.weeks:.0f} weeks")


def compare() -> list[Figure]:
    """Each measure alone, and the largest of all: AUC, and recall where one healthy week in ten would alarm."""
    faulty: dict[str, list[float]] = {name: [] for name in ALONE}
    healthy: dict[str, list[float]] = {name: [] for name in ALONE}
    for machine in lives.machines(SPLIT):
        model = fit(trial.recorded(machine.history), {})
        judged = judge(model, trial.recorded(machine.healthy))
        week = (judged.at - judged.at[0]) // trial.WEEK_S
        for name, alone in ALONE.items():
            score = alone(judged)
            healthy[name] += [
                float(score[week == one].max()) for one in np.unique(week) if (week == one).sum() >= trial.LEAST_HOURS
            ]
        for stream in machine.faulty:
            judged = judge(model, trial.recorded(stream.rows))
            within = (judged.at >= stream.begins) & (judged.at < stream.begins + trial.WEEK_S)
            for name, alone in ALONE.items():
                faulty[name].append(float(alone(judged)[within].max()))
    figures = []
    for name in ALONE:
        limit = float(np.quantile(healthy[name], 1 - WEEKS_IN_TEN))
        missed = float(np.mean(np.array(faulty[name]) < limit))
        figures.append(Figure(f"{name}: 1 − AUC", 1 - trial.auc(faulty[name], healthy[name]), ""))
        figures.append(Figure(f"{name}: missed at one false week in ten", missed, ""))
    return figures
