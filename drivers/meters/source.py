"""What one meter of the owner's is: how it is asked, and where its power and its energy lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from drivers.errors import DriverError
from drivers.sensor import Sensor
from drivers.vocabulary import Vocabulary

Kind = Literal["shelly", "json", "prometheus", "promql", "modbus"]
Side = Literal["electric", "heat"]
Quantity = Literal["power", "energy"]
Table = Literal["holding", "input"]
Order = Literal["big", "little"]

TYPES = ("uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
"""What a Modbus register may hold."""
KINDS: tuple[Kind, ...] = get_args(Kind)
UNITS: Mapping[Quantity, Mapping[str, float]] = {
    "power": {"W": 0.001, "kW": 1.0, "MW": 1000.0},
    "energy": {"Wh": 0.001, "kWh": 1.0, "MWh": 1000.0, "MJ": 1 / 3.6, "GJ": 1000 / 3.6},
}
"""What one of each is in kW or kWh."""
SENSORS: Mapping[tuple[Side, Quantity], str] = {
    ("electric", "power"): "meter_electric_power",
    ("electric", "energy"): "meter_electric_energy",
    ("heat", "power"): "meter_heat_power",
    ("heat", "energy"): "meter_heat_energy",
}
METER_SENSORS = frozenset(SENSORS.values())
HIGHEST_KW = 1000.0
"""More than any meter of a heat pump shows: such a value has another unit than was said."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies: a JSON pointer, a metric, a query, or a register's number; `unit` is one of UNITS."""

    at: str
    unit: str


@dataclass(frozen=True, slots=True)
class Meter:
    """`address` is a web address, and host:port for Modbus. `user` is empty where the secret is a token.

    `channel` names one of several inputs of a Shelly. `table`, `type`, `word_order` and `scale` belong to Modbus
    registers. `interval_s` None: with each poll of the heat pump.
    """

    kind: Kind
    side: Side
    address: str
    places: Mapping[Quantity, Place] = field(default_factory=dict)
    user: str = ""
    channel: str = ""
    unit_id: int = 1
    table: Table = "holding"
    type: str = "uint32"
    word_order: Order = "big"
    scale: float = 1.0
    interval_s: float | None = None

    @property
    def delivers(self) -> tuple[str, ...]:
        """The ids of the sensors it feeds. A Shelly knows both."""
        quantities: tuple[Quantity, ...] = ("power", "energy") if self.kind == "shelly" else tuple(self.places)
        return tuple(SENSORS[self.side, quantity] for quantity in quantities)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a meter showed, in kW and kWh by sensor id, and why a value is missing."""

    values: Mapping[str, float] = field(default_factory=dict)
    problems: Mapping[str, DriverError] = field(default_factory=dict)


def sensors(vocabulary: Vocabulary) -> dict[str, Sensor]:
    """The sensors that meters feed, as those of a model."""
    return {sensor_id: _sensor(sensor_id, vocabulary) for sensor_id in SENSORS.values()}


def _sensor(sensor_id: str, vocabulary: Vocabulary) -> Sensor:
    word = vocabulary.sensors[sensor_id]
    return Sensor(
        id=sensor_id,
        title=word.title.text({}),
        unit=word.unit,
        category=word.category,
        kind=word.kind,
        table="own meter",
        at=0,
        type="number",
        words=0,
        word_order="big",
        scale=1.0,
        tier="fast",
        sources=("own meter", "vocabulary"),
        optional=True,
    )
