"""What we know about one quantity of a model: what it means, where it lies, and how it may be set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from drivers.derivation import Derivation

Tier = Literal["fast", "slow"]

PRODUCT = "product"
"""The option that says which product of a series a machine is."""

LACKS = "lacks"
"""Beside the options: the ids of the sensors that a machine's own list of registers does not name."""

Code = int | str
"""How a state stands on the wire: a number in a register, or a text where places have names."""

Options = Mapping[str, Sequence[str]]
"""What the owner said is fitted: option → chosen parts, such as {"circuits": ["A", "B"]}."""


@dataclass(frozen=True, slots=True)
class Text:
    """A title in every language of the product."""

    de: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.de if language == "de" else self.en


@dataclass(frozen=True, slots=True)
class Write:
    """How a setting may be written. Limits are physical values; `states` are the codes that may be sent.

    `word_order` is that of the written words where it is not the one they are read in.
    """

    wear: Literal["eeprom", "volatile"]
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    states: tuple[Code, ...] | None = None
    function: Literal[5, 6, 16] = 16
    word_order: Literal["big", "little"] | None = None
    refresh_s: float | None = None
    neutral: float | None = None
    pulse_s: float | None = None
    alternate: float | None = None
    command: str = ""
    parameter: str = ""
    commands: Mapping[str, str] = field(default_factory=dict)
    """Where a setting is changed by a command: its name and the parameter that carries the value; or one command per
    value, as it travels."""
    moves_by_itself: str = ""
    """Why it changes without anybody setting it; empty where a new value means that somebody did."""

    @property
    def held(self) -> bool:
        """A written value is in force until somebody ends it; what is left behind must not go on for ever."""
        return self.refresh_s is not None or self.neutral is not None or self.pulse_s is not None

    @property
    def at_rest(self) -> float | None:
        """What stands for nobody's wish; None when the value lapses by itself."""
        return 0 if self.neutral is None and self.pulse_s is not None else self.neutral


@dataclass(frozen=True, slots=True)
class Sensor:
    """One quantity of one model: what it means, and where and how it lies on the wire.

    Some protocols call their places by a name instead of a number: then it is `path`, `at` and `words` are 0, and
    what travels is a text.
    """

    id: str
    title: Text
    unit: str
    category: str
    kind: Literal["number", "counter", "switch", "state"]
    table: str
    at: int
    type: str
    words: int
    word_order: Literal["big", "little"]
    scale: float
    tier: Tier
    sources: tuple[str, ...]
    path: str = ""
    absent: frozenset[float | str] = frozenset()
    states: Mapping[Code, str] = field(default_factory=dict)
    state_titles: Mapping[str, Text] = field(default_factory=dict)
    write: Write | None = None
    minimum: float | None = None
    maximum: float | None = None
    reread_when_implausible: bool = False
    alone: bool = False
    passive: bool = False
    optional: bool = False
    elsewhere: Sensor | None = None
    readable: bool = True
    default: float | None = None
    divide: int = 1
    overflow: int | None = None
    bit: int | None = None
    off_on: tuple[str, str] = ("off", "on")
    part: tuple[tuple[str, str], ...] = ()
    products: frozenset[str] = frozenset()
    formerly: str = ""
    """What an older program called it: its history and settings find their sensor by this name."""
    note: str = ""
    derived: Derivation | None = None
    """Set where it is no register: it follows from other sensors."""

    @property
    def confirmed(self) -> bool:
        """Two independent sources agree on this register, or on each of those that it is derived from."""
        return len(self.sources) > 1 if self.derived is None else self.derived.confirmed

    @property
    def place(self) -> int | str:
        """What the protocol calls its place in the table."""
        return self.path or self.at

    @property
    def tells_words(self) -> bool:
        """Its values are texts, not numbers."""
        return bool(self.states) or self.type in ("ascii2", "text", "word")

    @property
    def end(self) -> int:
        return self.at + self.words

    @property
    def as_written(self) -> Sensor:
        """The same register with its words in the order that a write wants them in."""
        if self.write is None or self.write.word_order is None:
            return self
        return replace(self, word_order=self.write.word_order)

    def fitted(self, options: Options) -> bool:
        parts = all(choice in options.get(option, ()) for option, choice in self.part)
        return parts and self.of_product(options) and self.id not in options.get(LACKS, ())

    def of_product(self, options: Options) -> bool:
        """Whether such a product has this register; while nobody said which product it is, it may."""
        chosen = options.get(PRODUCT, ())
        return not self.products or not chosen or not self.products.isdisjoint(chosen)
