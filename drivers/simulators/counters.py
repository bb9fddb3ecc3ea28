"""What the machine has counted since it was installed: energy in kWh, hours and starts."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.simulators import noise
from drivers.simulators.parameters import Parameters


@dataclass(slots=True)
class Counters:
    """Only ever rising. Heat that a defrost takes back is counted on its own; that of the backup is part of heating."""

    heat_heating: float = 0.0
    heat_hot_water: float = 0.0
    heat_defrost: float = 0.0
    heat_backup: float = 0.0
    environment_heating: float = 0.0
    environment_hot_water: float = 0.0
    electric_heating: float = 0.0
    electric_hot_water: float = 0.0
    electric_other: float = 0.0
    compressor_hours: float = 0.0
    compressor_starts: int = 0

    @classmethod
    def of_past_years(cls, seed: int, parameters: Parameters) -> Counters:
        """The readings of a machine that has served for its years in use."""
        years = parameters.years_in_use
        luck = noise.between(noise.seed_for(seed, "past"), 0, 0.9, 1.1)
        heating = 2_450 * parameters.house.design_load_kw * years * luck
        hot_water = 365 * 0.036 * 1.35 * parameters.tank.litres_a_day * years
        hours = (heating + hot_water) / (0.55 * parameters.machine.nominal_kw)
        electric_heating = heating / (7.0 * parameters.machine.carnot_share)
        electric_hot_water = hot_water / (5.3 * parameters.machine.carnot_share)
        return cls(
            heat_heating=heating,
            heat_hot_water=hot_water,
            heat_defrost=0.025 * heating,
            heat_backup=0.002 * heating,
            environment_heating=heating - electric_heating,
            environment_hot_water=hot_water - electric_hot_water,
            electric_heating=electric_heating,
            electric_hot_water=electric_hot_water,
            electric_other=parameters.machine.standby_kw * 8_766 * years,
            compressor_hours=hours,
            compressor_starts=round(hours * 0.38),
        )

    @property
    def heat_total(self) -> float:
        return self.heat_heating + self.heat_hot_water

    @property
    def electric_total(self) -> float:
        return self.electric_heating + self.electric_hot_water + self.electric_other

    def count(self, hours: float, mode: str, heat_kw: float, electric_kw: float) -> None:
        """Add one step. A defrost is part of the heating, as on an electricity meter."""
        environment = max(0.0, heat_kw - electric_kw) * hours
        if mode == "hot_water":
            self.environment_hot_water += environment
        else:
            self.environment_heating += environment
        if heat_kw < 0:
            self.heat_defrost -= heat_kw * hours
        elif mode == "hot_water":
            self.heat_hot_water += heat_kw * hours
        else:
            self.heat_heating += heat_kw * hours
        if mode == "off":
            self.electric_other += electric_kw * hours
            return
        self.compressor_hours += hours
        if mode == "hot_water":
            self.electric_hot_water += electric_kw * hours
        else:
            self.electric_heating += electric_kw * hours
