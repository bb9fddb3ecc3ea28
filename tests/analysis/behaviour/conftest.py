"""The house of the detector's tests."""

from tests.analysis.detector.conftest import history, model, plant, week

__all__ = ["history", "model", "plant", "week"]
