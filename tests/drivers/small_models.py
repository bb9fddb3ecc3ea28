"""Sensors and models with the plainest facts; a test names those it is about."""

from __future__ import annotations

from typing import Any

from drivers.base import Connection
from drivers.decode import word_count
from drivers.model import Model, Reads, UsualConnection
from drivers.sensor import Sensor, Text
from tests.servers import LOOPBACK, ModbusServer

PATIENT_S = 5.0


def a_sensor(id: str = "temp_outside", at: int = 0, type: str = "uint16", **facts: Any) -> Sensor:
    """A sensor with the plainest facts; a test names those it is about."""
    plain: dict[str, Any] = {
        "title": Text(id, id),
        "unit": "",
        "category": "temperature",
        "kind": "state" if facts.get("states") else "number",
        "table": "holding",
        "words": word_count(type),
        "word_order": "big",
        "scale": 1.0,
        "tier": "fast",
        "sources": ("manual", "sweep"),
    }
    return Sensor(id=id, at=at, type=type, **(plain | facts))


def a_model(*sensors: Sensor, max_count: int = 100, never_together: tuple[frozenset[int], ...] = ()) -> Model:
    return Model(
        manufacturer="tester",
        id="small",
        manufacturer_title="Tester",
        title="Tester Small",
        driver="modbus_tcp",
        connection=UsualConnection(502, 1, PATIENT_S),
        capabilities={},
        setup=Text("", ""),
        sources={},
        options={},
        reads=Reads(max_count, never_together),
        every_sensor={sensor.id: sensor for sensor in sensors},
        dashboard=(),
    )


def a_connection(server: ModbusServer, unit_id: int = 1, timeout_s: float = PATIENT_S) -> Connection:
    return Connection(LOOPBACK, server.port, unit_id, timeout_s)
