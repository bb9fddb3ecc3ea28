"""What was learned of one heat pump: plain numbers and names, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.analysis.detector.expectation import Expectation
from app.analysis.detector.forest import Forest
from app.analysis.detector.learning import Lived, known_modes
from app.analysis.detector.recording import Floats
from app.analysis.detector.steady import Reading


@dataclass(frozen=True, slots=True)
class Limits:
    """What is usual, quantities × scales: `rms` of the smoothed differences (σ) and their `largest` in a week.

    `gross`, per quantity, is from where on (σ) a difference of three hours is too much.
    """

    hours: Floats
    rms: Floats
    largest: Floats
    gross: Floats


@dataclass(frozen=True, slots=True)
class Together:
    """How the quantities are judged together: inverse correlation per scale, the forest, and what a week reaches.

    `parts` are the limits of the single measures (distance and largest difference per scale, forest), `limit` that of
    the largest of them.
    """

    inverse: Floats
    forest: Forest
    parts: Floats
    limit: float


@dataclass(frozen=True, slots=True)
class Known:
    """The quantities that can be judged, in the order of `Limits` and `Together`."""

    expectations: Mapping[str, Expectation]
    limits: Limits
    together: Together


@dataclass(frozen=True, slots=True)
class Model:
    """`known` is None while there is too little history; plain signs are watched all the same.

    `machine` is device, manufacturer and model; `lived` what the history held; `signs` are limits.
    """

    machine: Mapping[str, str]
    reading: Reading
    lived: Lived
    signs: Mapping[str, float]
    known: Known | None

    @property
    def modes(self) -> frozenset[int]:
        """Those that were learned."""
        return known_modes(self.lived)
