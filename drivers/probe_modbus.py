"""Which machine answers on Modbus TCP: the signs of every model, asked so that no machine is harmed by a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from drivers import recognise
from drivers.base import Answer, Connection
from drivers.discovered import Found
from drivers.errors import BadAnswer, Unreachable
from drivers.modbus_line import Line
from drivers.modbus_read import Read
from drivers.model import Model
from drivers.recognise import Verdict

UNITS = (1, 0, 2)
"""Unit ids that are seen in the field; the usual one first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the signs of one model brought."""

    model: Model
    answer: Answer
    verdict: Verdict

    @property
    def refused_some(self) -> bool:
        return any(sample.raw is None for sample in self.answer.samples.values())

    @property
    def named(self) -> str | None:
        """How another machine is called that these signs know. A refusal alone names nobody: every stranger refuses."""
        answered = any(sample.raw is not None for sample in self.answer.samples.values())
        return self.verdict.machine if answered else None


def probe_modbus(
    host: str, port: int, models: Sequence[Model], timeout_s: float, units: Sequence[int] = UNITS
) -> Found:
    """Ask for the signs behind each of these units until one is understood. Reads registers of the catalogue only."""
    silent = Found(host, port, "silent", "modbus_tcp")
    worst = silent
    with closing(Line(host, port)) as line:
        for unit_id in units:
            found = _behind(line, unit_id, models, timeout_s)
            if found.says in ("model", "other"):
                return found
            if found.says in ("closed", "nobody", "foreign"):
                return found if worst is silent else worst
            if worst is silent:
                worst = found
    return worst


def _behind(line: Line, unit_id: int, models: Sequence[Model], timeout_s: float) -> Found:
    unknown = Found(line.host, line.port, "unknown", "modbus_tcp", unit_id=unit_id)
    asked: list[_Asked] = []
    try:
        for each in _asked(line, unit_id, models, timeout_s):
            asked.append(each)
    except Unreachable as failure:
        if not asked:
            says = {"silent": "silent", "nobody": "nobody", "name": "nobody"}.get(failure.cause or "", "closed")
            return replace(unknown, says=says)  # type: ignore[arg-type]
    except BadAnswer:
        if not asked:
            return replace(unknown, says="foreign")
    fitting = sorted((each for each in asked if each.verdict.says == "fits"), key=_strength, reverse=True)
    if fitting:
        alike = tuple(each.model for each in fitting[1:] if _strength(each) == _strength(fitting[0]))
        return replace(unknown, says="model", model=fitting[0].model, alike=alike)
    named = next((each.named for each in asked if each.named), None)
    return unknown if named is None else replace(unknown, says="other", machine=named)


def _strength(asked: _Asked) -> tuple[int, int]:
    return asked.verdict.exact, len(asked.model.signs)


def _asked(line: Line, unit_id: int, models: Sequence[Model], timeout_s: float) -> Iterator[_Asked]:
    """First the models that are told by input registers, which no machine minds to be asked for.

    Some controllers take harm from a read of the wrong holding register. So these are only asked for when nothing
    fits, and when the machine lacks what any of those models has.
    """
    signed = [model for model in models if model.signs and model.driver == "modbus_tcp"]
    harmless = [model for model in signed if _told_by_inputs(model)]
    connection = Connection(line.host, line.port, unit_id, timeout_s)
    first: list[_Asked] = []
    for model in harmless:
        first.append(_ask(line, connection, model))
        yield first[-1]
    if any(each.verdict.says == "fits" or each.named or not each.refused_some for each in first):
        return
    for model in signed:
        if model not in harmless:
            yield _ask(line, connection, model)


def _told_by_inputs(model: Model) -> bool:
    return all(sensor.table == "input" for sensor in recognise.sensors_that_tell(model))


def _ask(line: Line, connection: Connection, model: Model) -> _Asked:
    read = Read(line, connection)
    sensors = recognise.sensors_that_tell(model)
    for sensor in sensors:
        read.point(sensor)
    answer = read.answer(sensors)
    return _Asked(model, answer, recognise.verdict(model, answer))
