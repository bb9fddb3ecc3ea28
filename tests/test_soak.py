"""A short piece of `make soak`: one heat pump of every model, polled at once by one process."""

from __future__ import annotations

from pathlib import Path

from bench.soak import soak
from drivers.catalogue import Catalogue


def test_a_heat_pump_of_every_model_is_polled_without_a_missed_run_or_a_leaked_socket(tmp_path: Path) -> None:
    report = soak(tmp_path, hours=0.07, speed=10)  # slower than `make soak`: other tests run beside it
    assert set(report.polls) == {model.name for model in Catalogue()}
    assert report.complaints() == []
    assert all(report.kept[name] >= due for name, due in report.due.items())
    # the F-series answers slowly, and a cloud counts its calls
    assert sum(due > 5 for due in report.due.values()) == len(report.due) - 2
