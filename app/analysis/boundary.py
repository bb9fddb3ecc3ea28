"""What a figure includes: the boundary of a seasonal performance factor, and what to expect of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Boundary = Literal["H1", "H2", "H3", "H4"]
SPF_AT_NO_LIFT, SPF_PER_KELVIN, SPF_MARGIN = 7.04, -0.110, 0.51
"""Fit over 225 air-source systems in the United Kingdom, R² 0.60; the margin holds for 90 % of them."""


@dataclass(frozen=True, slots=True)
class Metering:
    """What the owner said about the electricity that is counted."""

    building_pumps: bool
    """The pumps of the heating circuits (and the primary pump) are counted."""
    backup_heater: Literal["none", "counted", "not counted"]
    source_pump: Literal["none", "counted", "not counted"]
    air_to_air: bool = False


def of(metering: Metering) -> Boundary:
    """H1 compressor; H2 with fan or brine pump; H3 with the backup or immersion heater; H4 with building pumps."""
    level = 4
    if not metering.building_pumps:
        level = 3
    if metering.backup_heater == "not counted" or metering.air_to_air:
        level = min(level, 2)
    if metering.source_pump == "not counted":
        level = 1
    return ("H1", "H2", "H3", "H4")[level - 1]


def expected_spf(weighted_lift: float) -> float:
    """What air-source machines reach at a heat-weighted lift flow − outdoor (K); advisory, ± SPF_MARGIN."""
    return SPF_AT_NO_LIFT + SPF_PER_KELVIN * weighted_lift
