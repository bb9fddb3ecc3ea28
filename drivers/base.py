"""The words every driver shares: a value, a sample, an answer, and what a driver can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, Self

from drivers.errors import DriverError
from drivers.model import Framing
from drivers.sensor import Sensor

Value = float | int | str | None
"""A number in the sensor's unit, a state's word, a text; None when the machine delivers nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sensor's value and what it was decoded from: registers, or a text (None when nothing was read).

    `place` is the table and the place that it was found in, where a sensor may have several.
    """

    value: Value
    raw: tuple[int, ...] | str | None
    told_at: int | None = None
    """When the value is from, in UTC seconds, where the machine's own cloud says so; it may be old."""
    place: tuple[str, int | str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one driver read brought: a sample per sensor asked for, and a reason for each without one."""

    samples: Mapping[str, Sample]
    problems: Mapping[str, DriverError] = field(default_factory=dict)
    seconds: float = 0.0
    requests: int = 0

    @property
    def values(self) -> dict[str, Value]:
        return {sensor_id: sample.value for sensor_id, sample in self.samples.items()}


SIMULATED = "simulated"
"""Client id and refresh token that a simulated cloud always takes, so that a program can try it without a browser."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A heat pump in its maker's cloud: addresses of interface and sign-in, the owner's client, and the ids."""

    api: str = ""
    login: str = ""
    client_id: str = ""
    installation: str = ""
    gateway: str = ""
    machine: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(**{each.name: settings.get(each.name, "") for each in fields(cls)})


def simulated_place(host: str, port: int) -> dict[str, Any]:
    """The settings of a connection to the first machine of a simulated cloud that listens there."""
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    ids = {"installation": "100001", "gateway": "7000000000000001", "machine": "0"}
    return {"api": f"{base}/iot/v2", "login": f"{base}/idp/v3", "client_id": SIMULATED, **ids}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a heat pump answers; `timeout_s` bounds every single request."""

    host: str
    port: int
    unit_id: int
    timeout_s: float
    circuit: str = ""
    framing: Framing = "tcp"
    cloud: Cloud = Cloud()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings that are kept for a heat pump; those that its protocol does not know are left out."""
        return cls(
            settings.get("host", ""),
            settings.get("port", 0),
            settings.get("unit_id", 0),
            settings["timeout"],
            settings.get("circuit", ""),
            settings.get("framing", "tcp"),
            Cloud.of(settings),
        )

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


class Driver(Protocol):
    """One heat pump over one protocol. Every failure is a DriverError."""

    def read(self, sensors: Sequence[Sensor]) -> Answer:
        """Read these sensors now. Raises Unreachable or BadAnswer when the whole read is lost."""

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Put one value on the wire. Raises OutOfRange before it, Refused when the machine says no."""

    def close(self) -> None:
        """Let go of the socket; the next read opens a new one."""
