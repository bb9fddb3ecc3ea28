"""The rules a model must keep; each broken one is an error that names file, sensor and rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from drivers.errors import BadCatalogue, OutOfRange
from drivers.model import Model
from drivers.sensor import PRODUCT, Sensor, Write
from drivers.wire import decoded, encoded

NAMED_TYPES = ("number", "word", "switch")

LONGEST_READ = 125
"""Words that one Modbus request can carry (Modbus Application Protocol 1.1b3, 6.3)."""

LONGEST_WITHIN_S = 60
"""Nobody waits longer for a written value to be read back."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """Its tables and the first true place of each, the usual one first; whether places have names or numbers."""

    tables: Mapping[str, int]
    named: bool = False
    by_command: bool = False
    """A setting is changed by a command that the catalogue names."""

    @property
    def usual_table(self) -> str:
        return next(iter(self.tables))


PROTOCOLS = {
    "modbus_tcp": Protocol({"holding": 0, "input": 0, "coil": 0, "discrete": 0}),
    # calculations 0–9 are left-overs of other answers
    "luxtronik": Protocol({"parameters": 0, "calculations": 10, "visibilities": 0}),
    # the one that controls the house, and the one that everybody hears; their names differ from house to house
    "ebusd": Protocol({"hmu": 0, "ctl": 0, "broadcast": 0}, named=True),
    "viessmann": Protocol({"features": 0}, named=True, by_command=True),
}
"""What a place is called in each protocol."""


def protocol(driver: str) -> Protocol:
    return PROTOCOLS.get(driver, PROTOCOLS["modbus_tcp"])


def check(file_name: str, model: Model) -> None:
    """Raises BadCatalogue for the first rule that this model breaks."""
    for complaint in _complaints(model):
        raise BadCatalogue(f"{file_name}: {complaint}")


def _complaints(model: Model) -> Iterator[str]:
    if not 1 <= model.reads.max_count <= LONGEST_READ:
        yield f"reads: max_count {model.reads.max_count} is not one of 1..{LONGEST_READ}"
    for place in sorted(frozenset().union(*model.reads.never_together)):
        if place not in {sensor.at for sensor in model.registers.values()}:
            yield f"reads: never_together names {place}, where no sensor begins"
    yield from _about_reads(model)
    if not 0 <= model.writes.within_s <= LONGEST_WITHIN_S:
        yield f"writes: within {model.writes.within_s} is not one of 0..{LONGEST_WITHIN_S}"
    if model.writes.endurance is not None and model.writes.endurance < 1:
        yield f"writes: endurance {model.writes.endurance} must be above 0"
    yield from _about_options(model)
    yield from _about_signs(model)
    for sensor_id, pattern in model.write_refused_when.items():
        if model.every_sensor.get(sensor_id) is None or model.every_sensor[sensor_id].type not in ("text", "word"):
            yield f"write_refused_when: {sensor_id!r} is not a sensor of the type text or word"
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"write_refused_when: {pattern!r} is no pattern: {error}"
    for sensor in model.registers.values():
        yield from (f"{sensor.id}: {complaint}" for complaint in _about_sensor(model, sensor))
        if sensor.elsewhere is not None:
            yield from (f"{sensor.id}: elsewhere: {complaint}" for complaint in _about_elsewhere(model, sensor))
    yield from _about_places(model)
    yield from _about_former_names(model)
    for chart in model.dashboard:
        unknown = [sensor_id for sensor_id in chart.sensors if sensor_id not in model.every_sensor]
        if unknown:
            yield f"dashboard: {chart.title.en}: {unknown[0]!r} is not one of the sensors"


def _about_former_names(model: Model) -> Iterator[str]:
    seen: set[str] = set()
    for sensor in model.every_sensor.values():
        if sensor.formerly and (sensor.formerly in seen or sensor.formerly in model.every_sensor):
            yield f"{sensor.id}: formerly {sensor.formerly!r} is another sensor"
        seen.add(sensor.formerly)


def _about_reads(model: Model) -> Iterator[str]:
    reads, usual = model.reads, model.connection
    if not 0 <= reads.answer_s <= usual.timeout:
        yield f"reads: answer_seconds {reads.answer_s:g} is not one of 0..{usual.timeout:g}, the usual time-out"
    teller = reads.word_order_from
    if teller is not None and (
        teller.sensor not in model.every_sensor or model.every_sensor[teller.sensor].words > 1 or not teller.codes
    ):
        yield f"reads: word_order_from {teller.sensor!r} is not a sensor of one word with codes"


def _about_options(model: Model) -> Iterator[str]:
    for name, option in model.options.items():
        for choice in option.default:
            if choice not in option.choices:
                yield f"options: {name}: default {choice!r} is not one of {', '.join(option.choices)}"
        for choice, sensor_ids in option.fitted_when.items():
            for sensor_id in sensor_ids:
                if sensor_id not in model.every_sensor:
                    yield f"options: {name}: fitted_when {sensor_id!r} ({choice}) is not one of the sensors"


def _about_signs(model: Model) -> Iterator[str]:
    for sign in model.signs:
        sensor = model.registers.get(sign.sensor)
        if sensor is None or not sensor.readable:
            yield f"recognise: {sign.sensor!r} is not a register that can be read"
        elif sensor.optional and sign.refused is not None:
            yield f"recognise: {sign.sensor} is optional, so that its absence tells nothing"
        if not sign.sources or not set(sign.sources) <= set(model.sources):
            yield f"recognise: {sign.sensor}: every sign cites one of the sources"
        for value in sign.answers:
            if sensor is not None and sensor.states and isinstance(value, str) and value not in sensor.states.values():
                yield f"recognise: {sign.sensor}: {value!r} is not one of its states"
        for value in sign.other:
            if value in sign.answers:
                yield f"recognise: {sign.sensor}: {value!r} is said to be this model and another one"


def _about_sensor(model: Model, sensor: Sensor) -> Iterator[str]:
    if not sensor.sources:
        yield "names no source"
    for source in sensor.sources:
        if source not in model.sources:
            yield f"source {source!r} is not one of the sources"
    tables = protocol(model.driver).tables
    if sensor.table not in tables:
        yield f"table {sensor.table!r} is not one of {', '.join(tables)}"
    elif 0 <= sensor.at < tables[sensor.table]:
        yield f"{sensor.table} below {tables[sensor.table]} hold nothing true"
    yield from _about_type(sensor)
    if not sensor.at >= 0 or sensor.end > 0x10000:
        yield f"address {sensor.at} is outside 0..65535"
    products = model.options[PRODUCT].choices if PRODUCT in model.options else ()
    for product in sorted(sensor.products.difference(products)):
        yield f"product {product!r} is not one of the choices of the option {PRODUCT}"
    if sensor.words > model.reads.max_count:
        yield f"{sensor.words} words are more than one read may take ({model.reads.max_count})"
    if sensor.scale <= 0:
        yield f"scale {sensor.scale} must be above 0"
    if sensor.divide < 1 or (sensor.divide > 1 and sensor.write):
        yield f"divide {sensor.divide} must be 1 or more, and 1 for a setting"
    yield from _about_bits(sensor)
    if sensor.states and (sensor.scale != 1 or sensor.type in ("float32", "number", "switch")):
        yield "states are codes: they need an integer type without a scale, or the type word"
    if sensor.write:
        yield from _about_write(sensor, sensor.write)
        yield from _about_command(sensor, sensor.write, protocol(model.driver).by_command)


def _about_bits(sensor: Sensor) -> Iterator[str]:
    if (sensor.type == "bit") != (sensor.table in ("coil", "discrete")):
        yield "type bit and the tables coil and discrete belong together"
    if sensor.bit is not None and (sensor.type != "uint16" or not 0 <= sensor.bit <= 15 or sensor.write):
        yield f"bit {sensor.bit} must be one of 0..15 of a uint16, and is read only"


def _about_type(sensor: Sensor) -> Iterator[str]:
    if (sensor.type in NAMED_TYPES) != bool(sensor.path):
        yield f"type {sensor.type} is for places with " + ("a name" if sensor.type in NAMED_TYPES else "a number")
    if sensor.path and (sensor.divide != 1 or sensor.overflow is not None):
        yield "divide and overflow are for registers"
    if sensor.type == "switch" and (sensor.kind != "switch" or len(set(sensor.off_on)) < 2):
        yield "a switch needs the kind switch, and two texts in off_on"


def _about_elsewhere(model: Model, sensor: Sensor) -> Iterator[str]:
    if not sensor.optional:
        yield "a machine that keeps it there lacks the first place: it must be optional"
    if sensor.write is not None:
        yield "a setting is written in one place only"
    if sensor.part:
        yield "a repeated register has one place per part"
    if sensor.elsewhere is not None:
        yield from _about_sensor(model, sensor.elsewhere)


def _about_write(sensor: Sensor, write: Write) -> Iterator[str]:
    if write.minimum is not None and write.maximum is not None and write.minimum > write.maximum:
        yield f"write: minimum {write.minimum} is above the maximum {write.maximum}"
    if write.function == 6 and sensor.words > 1:
        yield f"write: function 6 writes one word, and {sensor.type} has {sensor.words}"
    if write.step is not None and sensor.type not in ("float32", "number") and round(write.step / sensor.scale, 6) % 1:
        yield f"write: step {write.step} is no multiple of the register's own step {sensor.scale:g}"
    if write.alternate is not None and (write.alternate <= 0 or write.refresh_s is None or sensor.states):
        yield f"write: alternate {write.alternate} is a distance above 0 between the numbers of a refreshed value"
    for code in write.states or ():
        if code not in sensor.states:
            yield f"write: {code} is not one of the states"
    for limit in (write.minimum, write.maximum, write.neutral):
        if limit is None or sensor.states:
            continue
        try:
            back = decoded(sensor, encoded(sensor, limit))
        except OutOfRange as error:
            yield f"write: limit {limit} cannot be encoded: {error}"
            continue
        if back is not None and back != limit:
            yield f"write: limit {limit} reads back as {back}"


def _about_command(sensor: Sensor, write: Write, wanted: bool) -> Iterator[str]:
    if wanted != bool(write.command or write.commands):
        yield "write: " + ("needs command and parameter, or commands" if wanted else "there are no commands here")
    if bool(write.command) != bool(write.parameter) or (write.command and write.commands):
        yield "write: a command carries its value in a parameter, and commands carry none"
    if write.commands and set(write.commands) != set(sensor.off_on if sensor.type == "switch" else sensor.states):
        yield "write: commands must name every value as it travels"


def _about_places(model: Model) -> Iterator[str]:
    registers = model.registers.values()
    places = [*registers, *(each.elsewhere for each in registers if each.elsewhere)]
    yield from _about_names([sensor for sensor in places if sensor.path])
    numbered = [each for each in places if not each.path]
    ordered = sorted(numbered, key=lambda sensor: (sensor.table, sensor.at, -1 if sensor.bit is None else sensor.bit))
    for _, group in groupby(ordered, key=lambda sensor: sensor.table):
        sensors = list(group)
        for before, sensor in pairwise(sensors):
            if sensor.at == before.at and None not in (sensor.bit, before.bit) and sensor.bit != before.bit:
                continue
            if sensor.at == before.at:
                yield f"{sensor.id}: has the same address {sensor.at} as {before.id}"
            elif sensor.at < before.end and frozenset((before.at, sensor.at)) not in model.reads.never_together:
                yield (
                    f"{sensor.id}: overlaps {before.id} at {sensor.at}; "
                    f"if the controller keeps both, list [{before.at}, {sensor.at}] under never_together"
                )


def _about_names(places: Sequence[Sensor]) -> Iterator[str]:
    """Capitals tell no two names apart: some who answer to them do not mind those."""
    taken: dict[tuple[str, str], Sensor] = {}
    for sensor in places:
        before = taken.setdefault((sensor.table, sensor.path.lower()), sensor)
        if before is not sensor:
            yield f"{sensor.id}: has the same place {sensor.path} as {before.id}"
