"""Which machine answers on Modbus TCP: the signs of every model, asked so that no machine is harmed by a question."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from drivers import recognise
from drivers.base import Answer, Connection
from drivers.discovered import Found, Says
from drivers.errors import BadAnswer, DriverError, Unreachable
from drivers.modbus_line import Line
from drivers.modbus_read import Read
from drivers.model import Model, Sign
from drivers.recognise import Verdict
from drivers.sensor import PRODUCT

HARMLESS = frozenset({"input", "discrete", "coil"})
"""Tables that no machine minds to be asked for; a read of the wrong holding register does harm to some."""

UNITS = (1, 0, 2)
"""Unit ids that are seen in the field; the usual one first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the signs of one model brought."""

    model: Model
    answer: Answer
    verdict: Verdict

    @property
    def fits(self) -> bool:
        return self.verdict.says == "fits" and self.tells_something

    @property
    def tells_something(self) -> bool:
        """Zeros everywhere prove nothing: programs that nobody has filled answer so."""
        return any(any(sample.raw) for sample in self.answer.samples.values() if isinstance(sample.raw, tuple))

    @property
    def refused_some(self) -> bool:
        return any(self._refused(sign) for sign in self.model.signs)

    @property
    def named(self) -> str | None:
        """Another machine that these signs know by a value that it gives."""
        return next((each.machine for sign, each in self._judged() if each.machine and not self._refused(sign)), None)

    @property
    def named_by_refusal(self) -> str | None:
        """Another machine that lacks a register: every stranger does, so the rest must be like this model."""
        machine = next((each.machine for sign, each in self._judged() if each.machine and self._refused(sign)), None)
        against = [each for sign, each in self._judged() if each.says == "other" and not self._refused(sign)]
        return machine if self.tells_something and self.alike and not against else None

    @property
    def alike(self) -> int:
        """How many signs fit."""
        return sum(each.says == "fits" for _, each in self._judged())

    def _judged(self) -> list[tuple[Sign, Verdict]]:
        return [(sign, recognise.judge(sign, self.answer)) for sign in self.model.signs]

    def _refused(self, sign: Sign) -> bool:
        return self.answer.samples[sign.sensor].raw is None


def probe_modbus(
    host: str, port: int, models: Sequence[Model], timeout_s: float, units: Sequence[int] = UNITS
) -> Found:
    """Ask for the signs behind each of these units until one is understood. Reads registers of the catalogue only."""
    silent = Found(host, port, "silent", "modbus_tcp")
    worst = silent
    with closing(Line(host, port)) as line:
        for unit_id in units:
            found = _behind(line, unit_id, models, timeout_s)
            if found.says == "silent" and unit_id == units[0]:
                found = _by_its_name(line, unit_id, models, timeout_s) or found
            if found.says in ("model", "other"):
                return found
            if found.says in ("closed", "nobody", "foreign"):
                return found if worst is silent else worst
            if worst is silent:
                worst = found
    if worst.says == "silent" and any(model.connection.framing for model in models):
        with closing(Line(host, port, "rtu")) as serial:
            return _by_its_name(serial, units[0], models, timeout_s) or worst
    return worst


def _by_its_name(line: Line, unit_id: int, models: Sequence[Model], timeout_s: float) -> Found | None:
    """Of a machine that tells what it is (Modbus function 0x2B), and is a product of one of the models."""
    identifying = [model for model in models if model.reads.identifies and PRODUCT in model.options]
    if not identifying:
        return None
    try:
        name = line.identification(unit_id, timeout_s)
    except DriverError:
        return None
    model = next((each for each in identifying if each.options[PRODUCT].named(name.product)), None)
    if model is None:
        return None
    framing = line.framing if model.connection.framing else None
    return Found(
        line.host, line.port, "model", "modbus_tcp", model, unit_id=unit_id, machine=str(name), framing=framing
    )


def _behind(line: Line, unit_id: int, models: Sequence[Model], timeout_s: float) -> Found:
    """First the models that are told without holding registers, then what the machine calls itself.

    Holding registers are only asked for when nothing fits, and when the machine lacks what any of those models has.
    """
    unknown = Found(line.host, line.port, "unknown", "modbus_tcp", unit_id=unit_id)
    connection = Connection(line.host, line.port, unit_id, timeout_s)
    signed = [model for model in models if model.signs and model.driver == "modbus_tcp"]
    # a machine that does not know the function for bits may not even refuse it: it is asked last
    harmless = sorted((model for model in signed if _told_harmlessly(model)), key=_told_by_bits)
    asked: list[_Asked] = []
    failure = _gather(asked, harmless, line, connection)
    if failure is not None and not asked:
        return replace(unknown, says=_said_by(failure))
    if not any(each.fits or each.named for each in asked):
        found = _by_its_name(line, unit_id, models, timeout_s)
        if found is not None:
            return found
        if all(each.refused_some for each in asked):
            _gather(asked, [model for model in signed if model not in harmless], line, connection)
    return _concluded(unknown, asked)


def _gather(asked: list[_Asked], models: Sequence[Model], line: Line, connection: Connection) -> DriverError | None:
    """Ask for the signs of these models, as long as somebody answers; why it ended early."""
    try:
        for model in models:
            asked.append(_ask(line, connection, model))
    except (Unreachable, BadAnswer) as failure:
        return failure
    return None


def _said_by(failure: DriverError) -> Says:
    if isinstance(failure, BadAnswer):
        return "foreign"
    if failure.cause == "silent":
        return "silent"
    return "nobody" if failure.cause in ("nobody", "name") else "closed"


def _concluded(unknown: Found, asked: Sequence[_Asked]) -> Found:
    fitting = sorted((each for each in asked if each.fits), key=_strength, reverse=True)
    if fitting:
        alike = tuple(each.model for each in fitting[1:] if _strength(each) == _strength(fitting[0]))
        return replace(unknown, says="model", model=fitting[0].model, alike=alike)
    named = next((each.named for each in asked if each.named), None)
    lacking = max((each for each in asked if each.named_by_refusal), key=lambda each: each.alike, default=None)
    if named is None and lacking is not None:
        named = lacking.named_by_refusal
    return unknown if named is None else replace(unknown, says="other", machine=named)


def _strength(asked: _Asked) -> tuple[int, int, int]:
    """A model that rules out the machines it could be taken for says more than one that does not know of them."""
    signs = asked.model.signs
    return sum(sign.warns for sign in signs), asked.verdict.exact, len(signs)


def _told_harmlessly(model: Model) -> bool:
    return all(sensor.table in HARMLESS for sensor in recognise.sensors_that_tell(model))


def _told_by_bits(model: Model) -> bool:
    return any(sensor.table != "input" for sensor in recognise.sensors_that_tell(model))


def _ask(line: Line, connection: Connection, model: Model) -> _Asked:
    read = Read(line, connection)
    sensors = recognise.sensors_that_tell(model)
    for sensor in sensors:
        read.point(sensor)
    answer = read.answer(sensors)
    return _Asked(model, answer, recognise.verdict(model, answer))
