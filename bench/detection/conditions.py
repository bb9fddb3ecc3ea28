"""What can be wrong with a simulated heat pump, and what healthy people do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Condition:
    """The state of wear now; the defaults are a healthy machine. Shares are 1.0 when nothing is wrong."""

    capacity: float = 1.0
    cop: float = 1.0
    evaporator_k: float = 0.0
    condenser_k: float = 0.0
    leak: float = 0.0
    valve_stuck: float = 0.0
    water: float = 1.0
    melting: float = 1.0
    heater_kw: float = 0.0
    tank_loss_kw_per_k: float = 0.0
    three_way: float = 0.0
    short_runs_s: float = 0.0
    offset_k: dict[str, float] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    litres: float = 1.0
    stove_kw: float = 0.0
    away: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault at one of three severities (0 mild, 1, 2 severe).

    `touched` are the quantities (parts of contributors' names) that it changes; `acute` ones must be found at once.
    """

    kind: str
    severity: int
    touched: frozenset[str]
    acute: bool = False

    def wear(self, days: float, seed: int, kw: float) -> Condition:
        """What it does this many days after it began, to a machine of this many kW."""
        wear = Condition()
        for name, steps in WEAR.get(self.kind, {}).items():
            setattr(wear, name, steps[self.severity])
        match self.kind:
            case "drifting_sensor":
                a_day = (0.2, 0.4, 0.8)[self.severity]
                wear.offset_k = {DRIFTING[seed % 3]: (1, -1)[seed // 3 % 2] * a_day * days}
            case "frozen_sensor":
                wear.frozen = frozenset({FREEZING[seed % 4]})
            case "stuck_backup_heater":
                wear.heater_kw *= kw
            case "outdoor_bias":
                offset = (1, -1)[seed % 2] * (2.0, 4.0, 6.0)[self.severity]
                wear.offset_k = {"temp_outside": offset * min(1.0, days / BIAS_GROWS_DAYS)}
        return wear


BIAS_GROWS_DAYS = 0.5
DRIFTING = ("temp_flow", "temp_return", "temp_hot_water")
FREEZING = ("temp_flow", "temp_return", "temp_outside", "temp_hot_water")
WEAR: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "low_refrigerant": {
        "capacity": (0.90, 0.82, 0.70),
        "cop": (0.94, 0.89, 0.80),
        "evaporator_k": (-1.0, -2.0, -4.0),
    },
    "fouled_evaporator": {"evaporator_k": (-2.5, -4.5, -7.0), "capacity": (0.96, 0.92, 0.85)},
    "fouled_condenser": {"condenser_k": (2.5, 4.5, 7.0)},
    "leaking_compressor_valve": {"leak": (0.12, 0.22, 0.35)},
    "stuck_expansion_valve": {"valve_stuck": (0.35, 0.6, 0.9)},
    "low_water_flow": {"water": (0.65, 0.5, 0.35)},
    "pump_failure": {"water": (0.2, 0.1, 0.03)},
    "short_cycling": {"short_runs_s": (480.0, 300.0, 180.0)},
    "failed_defrost": {"melting": (0.6, 0.35, 0.1)},
    "stuck_backup_heater": {"heater_kw": (0.15, 0.3, 0.6)},
    "hot_water_losses": {"tank_loss_kw_per_k": (0.006, 0.012, 0.025)},
    "leaking_three_way_valve": {"three_way": (0.08, 0.16, 0.3)},
}
"""What a kind changes of a `Condition`, mild to severe; the heater's power is a share of the machine's."""

_REFRIGERANT = frozenset({"cop", "thermal", "power", "hz", "flow", "spread", "run", "defrost"})
TOUCHED = {
    "low_refrigerant": _REFRIGERANT,
    "fouled_evaporator": _REFRIGERANT,
    "fouled_condenser": frozenset({"cop", "power", "thermal", "hz"}),
    "leaking_compressor_valve": _REFRIGERANT,
    "stuck_expansion_valve": _REFRIGERANT,
    "low_water_flow": frozenset({"spread", "flow", "return", "cop", "approach", "power", "hz"}),
    "pump_failure": frozenset({"spread", "flow", "return", "cop", "thermal", "approach", "starts", "run"}),
    "drifting_sensor": frozenset({"temp_flow", "temp_return", "temp_hot_water"}),
    "frozen_sensor": frozenset({"temp_flow", "temp_return", "temp_outside", "temp_hot_water"}),
    "short_cycling": frozenset({"starts", "run"}),
    "failed_defrost": _REFRIGERANT,
    "stuck_backup_heater": frozenset({"power", "cop", "thermal", "spread"}),
    "hot_water_losses": frozenset({"temp_hot_water", "tank", "hot_water_share"}),
    "leaking_three_way_valve": frozenset({"temp_hot_water", "tank", "thermal", "spread", "hot_water_share", "rate"}),
    "outdoor_bias": frozenset({"temp_outside", "cop", "thermal", "power", "hz", "flow", "defrost"}),
}
"""Which quantities each fault changes; of a drifting or frozen sensor, only its own counts (`fault`)."""

ACUTE = frozenset(
    {
        "pump_failure",
        "low_water_flow",
        "short_cycling",
        "stuck_backup_heater",
        "frozen_sensor",
        "leaking_compressor_valve",
    }
)


def fault(kind: str, severity: int, seed: int) -> Fault:
    touched = TOUCHED[kind]
    if kind == "drifting_sensor":
        touched = frozenset({DRIFTING[seed % 3]})
    if kind == "frozen_sensor":
        touched = frozenset({FREEZING[seed % 4]})
    return Fault(kind, severity, touched, kind in ACUTE)
