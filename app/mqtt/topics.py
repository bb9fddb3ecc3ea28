"""Where what is published: one base for this installation, and Home Assistant's own place for descriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass

ONLINE, OFFLINE = "online", "offline"


@dataclass(frozen=True, slots=True)
class Topics:
    """`base` tells installations on one broker apart; `discovery` is Home Assistant's prefix, "" for none."""

    base: str
    discovery: str

    @property
    def status(self) -> str:
        """Whether this program is there; its last will says when it is not."""
        return f"{self.base}/status"

    def state(self, heatpump_id: str) -> str:
        """The last values of a heat pump, as one JSON object."""
        return f"{self.base}/{heatpump_id}/state"

    def availability(self, heatpump_id: str) -> str:
        return f"{self.base}/{heatpump_id}/availability"

    def command(self, heatpump_id: str, sensor_id: str) -> str:
        """Where somebody publishes the value that this setting shall have."""
        return f"{self.base}/{heatpump_id}/set/{sensor_id}"

    @property
    def every_command(self) -> str:
        return f"{self.base}/+/set/+"

    def commanded(self, topic: str) -> tuple[str, str] | None:
        """The heat pump and the setting that a command is for; None for another topic."""
        if not topic.startswith(f"{self.base}/"):
            return None
        levels = topic.removeprefix(f"{self.base}/").split("/")
        return (levels[0], levels[2]) if len(levels) == 3 and levels[1] == "set" else None

    def result(self, heatpump_id: str) -> str:
        """What became of commands, one JSON object each; the only topic that is not retained."""
        return f"{self.base}/{heatpump_id}/result"

    def mark(self, heatpump_id: str) -> str:
        """What makes this installation's heat pump one of its kind: letters, digits, _ and -."""
        return re.sub(r"[^A-Za-z0-9_-]", "_", f"{self.base}_{heatpump_id}")

    def config(self, component: str, heatpump_id: str, sensor_id: str) -> str:
        return f"{self.discovery}/{component}/{self.mark(heatpump_id)}/{sensor_id}/config"

    @property
    def every_config(self) -> str:
        """Also those of others."""
        return f"{self.discovery}/+/+/+/config"
