"""Which machine answers here: what the signs of a model say about the values that it gives. Pure; asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.base import Answer, Sample, Value
from drivers.errors import Refused
from drivers.model import Model, Sign
from drivers.sensor import Sensor

Says = Literal["fits", "other", "unclear"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fits`: every sign does; `other`: one speaks against it; `unclear`: a sign is missing, or there are none.

    `machine` names the other machine where the catalogue knows it. `exact` counts the fitting signs whose values
    hardly another maker's machine gives by chance: where several models fit, the one with the most is meant.
    """

    says: Says
    machine: str | None = None
    exact: int = 0


def sensors_that_tell(model: Model) -> tuple[Sensor, ...]:
    """What to read of a machine to recognise it, in the order of the file."""
    return tuple(model.every_sensor[sign.sensor] for sign in model.signs)


def verdict(model: Model, answer: Answer) -> Verdict:
    """What this answer says about the machine that gave it. A sign that was not asked for leaves it unclear."""
    said = [judge(sign, answer) for sign in model.signs]
    against = [each for each in said if each.says == "other"]
    if against:
        return next((each for each in against if each.machine), against[0])
    if not said or any(each.says == "unclear" for each in said):
        return Verdict("unclear")
    return Verdict("fits", exact=sum(each.exact for each in said))


def judge(sign: Sign, answer: Answer) -> Verdict:
    """What one sign says, by itself."""
    sample = answer.samples.get(sign.sensor)
    if sample is None or isinstance(answer.problems.get(sign.sensor), Refused):  # busy is no answer
        return Verdict("unclear")
    if sample.raw is None:
        return Verdict("other", sign.refused)
    return _judged(sign, sample)


def _judged(sign: Sign, sample: Sample) -> Verdict:
    for answered, machine in sign.other.items():
        if _same(answered, sample.value):
            return Verdict("other", machine)
    if sign.answers:
        fits = any(_same(answer, sample.value) for answer in sign.answers)
        if fits:
            return Verdict("fits", exact=1)
        return Verdict("unclear" if sample.value is None else "other")
    if sign.least is None or sign.most is None:
        return Verdict("fits")
    if not isinstance(sample.value, int | float):
        return Verdict("unclear")
    return Verdict("fits") if sign.least <= sample.value <= sign.most else Verdict("other")


def _same(said: str | float | None, value: Value) -> bool:
    """A code without a word is shown as its number in text."""
    if said is None or value is None:
        return said is value
    if isinstance(said, str) or not isinstance(value, str):
        return said == value
    return f"{said:g}" == value
