"""What may stand in a model's YAML file: every key, its type and its default."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from drivers.derived_shape import DerivedEntry
from drivers.vocabulary import Title

RegisterType = Literal[
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "thousands", "float32", "ascii2", "bit", "integer", "text"
]
NamedType = Literal["number", "word", "switch"]
"""What can lie at a place that has a name: it travels as a text."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """No key of a catalogue file is ever ignored."""


class At(_Strict, rename={"start": "from"}):
    """The place of a repeated register: the first one and the distance from part to part, or each part's own."""

    start: int | None = None
    step: dict[str, int] = {}
    each: dict[str, tuple[int, ...]] = {}


class Plausible(_Strict):
    min: float | None = None
    max: float | None = None
    reread: bool = False


class Range(_Strict):
    min: float
    max: float


class WriteEntry(_Strict):
    wear: Literal["eeprom", "volatile"]
    min: float | None = None
    max: float | None = None
    step: float | None = None
    states: tuple[int | str, ...] | None = None
    refresh: float | None = None
    neutral: float | None = None
    pulse: float | None = None
    command: str = ""
    parameter: str = ""
    commands: dict[str, str] = {}
    alternate: float | None = None
    moves_by_itself: str = ""


class Elsewhere(_Strict):
    """Where other machines of the model keep the same quantity; what is not said here is as in the first place."""

    at: int | str
    type: RegisterType | NamedType | None = None
    table: str | None = None
    scale: float | None = None
    passive: bool = False


class SensorEntry(_Strict):
    """One register. title, unit, category and kind only where the vocabulary does not have the id."""

    at: int | str | At
    type: RegisterType | NamedType
    sources: tuple[str, ...] | None = None
    title: Title | None = None
    unit: str | None = None
    category: str | None = None
    kind: Literal["number", "counter", "switch", "state"] | None = None
    scale: float = 1.0
    divide: int = 1
    overflow: int | None = None
    length: int = 1
    bit: int | None = None
    tier: Literal["fast", "slow"] = "fast"
    table: str | None = None
    word_order: Literal["big", "little"] | None = None
    absent: tuple[float | str, ...] | None = None
    states: dict[int | str, str] = {}
    off_on: tuple[str, str] | None = None
    write: WriteEntry | None = None
    plausible: Plausible = msgspec.field(default_factory=Plausible)
    alone: bool = False
    passive: bool = False
    optional: bool = False
    elsewhere: Elsewhere | None = None
    readable: bool = True
    products: tuple[str, ...] = ()
    default: float | None = None
    formerly: str = ""
    note: str = ""


class Defaults(_Strict):
    """What holds for every register of the file unless it says otherwise; `absent` by register type."""

    table: str | None = None
    word_order: Literal["big", "little"] = "big"
    write_word_order: Literal["big", "little"] | None = None
    sources: tuple[str, ...] = ()
    absent: dict[RegisterType | NamedType, tuple[float | str, ...]] = {}
    off_on: tuple[str, str] = ("off", "on")
    write_function: Literal[6, 16] = 16


class OptionEntry(_Strict):
    title: Title
    choices: tuple[str | int, ...]
    default: tuple[str | int, ...] = ()
    unfitted: Literal["sentinel", "refused"] = "refused"
    fitted_when: tuple[str, ...] = ()


class SignEntry(_Strict):
    """What one sensor tells about which machine this is; values as the sensor shows them, null for its sentinel."""

    sensor: str
    sources: tuple[str, ...]
    answers: tuple[str | float | None, ...] | Range | None = None
    other: dict[str | float, str] = {}
    refused: str | None = None


class RepeatEntry(_Strict):
    """Registers that exist once per part; `over` names an option or lists the parts themselves."""

    over: dict[str, str | tuple[str | int, ...]]
    sensors: dict[str, dict[str, Any]]


class WordOrderEntry(_Strict):
    sensor: str
    codes: dict[int, Literal["big", "little"]]


class GapsEntry(_Strict):
    """Stretches, first and last place, in which the controller answers `holds` where it has no register."""

    holds: int
    holding: tuple[tuple[int, int], ...] = ()
    input: tuple[tuple[int, int], ...] = ()


class ReadsEntry(_Strict):
    max_count: int = 100
    gaps: GapsEntry | None = None
    never_together: tuple[tuple[int, ...], ...] = ()
    one_by_one: bool = False
    answer_seconds: float = 0.0
    functions: tuple[int, ...] = ()
    word_order_from: WordOrderEntry | None = None
    max_age: dict[Literal["fast", "slow"], int] = {}


class WritesEntry(_Strict):
    within: float = 3.0
    endurance: int | None = None


class ConnectionEntry(_Strict):
    """The usual connection; what stands here is what the owner of such a machine is asked for."""

    port: int | None = None
    unit_id: int | None = None
    circuit: str | None = None
    framing: Literal["tcp", "rtu"] | None = None
    api: str | None = None
    login: str | None = None
    client_id: str | None = None
    installation: str | None = None
    gateway: str | None = None
    machine: str | None = None
    timeout: float = 5.0


class ChartEntry(_Strict):
    title: Title
    type: Literal["line", "area", "bar", "states"]
    sensors: tuple[str, ...]


class ModelFile(_Strict):
    manufacturer: str
    manufacturer_title: str
    model: str
    title: str
    driver: str
    connection: ConnectionEntry
    capabilities: dict[str, bool | int]
    setup: Title
    sources: dict[str, str]
    sensors: dict[str, dict[str, Any]]
    options: dict[str, OptionEntry] = {}
    defaults: Defaults = msgspec.field(default_factory=Defaults)
    reads: ReadsEntry = msgspec.field(default_factory=ReadsEntry)
    states: dict[str, Title] = {}
    recognise: tuple[SignEntry, ...] = ()
    write_refused_when: dict[str, str] = {}
    register_list: Title | None = None
    writes: WritesEntry = msgspec.field(default_factory=WritesEntry)
    repeat: tuple[RepeatEntry, ...] = ()
    derived: dict[str, DerivedEntry] = {}
    dashboard: tuple[ChartEntry, ...] = ()
