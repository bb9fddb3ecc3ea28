"""What is shared with a receiver of the owner's choice."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from app.web.api.shapes.common import HeatPumpId, Seconds, Sentence


class Sent(TypedDict):
    made_at: Seconds
    ended_at: Seconds | None
    endpoint: str
    outcome: Literal["sent", "refused", "given up", "dropped"] | None
    tries: int
    due_at: Seconds | None
    reason: Sentence | None
    payload: dict[str, Any] | None


class Telemetry(TypedDict):
    enabled: bool
    endpoint: str
    installation_id: str | None
    next_at: Seconds | None
    heatpumps: list[HeatPumpId]
    preview: dict[str, Any] | None
    log: list[Sent]


class TelemetrySent(TypedDict, total=False):
    enabled: bool
    endpoint: str
    heatpumps: list[HeatPumpId]
