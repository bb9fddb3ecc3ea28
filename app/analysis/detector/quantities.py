"""What the detector watches, from what it expects each, and how it is called."""

from __future__ import annotations

from dataclasses import dataclass

FEATURES_VERSION = 1
"""Raise it when a quantity or its computation changes: models of another version are fitted anew."""

PER_HOUR_OF_A_MODE = (4.0, 24.0, 72.0)
PER_CHARGE = (2.0, 8.0, 20.0)
"""Smoothing in valid hours: a heat pump charges its tank two or three times a day."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`expected_from` names columns of the hourly table; `floor` is the least deviation (σ) that is ever believed.

    `needs` is the mode that must have been learned (−1: all modes that occur). `behaviour`: as much about the people
    and the weather as about the machine; paused after a power cut. `instead_of`: judged only where that one cannot be.
    `sensors` are those it is computed of.
    """

    name: str
    sensors: tuple[str, ...]
    expected_from: tuple[str, ...]
    floor: float
    unit: str
    needs: int = -1
    behaviour: bool = False
    logarithm: bool = False
    instead_of: str = ""
    hours: tuple[float, float, float] = PER_HOUR_OF_A_MODE

    @property
    def title(self) -> str:
        """The name with its sensors, as written into files."""
        return ":".join((self.name, "+".join(self.sensors)))


_H = ("outside_heating", "flow_heating", "hz_heating")
_W = ("outside_hot_water", "flow_hot_water", "tank_hot_water", "hz_hot_water")
_OUT = ("outside", "outside_day")

QUANTITIES = (
    Quantity("spread_heating", ("temp_flow", "temp_return"), _H, 0.1, "K", 1),
    Quantity("power_heating", ("power_current",), _H, 0.02, "kW", 1, logarithm=True),
    Quantity("cop_heating", ("power_thermal", "power_current"), _H, 0.02, "", 1, logarithm=True),
    Quantity("thermal_heating", ("power_thermal",), _H, 0.025, "kW", 1, logarithm=True),
    Quantity("conveyed_heating", ("power_thermal", "temp_flow", "temp_return"), _H, 0.03, "kW/K", 1, logarithm=True),
    Quantity(
        "flow_above_target",
        ("temp_flow", "temp_flow_set"),
        ("outside_heating", "hz_heating"),
        0.3,
        "K",
        1,
        behaviour=True,
    ),
    Quantity(
        "flow_on_curve",
        ("temp_flow",),
        ("outside_heating", "outside_day"),
        1.5,
        "°C",
        1,
        behaviour=True,
        instead_of="flow_above_target",
    ),
    Quantity(
        "hz_heating",
        ("compressor_hz",),
        ("outside_heating", "outside_day", "flow_heating"),
        0.04,
        "Hz",
        1,
        behaviour=True,
        logarithm=True,
    ),
    Quantity("spread_hot_water", ("temp_flow", "temp_return"), _W, 0.15, "K", 2, hours=PER_CHARGE),
    Quantity("power_hot_water", ("power_current",), _W, 0.025, "kW", 2, logarithm=True, hours=PER_CHARGE),
    Quantity("cop_hot_water", ("power_thermal", "power_current"), _W, 0.025, "", 2, logarithm=True, hours=PER_CHARGE),
    Quantity("thermal_hot_water", ("power_thermal",), _W, 0.03, "kW", 2, logarithm=True, hours=PER_CHARGE),
    Quantity(
        "conveyed_hot_water",
        ("power_thermal", "temp_flow", "temp_return"),
        _W,
        0.03,
        "kW/K",
        2,
        logarithm=True,
        hours=PER_CHARGE,
    ),
    Quantity(
        "hot_water_approach",
        ("temp_flow", "temp_hot_water"),
        ("outside_hot_water", "tank_hot_water", "hz_hot_water"),
        0.3,
        "K",
        2,
        hours=PER_CHARGE,
    ),
    Quantity("hot_water_rate", ("temp_hot_water",), _W, 0.5, "K/h", 2, hours=PER_CHARGE),
    Quantity(
        "hz_hot_water",
        ("compressor_hz",),
        ("outside_hot_water", "flow_hot_water", "tank_hot_water"),
        0.04,
        "Hz",
        2,
        behaviour=True,
        logarithm=True,
        hours=PER_CHARGE,
    ),
    Quantity("spread_idle", ("temp_flow", "temp_return"), ("flow_idle", "outside"), 0.3, "K", 0, behaviour=True),
    Quantity("power_idle", ("power_current",), ("outside",), 0.05, "kW", 0, behaviour=True),
    Quantity("tank_idle", ("temp_hot_water",), ("tank_idle_mean",), 0.15, "K/h", 0, behaviour=True),
    Quantity(
        "tank_heating", ("temp_hot_water",), ("tank_heating_mean", "flow_heating"), 0.15, "K/h", 1, behaviour=True
    ),
    Quantity("starts", ("mode",), _OUT, 0.15, "1/h", behaviour=True),
    Quantity("run_length", ("mode",), _OUT, 0.15, "h", behaviour=True, logarithm=True, hours=(4.0, 12.0, 36.0)),
    Quantity("run_share", ("mode",), _OUT, 0.06, "", behaviour=True),
    Quantity("hot_water_share", ("mode",), _OUT, 0.03, "", behaviour=True),
    Quantity("defrosts", ("mode",), _OUT, 0.1, "1/h", needs=3, behaviour=True),
    Quantity("defrost_share", ("mode",), _OUT, 0.01, "", needs=3, behaviour=True),
)

BY_NAME = {quantity.name: quantity for quantity in QUANTITIES}
