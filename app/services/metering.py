"""The owner's answers about a heat pump's source and meters, and the boundary that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import msgspec

from app.analysis import boundary
from app.analysis.boundary import Boundary
from app.messages import Invalid
from app.store import days, metering
from app.store.heatpumps import HeatPump
from app.system import System

Source = Literal["air", "brine", "water", "air to air"]
Counted = Literal["none", "counted", "not counted"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What heat is taken from, and which consumers the electricity that is counted includes."""

    source: Source
    building_pumps: bool
    backup_heater: Counted
    source_pump: Counted

    @property
    def boundary(self) -> Boundary:
        return boundary.of(
            boundary.Metering(
                self.building_pumps, self.backup_heater, self.source_pump, air_to_air=self.source == "air to air"
            )
        )

    @property
    def ground_source(self) -> bool:
        return self.source in ("brine", "water")


def of(system: System, pump: HeatPump) -> Answers | None:
    """None when the owner was not asked yet."""
    kept = metering.answers(system.database.connection(), pump.id)
    return None if kept is None else msgspec.json.decode(kept, type=Answers)


def boundaries(system: System) -> dict[str, Boundary]:
    """By heat pump, of those whose owner was asked."""
    kept = metering.all_answers(system.database.connection())
    return {heatpump_id: msgspec.json.decode(each, type=Answers).boundary for heatpump_id, each in kept.items()}


def answer(system: System, pump: HeatPump, sent: Mapping[str, Any]) -> Answers:
    """Keep the answers; figures that depend on the source are computed anew. Raises Invalid."""
    given = checked(sent)
    before = of(system, pump)
    with system.database.transaction() as db:
        metering.answer(db, pump.id, msgspec.json.encode(asdict(given)).decode())
        if given.ground_source != (before is not None and before.ground_source):
            days.forget_all(db, pump.id)
    return given


def checked(sent: Mapping[str, Any]) -> Answers:
    """The answers in full. Raises Invalid, naming the field."""
    for key in sent:
        if key not in Answers.__slots__:
            raise Invalid(key, "there is no such field; known are %(known)s", known=", ".join(Answers.__slots__))
    building_pumps = sent.get("building_pumps")
    if not isinstance(building_pumps, bool):
        raise Invalid("building_pumps", "%(value)r is neither true nor false", value=building_pumps)
    return Answers(
        source=_one_of("source", sent.get("source"), get_args(Source)),
        building_pumps=building_pumps,
        backup_heater=_one_of("backup_heater", sent.get("backup_heater"), get_args(Counted)),
        source_pump=_one_of("source_pump", sent.get("source_pump"), get_args(Counted)),
    )


def _one_of(field: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise Invalid(field, "%(value)s is not one of %(choices)s", value=value, choices=", ".join(choices))
    return value
