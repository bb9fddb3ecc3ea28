"""What telemetry tells about the heat pumps: rounded numbers under hashed ids, and nothing that names anybody."""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from app.store.heatpumps import HeatPump
from app.store.readings import Sample

VERSION = "2.0"
OLDEST_S = 3600
"""A value that was read longer ago is not told."""

_PART = re.compile(r"_(?:circuit|zone)_")


@dataclass(frozen=True, slots=True)
class Shared:
    """A heat pump with its last values: sensor → sample."""

    pump: HeatPump
    samples: Mapping[str, Sample]


def made(
    installation_id: str, salt: str, shared: Iterable[Shared], quantities: Collection[str], at: int
) -> dict[str, Any]:
    """The payload of this moment (UTC seconds); docs/telemetry.schema.json describes it.

    Only `quantities` of the shared vocabulary are told, of every circuit and zone, and only numbers.
    """
    return {
        "version": VERSION,
        "timestamp": f"{datetime.fromtimestamp(at - at % 60, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "installation_id": installation_id,
        "heatpumps": [
            {
                "id": hashed(each.pump.id, salt),
                "manufacturer": each.pump.manufacturer,
                "model": each.pump.model,
                "values": {
                    sensor: rounded(sample.value)
                    for sensor, sample in sorted(each.samples.items())
                    if _PART.split(sensor)[0] in quantities
                    and isinstance(sample.value, int | float)
                    and math.isfinite(sample.value)
                    and at - sample.since <= OLDEST_S
                },
            }
            for each in shared
        ],
    }


def hashed(heatpump_id: str, salt: str) -> str:
    """The same for as long as the salt; without it nobody can tell which heat pump it was."""
    return hmac.new(salt.encode(), heatpump_id.encode(), "sha256").hexdigest()[:16]


def rounded(value: float) -> float:
    """To three significant digits: enough to compare machines, too coarse to recognise a house by its counters."""
    return float(f"{value:.3g}")


def written(payload: Mapping[str, Any], *, readable: bool = False) -> str:
    """As JSON: exactly what is sent, or the same on several lines."""
    return orjson.dumps(payload, option=orjson.OPT_INDENT_2 if readable else 0).decode()
