"""From a model's YAML file to the Model: repeats unrolled, defaults filled in, words looked up, rules checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from drivers import derived_file, model_rules, yaml_file
from drivers.decode import word_count
from drivers.derived_shape import DerivedEntry
from drivers.errors import BadCatalogue
from drivers.model import Chart, Model, Option, Reads, Sign, UsualConnection, WordOrderTeller, Writes
from drivers.model_shape import (
    At,
    Defaults,
    Elsewhere,
    ModelFile,
    OptionEntry,
    Range,
    ReadsEntry,
    RepeatEntry,
    SensorEntry,
    SignEntry,
    WriteEntry,
)
from drivers.sensor import Sensor, Text, Write
from drivers.vocabulary import Vocabulary, Word, load_vocabulary

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """Where in the repetition a register stands: the words for titles and ids, and its index per name."""

    words: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, int] = field(default_factory=dict)
    options: tuple[tuple[str, str], ...] = ()

    @property
    def id_words(self) -> dict[str, str]:
        return {name: word.lower() for name, word in self.words.items()}


def load_model(path: Path, vocabulary: Vocabulary | None = None) -> Model:
    """Read, expand and check one model file. Raises BadCatalogue naming the file, the sensor and the rule."""
    file = yaml_file.read(path, ModelFile)
    expansion = _Expansion(path.name, file, vocabulary or load_vocabulary())
    model = Model(
        manufacturer=file.manufacturer,
        id=file.model,
        manufacturer_title=file.manufacturer_title,
        title=file.title,
        driver=file.driver,
        connection=UsualConnection(**msgspec.structs.asdict(file.connection)),
        capabilities=file.capabilities,
        setup=_filled(file.setup.text, {}, f"{path.name}: setup"),
        sources=file.sources,
        options={name: _option(entry, f"{path.name}: options: {name}") for name, entry in file.options.items()},
        reads=_reads(file.reads),
        every_sensor=expansion.sensors(),
        dashboard=tuple(
            Chart(_filled(entry.title.text, {}, f"{path.name}: dashboard"), entry.type, entry.sensors)
            for entry in file.dashboard
        ),
        signs=tuple(_sign(entry) for entry in file.recognise),
        write_refused_when=file.write_refused_when,
        register_list=_filled(file.register_list.text, {}, f"{path.name}: register_list")
        if file.register_list
        else None,
        writes=Writes(file.writes.within, file.writes.endurance),
    )
    model_rules.check(path.name, model)
    return model


def _reads(entry: ReadsEntry) -> Reads:
    teller = entry.word_order_from
    return Reads(
        max_count=entry.max_count,
        never_together=tuple(frozenset(places) for places in entry.never_together),
        one_by_one=entry.one_by_one,
        answer_s=entry.answer_seconds,
        functions=entry.functions,
        word_order_from=None if teller is None else WordOrderTeller(teller.sensor, teller.codes),
        gaps=_gaps(entry),
        max_age=entry.max_age,
    )


def _option(entry: OptionEntry, where: str) -> Option:
    choices = tuple(str(choice) for choice in entry.choices)
    fitted_when = {
        choice: tuple(
            _filled(each.format_map, {"choice": choice.lower()}, f"{where}: fitted_when") for each in entry.fitted_when
        )
        for choice in choices
    }
    default = tuple(str(choice) for choice in entry.default)
    return Option(_filled(entry.title.text, {}, where), choices, default, entry.unfitted, fitted_when)


def _sign(entry: SignEntry) -> Sign:
    if isinstance(entry.answers, Range):
        least, most = entry.answers.min, entry.answers.max
        return Sign(entry.sensor, entry.sources, (), least, most, entry.other, entry.refused)
    return Sign(entry.sensor, entry.sources, entry.answers or (), other=entry.other, refused=entry.refused)


class _Expansion:
    """From entries to sensors: repeats unrolled, defaults filled in, words looked up."""

    def __init__(self, file_name: str, file: ModelFile, vocabulary: Vocabulary) -> None:
        self.file_name = file_name
        self.file = file
        self.vocabulary = vocabulary
        self.state_titles = vocabulary.states | file.states

    def sensors(self) -> dict[str, Sensor]:
        found: dict[str, Sensor] = {}
        for template, content, part in self._entries():
            sensor = self._sensor(template, content, part)
            if sensor.id in found:
                raise self._broken(sensor.id, "stands twice")
            found[sensor.id] = sensor
        return self._derived(found) | found

    def _derived(self, registers: Mapping[str, Sensor]) -> dict[str, Sensor]:
        """What follows from the registers; first in the catalogue's order, as the quantities that makers share."""
        known = dict(registers)
        for sensor_id in derived_file.in_order(self.file.derived, self.file_name):
            entry = self.file.derived[sensor_id]
            if sensor_id in registers:
                raise self._broken(sensor_id, "stands twice, as a register and as derived")
            word = self._word(sensor_id, sensor_id, entry)
            titles = {
                name: _filled(title.text, {}, f"{self.file_name}: {name}") for name, title in self.state_titles.items()
            }
            title = _filled(word.title.text, {}, f"{self.file_name}: {sensor_id}")
            try:
                known[sensor_id] = derived_file.derived_sensor(sensor_id, entry, word, title, titles, known)
            except derived_file.NoRule as reason:
                raise self._broken(sensor_id, f"derived: {reason}") from None
        return {sensor_id: known[sensor_id] for sensor_id in self.file.derived}

    def _entries(self) -> Iterator[tuple[str, dict[str, Any], Part]]:
        for template, content in self.file.sensors.items():
            yield template, content, Part()
        for repeat in self.file.repeat:
            for part in self._parts(repeat):
                for template, content in repeat.sensors.items():
                    yield template, content, part

    def _parts(self, repeat: RepeatEntry) -> Iterator[Part]:
        names = list(repeat.over)
        choices = [self._choices(repeat.over[name]) for name in names]
        for combination in product(*(enumerate(each) for each in choices)):
            words = {name: word for name, (_, word) in zip(names, combination, strict=True)}
            yield Part(
                words=words,
                indexes={name: index for name, (index, _) in zip(names, combination, strict=True)},
                options=tuple((over, words[name]) for name, over in repeat.over.items() if isinstance(over, str)),
            )

    def _choices(self, over: str | tuple[str | int, ...]) -> list[str]:
        if not isinstance(over, str):
            return [str(choice) for choice in over]
        if over not in self.file.options:
            raise BadCatalogue(f"{self.file_name}: repeat: {over!r} is not one of the options")
        return [str(choice) for choice in self.file.options[over].choices]

    def _sensor(self, template: str, content: dict[str, Any], part: Part) -> Sensor:
        entry = yaml_file.shaped(content, SensorEntry, f"{self.file_name}: {template}")
        sensor_id = _filled(template.format_map, part.id_words, f"{self.file_name}: {template}")
        word = self._word(template, sensor_id, entry)
        defaults = self.file.defaults
        at, path = self._place(template, entry.at, part)
        sensor = Sensor(
            id=sensor_id,
            title=_filled(word.title.text, part.words, f"{self.file_name}: {sensor_id}"),
            unit=word.unit,
            category=word.category,
            kind=word.kind,
            table=self._table(entry.table),
            at=at,
            path=path,
            type=entry.type,
            words=0 if path else word_count(entry.type, entry.length),
            word_order=entry.word_order or defaults.word_order,
            scale=entry.scale,
            tier=entry.tier,
            sources=entry.sources if entry.sources is not None else defaults.sources,
            absent=frozenset(defaults.absent.get(entry.type, ()) if entry.absent is None else entry.absent),
            states={str(code): word for code, word in entry.states.items()} if path else entry.states,
            state_titles=self._titles_of_states(sensor_id, entry),
            write=_write(entry.write, defaults, self._table(entry.table), path) if entry.write else None,
            minimum=entry.plausible.min,
            maximum=entry.plausible.max,
            reread_when_implausible=entry.plausible.reread,
            alone=entry.alone,
            passive=entry.passive,
            optional=entry.optional,
            readable=entry.readable,
            default=entry.default,
            divide=entry.divide,
            overflow=entry.overflow,
            bit=entry.bit,
            off_on=entry.off_on or defaults.off_on,
            part=part.options,
            products=frozenset(entry.products),
            formerly=_filled(entry.formerly.format_map, part.id_words, f"{self.file_name}: {sensor_id}"),
            note=entry.note,
        )
        if sensor.tells_words and word.kind == "number":
            sensor = replace(sensor, kind="state")
        return replace(sensor, elsewhere=self._elsewhere(sensor, entry.elsewhere, part)) if entry.elsewhere else sensor

    def _elsewhere(self, sensor: Sensor, entry: Elsewhere, part: Part) -> Sensor:
        kind = entry.type or sensor.type
        at, path = self._place(sensor.id, entry.at, part)
        return replace(
            sensor,
            table=entry.table or sensor.table,
            at=at,
            path=path,
            type=kind,
            words=0 if path else word_count(kind),
            scale=entry.scale if entry.scale is not None else sensor.scale,
            passive=entry.passive,
            absent=frozenset(self.file.defaults.absent.get(entry.type, ())) if entry.type else sensor.absent,
        )

    def _word(self, template: str, sensor_id: str, entry: SensorEntry | DerivedEntry) -> Word:
        word = self.vocabulary.sensors.get(template)
        own = any(each is not None for each in (entry.title, entry.category, entry.unit, entry.kind))
        if word is not None:
            if own:
                raise self._broken(sensor_id, "title, unit, category and kind come from vocabulary.yaml")
            return word
        if entry.title is None or entry.category is None:
            raise self._broken(sensor_id, "not in vocabulary.yaml, so it needs a title and a category of its own")
        if entry.category not in self.vocabulary.categories:
            raise self._broken(sensor_id, f"category {entry.category!r} is not one of the categories")
        return Word(entry.title.de, entry.title.en, entry.category, entry.unit or "", entry.kind or "number")

    def _titles_of_states(self, sensor_id: str, entry: SensorEntry) -> dict[str, Text]:
        unknown = [word for word in entry.states.values() if word not in self.state_titles]
        if unknown:
            raise self._broken(sensor_id, f"state {unknown[0]!r} has no title in vocabulary.yaml or under states")
        return {
            word: _filled(self.state_titles[word].text, {}, f"{self.file_name}: {word}")
            for word in entry.states.values()
        }

    def _table(self, named: str | None) -> str:
        return named or self.file.defaults.table or model_rules.protocol(self.file.driver).usual_table

    def _place(self, template: str, at: int | str | At, part: Part) -> tuple[int, str]:
        """Its number, or 0 and its name."""
        named = model_rules.protocol(self.file.driver).named
        if isinstance(at, str) != named:
            raise self._broken(template, "at: a place has " + ("a name" if named else "a number") + " in this protocol")
        if isinstance(at, str):
            return 0, _filled(at.format_map, part.words, f"{self.file_name}: {template}")
        return self._address(template, at, part), ""

    def _address(self, template: str, at: int | At, part: Part) -> int:
        if isinstance(at, int):
            return at
        unknown = (at.step.keys() | at.each.keys()) - part.indexes.keys()
        if unknown:
            raise self._broken(template, f"step over {sorted(unknown)[0]!r}, which is not repeated here")
        if at.start is None and not at.each:
            raise self._broken(template, "the place of a repeated register needs from or each")
        try:
            own = sum(places[part.indexes[name]] for name, places in at.each.items())
        except IndexError:
            raise self._broken(template, "each: names fewer places than there are parts") from None
        return (at.start or 0) + own + sum(distance * part.indexes[name] for name, distance in at.step.items())

    def _broken(self, sensor: str, rule: str) -> BadCatalogue:
        return BadCatalogue(f"{self.file_name}: {sensor}: {rule}")


