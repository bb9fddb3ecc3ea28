"""A model as a file: a numpy archive of plain arrays with a JSON head; reading one never runs anything in it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.expectation import Expectation
from app.analysis.detector.forest import Forest
from app.analysis.detector.learning import Lived
from app.analysis.detector.model import Known, Limits, Model, Together
from app.analysis.detector.quantities import BY_NAME, FEATURES_VERSION
from app.analysis.detector.steady import Reading

FORMAT = "heat-pump-monitor detector model"
VERSION = 1

Arrays = dict[str, NDArray[Any]]


class BadModel(ValueError):
    """Not a model, a damaged one, or one of another version: it has to be fitted anew."""


def to_bytes(model: Model) -> bytes:
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "features": FEATURES_VERSION,
        "machine": dict(model.machine),
        "hz_tells": model.reading.hz_tells,
        "settled_s": {str(mode): seconds for mode, seconds in model.reading.settled_s.items()},
        "lived": asdict(model.lived) | {"mode_days": {str(mode): days for mode, days in model.lived.mode_days.items()}},
        "signs": dict(model.signs),
        "known": None,
    }
    arrays: Arrays = {}
    if model.known is not None:
        head["known"] = _known_head(model.known)
        arrays = _known_arrays(model.known)
    arrays["head"] = np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def from_bytes(content: bytes) -> Model:
    """Raises BadModel."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        head = json.loads(arrays["head"].tobytes())
        if (head["format"], head["version"], head["features"]) != (FORMAT, VERSION, FEATURES_VERSION):
            raise BadModel("the model was made by another version of this program: fit it again")
        return Model(
            machine=head["machine"],
            reading=Reading(
                bool(head["hz_tells"]), {int(mode): int(seconds) for mode, seconds in head["settled_s"].items()}
            ),
            lived=_lived(head["lived"]),
            signs={name: float(limit) for name, limit in head["signs"].items()},
            known=None if head["known"] is None else _known(head["known"], arrays),
        )
    except BadModel:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BadModel("this is not a model, or a damaged one: fit it again") from error


def _lived(head: dict[str, Any]) -> Lived:
    return Lived(
        days=int(head["days"]),
        mode_days={int(mode): int(days) for mode, days in head["mode_days"].items()},
        coldest=None if head["coldest"] is None else float(head["coldest"]),
        warmest=None if head["warmest"] is None else float(head["warmest"]),
        usual=float(head["usual"]),
    )


def _known_head(known: Known) -> dict[str, Any]:
    return {
        "expectations": {
            name: {"contexts": one.contexts, "level": one.level, "sigma": one.sigma}
            for name, one in known.expectations.items()
        },
        "limit": known.together.limit,
        "usual": known.together.forest.usual,
    }


def _known_arrays(known: Known) -> Arrays:
    arrays: Arrays = {}
    for name, one in known.expectations.items():
        for part in ("centre", "spread", "low", "high", "beta", "trust", "bend", "doubt"):
            arrays[f"{name}.{part}"] = getattr(one, part)
    for part in ("hours", "rms", "largest", "gross"):
        arrays[part] = getattr(known.limits, part)
    for part in ("inverse", "parts"):
        arrays[part] = getattr(known.together, part)
    for part in ("feature", "threshold", "left", "right", "path"):
        arrays[f"forest.{part}"] = getattr(known.together.forest, part)
    return arrays


def _known(head: dict[str, Any], arrays: Arrays) -> Known:
    expectations = {}
    for name, one in head["expectations"].items():
        if name not in BY_NAME:
            raise BadModel(f"the model knows a quantity {name} that this program does not: fit it again")
        parts = {
            part: arrays[f"{name}.{part}"]
            for part in ("centre", "spread", "low", "high", "beta", "trust", "bend", "doubt")
        }
        expectations[name] = Expectation(
            contexts=tuple(one["contexts"]), level=float(one["level"]), sigma=float(one["sigma"]), **parts
        )
    forest = Forest(
        **{part: arrays[f"forest.{part}"] for part in ("feature", "threshold", "left", "right", "path")},
        usual=float(head["usual"]),
    )
    limits = Limits(arrays["hours"], arrays["rms"], arrays["largest"], arrays["gross"])
    return Known(expectations, limits, Together(arrays["inverse"], forest, arrays["parts"], float(head["limit"])))
