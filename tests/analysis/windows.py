"""Windows for tests: columns written as lists, None for nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.analysis.window import Window


def column(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def window(step_s: int = 600, modes: Sequence[str | None] | None = None, **columns: Sequence[float | None]) -> Window:
    words = None if modes is None else np.array(modes, dtype=object)
    return Window.of(0, step_s, {sensor: column(values) for sensor, values in columns.items()}, words)


def worked() -> Window:
    """The worked window of the definitions: one hour in slots of ten minutes."""
    return window(
        power_current_draw=[0, 2.0, 2.0, 2.0, 2.5, 0.01],
        power_current=[0, 7.0, 8.0, 7.5, -3.0, 0],
        temp_flow=[30, 34, 35, 36, 30, 28],
    )
