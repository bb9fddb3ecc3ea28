"""The tables of a simulated Luxtronik: filled from the plant, or replayed from a recorded machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.decode import decode
from drivers.errors import OutOfRange
from drivers.simulators.readout import Readout

LENGTHS = {
    "V1.80": {"parameters": 1086, "calculations": 200, "visibilities": 336},
    "V3.78": {"parameters": 1075, "calculations": 232, "visibilities": 327},
    "V3.81": {"parameters": 1087, "calculations": 249, "visibilities": 337},
    "V3.92.3": {"parameters": 1200, "calculations": 269, "visibilities": 337},
}
"""As real machines send them. Of V3.92.3 only the parameters are known: its calculations are as many as hold what such
firmware is known to have, its visibilities those of V3.81."""

NEWEST = "V3.92.3"


class LiveTables:
    """What the plant does, in the places of the catalogue; the firmware decides how long the tables are."""

    def __init__(self, readout: Readout, firmware: str) -> None:
        self._readout = readout
        self._lengths = LENGTHS.get(firmware, LENGTHS["V1.80"])

    def table(self, name: str) -> list[int]:
        table = [0] * self._lengths[name]
        for sensor in self._readout.sensors.values():
            if sensor.table == name and sensor.end <= len(table):
                table[sensor.at : sensor.end] = self._readout.words(sensor)
        return table

    def write(self, at: int, value: int) -> None:
        """Raises OutOfRange for what the catalogue does not allow to be set."""
        for sensor in self._readout.sensors.values():
            if sensor.table == "parameters" and sensor.at == at and sensor.end <= self._lengths["parameters"]:
                meant = decode(sensor, (value,))
                if meant is not None:
                    self._readout.write(sensor, meant)
                return
        raise OutOfRange("%(sensor)s cannot be written", sensor=f"parameters {at}")


class ReplayedTables:
    """The integers of a recorded machine: it stands still, but for the parameters that are written."""

    def __init__(self, dump: Mapping[str, Sequence[int]]) -> None:
        self._tables = {name: list(dump[name]) for name in ("parameters", "calculations", "visibilities")}

    def table(self, name: str) -> list[int]:
        return self._tables[name]

    def write(self, at: int, value: int) -> None:
        """Raises OutOfRange for a place that this machine does not have."""
        if not 0 <= at < len(self._tables["parameters"]):
            raise OutOfRange("%(sensor)s cannot be written", sensor=f"parameters {at}")
        self._tables["parameters"][at] = value