def _gaps(reads: ReadsEntry) -> dict[tuple[str, int], int]:
    if reads.gaps is None:
        return {}
    stretches = {"holding": reads.gaps.holding, "input": reads.gaps.input}
    return {
        (table, at): reads.gaps.holds
        for table, ends in stretches.items()
        for first, last in ends
        for at in range(first, last + 1)
    }


def _write(entry: WriteEntry, defaults: Defaults, table: str, path: str) -> Write:
    states = tuple(map(str, entry.states)) if path and entry.states else entry.states
    return Write(
        wear=entry.wear,
        minimum=entry.min,
        maximum=entry.max,
        step=entry.step,
        states=states,
        function=5 if table == "coil" else defaults.write_function,
        word_order=defaults.write_word_order,
        refresh_s=entry.refresh,
        neutral=entry.neutral,
        pulse_s=entry.pulse,
        command=entry.command,
        parameter=entry.parameter,
        commands=entry.commands,
        alternate=entry.alternate,
        moves_by_itself=entry.moves_by_itself,
    )


def _filled(fill: Callable[[Mapping[str, str]], T], words: Mapping[str, str], where: str) -> T:
    """What `fill` makes of these words. Raises BadCatalogue for a {name} that they do not have."""
    try:
        return fill(words)
    except (KeyError, IndexError, ValueError) as error:
        names = ", ".join(f"{{{name}}}" for name in words) or "none"
        raise BadCatalogue(f"{where}: {error} is not repeated here (names to use: {names})") from error
