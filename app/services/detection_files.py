"""The detector on files: history and streams as CSV, a model as a file, scores as CSV."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.fitting import fit
from app.analysis.detector.model import Model
from app.analysis.detector.model_file import BadModel, from_bytes, to_bytes
from app.analysis.detector.recording import SENSORS, Floats, Recording, recording
from app.analysis.detector.rows import Rows, rows_of
from app.analysis.detector.scoring import judge
from app.messages import Rejected

MACHINE = ("device", "manufacturer", "model")
LONGEST_META = 65_536
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Stream:
    """A recording from a file; `place` says for each row of the file which row was the newest kept by then."""

    recording: Recording
    place: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Scored:
    """`exchanged`: the model belongs to another machine, so that plain signs alone were looked at."""

    rows: Rows
    model: Model
    exchanged: bool


def machine_of(meta: str) -> dict[str, str]:
    """Device, manufacturer and model from a JSON object, or from a file with one. Raises Rejected."""
    try:
        text = meta if meta.lstrip().startswith("{") else Path(meta).read_text(encoding="utf-8-sig")[:LONGEST_META]
        given = json.loads(text)
    except OSError as error:
        raise Rejected("%(path)s cannot be read: %(reason)s", path=meta, reason=error.strerror) from error
    except ValueError as error:
        raise Rejected("%(path)s is not a JSON object with device, manufacturer and model", path=meta) from error
    if not isinstance(given, dict):
        raise Rejected("%(path)s is not a JSON object with device, manufacturer and model", path=meta)
    return {name: str(given.get(name, "")) for name in MACHINE}


def read(path: Path) -> Stream:
    """The rows of a CSV file with a `timestamp` column. What is no number is not delivered. Raises Rejected."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = _rows(csv.reader(line.replace("\0", "") for line in file))
            heading = [name.strip() for name in next(rows, [])]
            if "timestamp" not in heading:
                raise Rejected("%(path)s has no column timestamp in its first line", path=path)
            content = list(rows)
    except OSError as error:
        raise Rejected("%(path)s cannot be read: %(reason)s", path=path, reason=error.strerror) from error
    except csv.Error as error:
        raise Rejected("%(path)s is not a CSV file: %(reason)s", path=path, reason=error) from error
    _refuse_an_export(path, heading, content)
    columns = _columns(heading, content)
    at = columns["timestamp"]
    mode = columns.get("mode", np.full(len(at), np.nan))
    return Stream(*recording(at, mode, {name: columns[name] for name in SENSORS if name in columns}))


def _refuse_an_export(path: Path, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """What `export` writes looks alike, but one of its columns means another quantity."""
    place = heading.index("timestamp")
    first = rows[0][place] if rows and place < len(rows[0]) else ""
    if not _ISO.match(first):
        return
    raise Rejected(
        "%(path)s has times such as %(first)s instead of unix seconds, as `export` writes them: its columns mean other"
        " things (power_current is heat there). `detect backtest` judges the history that is kept here",
        path=path,
        first=first,
    )


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in reader if row)


def _columns(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Floats]:
    wanted = {name: place for place, name in enumerate(heading) if name in ("timestamp", "mode", *SENSORS)}
    return {
        name: np.array([_number(row[place]) if place < len(row) else np.nan for row in rows], dtype=np.float64)
        for name, place in wanted.items()
    }


def _number(text: str) -> float:
    if not text:
        return np.nan
    try:
        return float(text)
    except ValueError:
        return np.nan


def learn(machine: Mapping[str, str], history: Path, output: Path) -> Model:
    """Fit a model to a history and write it. Raises Rejected."""
    model = fit(read(history).recording, machine)
    try:
        output.write_bytes(to_bytes(model))
    except OSError as error:
        raise Rejected("%(path)s cannot be written: %(reason)s", path=output, reason=error.strerror) from error
    return model


def score(machine: Mapping[str, str], model: Path, stream: Path, output: Path) -> Scored:
    """Score each row of a stream with a model and write `score,alarm,top`. Raises Rejected."""
    learned = opened(model)
    exchanged = any(machine[name] != learned.machine.get(name) for name in ("manufacturer", "model"))
    if exchanged:
        learned = fit(recording(*_nothing())[0], machine)
    rows = read(stream)
    scored = rows_of(judge(learned, rows.recording), rows.recording, rows.place)
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("score", "alarm", "top"))
            alarm = scored.alarm.astype(int).tolist()
            writer.writerows(
                (f"{one:.4f}", two, three)
                for one, two, three in zip(scored.score.tolist(), alarm, scored.top, strict=True)
            )
    except OSError as error:
        raise Rejected("%(path)s cannot be written: %(reason)s", path=output, reason=error.strerror) from error
    return Scored(scored, learned, exchanged)


def opened(path: Path) -> Model:
    """Raises Rejected."""
    try:
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise Rejected("%(path)s cannot be read: %(reason)s", path=path, reason=error.strerror) from error
    except BadModel as error:
        raise Rejected("%(path)s: %(reason)s", path=path, reason=str(error)) from error


def _nothing() -> tuple[Floats, Floats, dict[str, Floats]]:
    return np.zeros(0), np.zeros(0), {}
