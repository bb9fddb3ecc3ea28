"""What is known about one heat pump now: its last values, short stretches of them, and whether it answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from app.reading import Value


class Window:
    """The samples of one sensor over its last seconds, and how much it has counted up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._samples: deque[tuple[int, float, float]] = deque()

    def take(self, at: int, value: float) -> None:
        counted = 0.0
        if self._samples:
            _, before, counted = self._samples[-1]
            counted += max(0.0, value - before)
        self._samples.append((at, value, counted))

    def ends(self, now: int) -> tuple[tuple[int, float, float], tuple[int, float, float]] | None:
        """(time, value, counted) of the oldest and the newest sample within the window; None without any."""
        samples, first = self._samples, now - self.seconds
        while len(samples) > 1 and samples[0][0] < first:
            samples.popleft()
        if not samples or samples[0][0] < first:
            return None  # the last sample stays, so that counting goes on from it
        return samples[0], samples[-1]


class Recent:
    """Fed with every reading of one heat pump; remembers only what its rules look at."""

    def __init__(self, sensors: Iterable[str] = (), windows: Iterable[tuple[str, int]] = ()) -> None:
        self.begun_at = 0
        """Since when somebody has listened: what was missed before is no silence of the heat pump."""
        self.unsure = False
        """Nobody has tried to read it yet since then."""
        self.read_at: int | None = None
        self.lost_since: int | None = None
        self.asked: dict[str, tuple[int, Value]] = {}
        """sensor → when it was last asked for, and what it said."""
        self.known: dict[str, tuple[int, Value]] = {}
        """sensor → its last value that was one."""
        self.windows = {key: Window(key[1]) for key in windows}
        self._sensors = frozenset(sensors)
        self._windows_of: dict[str, list[Window]] = {}
        for (sensor, _), window in self.windows.items():
            self._windows_of.setdefault(sensor, []).append(window)

    @property
    def sensors(self) -> frozenset[str]:
        return self._sensors

    def take(self, at: int, values: Mapping[str, Value]) -> None:
        """The heat pump was read: these sensors were asked for; None where one had no value."""
        self.read_at = at
        self.lost_since = None
        self.unsure = False
        for sensor in self._sensors & values.keys():
            value = values[sensor]
            self.asked[sensor] = (at, value)
            if value is None:
                continue
            self.known[sensor] = (at, value)
            if sensor in self._windows_of and not isinstance(value, str):
                for window in self._windows_of[sensor]:
                    window.take(at, value)

    def lose(self, at: int) -> None:
        """The heat pump could not be read."""
        self.unsure = False
        if self.lost_since is None:
            self.lost_since = at

    def value(self, sensor: str, now: int, silence_s: int) -> Value:
        """What the sensor says; None when it was asked in vain, or not within the last `silence_s` seconds."""
        seen = self.asked.get(sensor)
        return None if seen is None or now - seen[0] > silence_s else seen[1]
