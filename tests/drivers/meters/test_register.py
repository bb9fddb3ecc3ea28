"""A meter with Modbus registers: each type, both word orders, a scale, and what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.errors import Refused, Unreachable
from drivers.meters import reading
from drivers.meters.source import Meter, Place
from drivers.modbus_line import Lines
from tests.servers import ModbusServer, refusing_port

POWER = "meter_electric_power"


@pytest.mark.parametrize(
    ("type", "words", "more", "value"),
    [
        ("uint16", (1500,), {"scale": 0.001}, 1.5),
        ("int16", (0xFFFF,), {}, -1.0),
        ("uint32", (0x0001, 0x86A0), {"scale": 0.01}, 1000.0),
        ("uint32", (0x86A0, 0x0001), {"word_order": "little", "scale": 0.01}, 1000.0),
        ("int32", (0xFFFF, 0xFFFE), {}, -2.0),
        ("uint64", (0, 0, 0, 7), {"scale": 0.1}, 0.7),
        ("int64", (7, 0, 0, 0), {"word_order": "little"}, 7.0),
        ("float32", (0x3FC0, 0), {}, 1.5),
        ("float64", (0x3FF8, 0, 0, 0), {}, 1.5),
        ("float32", (0x7FC0, 0), {}, None),
    ],
)
def test_a_register_is_read_as_the_owner_says(
    type: str, words: tuple[int, ...], more: dict[str, Any], value: float | None
) -> None:
    for table in ("holding", "input"):
        with ModbusServer(**{"inputs" if table == "input" else "holding": {52: words}}) as server:
            meter = Meter(
                "modbus",
                "electric",
                f"127.0.0.1:{server.port}",
                {"power": Place("52", "kW")},
                table=table,
                type=type,
                **more,
            )  # type: ignore[arg-type]
            found = reading.read(meter, "", Lines())
        assert found.values == ({} if value is None else {POWER: value})


def test_a_register_that_is_not_there_and_a_meter_that_is_off_are_told_apart() -> None:
    with ModbusServer(holding={1: (1,)}) as server:
        meter = Meter("modbus", "electric", f"127.0.0.1:{server.port}", {"power": Place("52", "kW")})
        assert isinstance(reading.read(meter, "", Lines()).problems[POWER], Refused)
    with refusing_port() as port:
        meter = Meter("modbus", "electric", f"127.0.0.1:{port}", {"power": Place("52", "kW")})
        assert isinstance(reading.read(meter, "", Lines()).problems[POWER], Unreachable)
