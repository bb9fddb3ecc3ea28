"""What we know about a model of heat pump: its sensors, its options, and how it wants to be treated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from drivers.sensor import Options, Sensor, Text, Tier

Framing = Literal["tcp", "rtu"]
"""How Modbus goes over TCP: with the head of Modbus TCP, or as on a serial line (unit, content, check sum)."""

IDENTIFICATION = 0x2B
"""The Modbus function by which a machine tells what it is (Modbus Application Protocol 1.1b3, 6.21)."""


@dataclass(frozen=True, slots=True)
class Option:
    """Parts a machine may have, the usual ones, and the sensors of which any value tells that a part is fitted.

    `unfitted` is what the controller answers for a part it does not have: sentinels, or an exception.
    """

    title: Text
    choices: tuple[str, ...]
    default: tuple[str, ...]
    unfitted: Literal["sentinel", "refused"]
    fitted_when: Mapping[str, tuple[str, ...]]

    def named(self, name: str) -> str | None:
        """The choice that a machine means by this name: F1255 for "F1255-12 R"; None when it means none of them."""
        plain = _plain(name)
        found = [choice for choice in self.choices if plain.startswith(_plain(choice))]
        return max(found, key=len, default=None)


@dataclass(frozen=True, slots=True)
class WordOrderTeller:
    """The sensor whose code tells in which order this very machine sends the words of a 32-bit value."""

    sensor: str
    codes: Mapping[int, Literal["big", "little"]]


@dataclass(frozen=True, slots=True)
class Sign:
    """What one sensor tells about which machine this is; values as the sensor shows them.

    `answers` are the values that this model gives, None among them for a sentinel; `least` and `most` bound them
    instead; without any of these, whatever is answered will do. `other` names the machine that answers a value, and
    `refused` the machine that does not have the register.
    """

    sensor: str
    sources: tuple[str, ...]
    answers: tuple[str | float | None, ...] = ()
    least: float | None = None
    most: float | None = None
    other: Mapping[str | float, str] = field(default_factory=dict)
    refused: str | None = None

    @property
    def warns(self) -> bool:
        """It knows another machine that could be taken for this one."""
        return bool(self.other) or self.refused is not None


@dataclass(frozen=True, slots=True)
class Reads:
    """How this controller wants to be read: words per request, and places that must not share one.

    `one_by_one`: each value has a request of its own. `answer_s` is how long one answer may take where that is
    long; then a poll asks for a few values only. `functions` are the Modbus functions it knows, where not all.
    `gaps` are places (table, address) without a register, and the word that the controller answers there; nobody
    needs to ask for them.
    `max_age`: how many seconds old a value may be that somebody in between remembers, per tier.
    """

    max_count: int
    never_together: tuple[frozenset[int], ...] = ()
    one_by_one: bool = False
    answer_s: float = 0.0
    functions: tuple[int, ...] = ()
    word_order_from: WordOrderTeller | None = None
    gaps: Mapping[tuple[str, int], int] = field(default_factory=dict)
    max_age: Mapping[Tier, int] = field(default_factory=dict)

    @property
    def identifies(self) -> bool:
        """Whether the machine tells what it is (read device identification)."""
        return IDENTIFICATION in self.functions


@dataclass(frozen=True, slots=True)
class Writes:
    """How this controller takes writes.

    `within_s`: how long a written value may take to be read back. `endurance`: how many writes a memory cell stands,
    as the maker says; None where it does not.
    """

    within_s: float = 3.0
    endurance: int | None = None


@dataclass(frozen=True, slots=True)
class UsualConnection:
    """Where this model answers unless the owner says otherwise; what is None its protocol does not know.

    `timeout` in seconds; `circuit` is what the heat pump is called by a program that speaks for several; `framing` is
    the usual one where the owner has the choice; from `api` on what a maker's cloud needs (see drivers.base.Cloud).
    """

    port: int | None = None
    unit_id: int | None = None
    circuit: str | None = None
    framing: Framing | None = None
    api: str | None = None
    login: str | None = None
    client_id: str | None = None
    installation: str | None = None
    gateway: str | None = None
    machine: str | None = None
    timeout: float = 5.0

    @property
    def is_cloud(self) -> bool:
        """It is the maker's cloud that answers, after somebody has signed in there."""
        return self.login is not None

    @property
    def settings(self) -> dict[str, Any]:
        """The usual ones of the settings that this protocol knows."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def fields(self) -> tuple[str, ...]:
        """What the owner is asked for, in order: what has a port has a host as well."""
        return (*(("host",) if self.port is not None else ()), *self.settings)


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the dashboard that a new heat pump gets."""

    title: Text
    type: Literal["line", "area", "bar", "states"]
    sensors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Everything we know about one model of heat pump."""

    manufacturer: str
    id: str
    manufacturer_title: str
    title: str
    driver: str
    connection: UsualConnection
    capabilities: Mapping[str, bool | int]
    setup: Text
    sources: Mapping[str, str]
    options: Mapping[str, Option]
    reads: Reads
    every_sensor: Mapping[str, Sensor]
    dashboard: tuple[Chart, ...]
    register_list: Text | None = None
    """How an owner gets the list of registers that a machine exports; None where it exports none."""
    signs: tuple[Sign, ...] = ()
    """How a machine of this model is recognised."""
    write_refused_when: Mapping[str, str] = field(default_factory=dict)
    """Sensor id → pattern: while its text matches, nothing is written to this machine."""
    writes: Writes = field(default_factory=Writes)

    @property
    def name(self) -> str:
        return f"{self.manufacturer}/{self.id}"

    @property
    def registers(self) -> dict[str, Sensor]:
        """The sensors that lie on the wire; the others follow from them."""
        return {sensor.id: sensor for sensor in self.every_sensor.values() if sensor.derived is None}

    def default_options(self) -> dict[str, tuple[str, ...]]:
        return {name: option.default for name, option in self.options.items()}

    def sensors(self, options: Options, tiers: Iterable[Tier] = ("fast", "slow")) -> tuple[Sensor, ...]:
        """The readable sensors of a machine with these options, in catalogue order."""
        wanted = frozenset(tiers)
        return tuple(
            sensor
            for sensor in self.every_sensor.values()
            if sensor.readable and sensor.tier in wanted and sensor.fitted(options)
        )

    @property
    def there_anyway(self) -> tuple[Sensor, ...]:
        """The points that every such machine answers, if only with a sentinel, so that a read may cross them."""
        certain = {name for name, option in self.options.items() if option.unfitted == "sentinel"}
        return tuple(
            sensor
            for sensor in self.registers.values()
            if sensor.readable
            and not (sensor.alone or sensor.optional)
            and all(option in certain for option, _ in sensor.part)
        )

    def tellers(self) -> tuple[Sensor, ...]:
        """The sensors whose values tell which parts a machine has."""
        ids = {
            sensor_id
            for option in self.options.values()
            for sensor_ids in option.fitted_when.values()
            for sensor_id in sensor_ids
        }
        return tuple(sensor for sensor in self.every_sensor.values() if sensor.id in ids)

    def fitted(self, values: Mapping[str, float | int | str | None]) -> dict[str, list[str]]:
        """Per option, the parts that these values of the tellers show to be there."""
        return {
            name: [
                choice
                for choice in option.choices
                if any(values.get(sensor_id) is not None for sensor_id in option.fitted_when[choice])
            ]
            for name, option in self.options.items()
        }


def _plain(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
