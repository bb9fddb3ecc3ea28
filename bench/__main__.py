"""`make bench`: run all benchmarks, or those named; print a table and write build/bench/*.json."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench import (
    alerts,
    behaviour,
    browser,
    charts,
    control,
    heatpump,
    history,
    metrics,
    overview,
    overview_in_browser,
    poll,
    schedule,
    start,
)
from bench.detection import report as detection

BENCHMARKS = {
    "poll": poll.measure,
    "schedule": schedule.measure,
    "charts": charts.measure,
    "start": start.measure,
    "overview": overview.measure,
    "heatpump": heatpump.measure,
    "browser": browser.measure,
    "overview-in-browser": overview_in_browser.measure,
    "history": history.measure,
    "metrics": metrics.measure,
    "alerts": alerts.measure,
    "control": control.measure,
    "behaviour": behaviour.measure,
    "detector": detection.measure,
    "detector-parts": detection.compare,
}
RESULTS = Path("build/bench")


def main() -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or BENCHMARKS:
        figures = BENCHMARKS[name]()
        (RESULTS / f"{name}.json").write_text(json.dumps([figure.as_json() for figure in figures], indent=2))
        print(f"\n{name}")
        for figure in figures:
            print(f"  {figure}")


if __name__ == "__main__":
    main()
