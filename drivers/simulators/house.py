"""A building as two stores of heat: the air with what stands in it, and the walls."""

from __future__ import annotations

from drivers.simulators.parameters import DESIGN_OUTSIDE, DESIGN_ROOM, HouseParameters
from drivers.simulators.weather import Air, saturation_hpa

SUN_THROUGH_GLASS = 0.5
"""Share of the sun on a pane that warms the room: glass, frame, shadow and curtains."""
DRAWN_BLINDS = 0.35
SUN_INTO_AIR = 0.4
"""The rest of the sun warms floors and walls."""

MOISTURE_OF_PEOPLE_HPA = 3.5


class House:
    """Room air and walls in °C; heat comes from the emitters, the sun and the people, and leaves to the outside."""

    __slots__ = (
        "_air_kwh_per_k",
        "_mass_kwh_per_k",
        "_people_kw",
        "_through_walls",
        "_ventilation",
        "_wall_surface",
        "_window_m2",
        "gained_kwh",
        "lost_kwh",
        "room",
        "walls",
    )

    def __init__(self, parameters: HouseParameters, room: float, outside: float) -> None:
        loss = parameters.design_load_kw / (DESIGN_ROOM - DESIGN_OUTSIDE)
        through_walls = loss * (1 - parameters.ventilation_share)
        self._ventilation = loss * parameters.ventilation_share
        self._wall_surface = parameters.air_to_mass_kw_per_k
        self._through_walls = 1 / (1 / through_walls - 1 / self._wall_surface)  # in series with the surface
        self._air_kwh_per_k = parameters.air_kwh_per_k
        self._mass_kwh_per_k = parameters.mass_kwh_per_k
        self._window_m2 = parameters.window_m2 * SUN_THROUGH_GLASS
        self._people_kw = parameters.people_and_appliances_kw
        self.room = room
        self.walls = room + (outside - room) * through_walls / self._wall_surface
        self.gained_kwh = 0.0
        self.lost_kwh = 0.0

    def step(self, hours: float, air: Air, heating_kw: float, waste_heat_kw: float) -> None:
        """One step with this heat from the emitters, and the waste heat of tank and buffer."""
        sun = air.sun * self._window_m2 * (DRAWN_BLINDS if self.room > 24 else 1.0)
        gains = self._people_kw + sun
        windows_open = self.room > 24.5 and air.temperature < self.room
        ventilation = self._ventilation * (6.0 if windows_open else 1.0)
        to_walls = self._wall_surface * (self.room - self.walls)
        through_air = ventilation * (self.room - air.temperature)
        through_walls = self._through_walls * (self.walls - air.temperature)
        into_air = heating_kw + waste_heat_kw + self._people_kw + SUN_INTO_AIR * sun - to_walls - through_air
        self.room += into_air * hours / self._air_kwh_per_k
        self.walls += (to_walls + (1 - SUN_INTO_AIR) * sun - through_walls) * hours / self._mass_kwh_per_k
        self.gained_kwh += gains * hours
        self.lost_kwh += (through_air + through_walls) * hours

    def humidity(self, air: Air) -> float:
        """Relative humidity of the room 0..1: the air of outside, and what people add to it."""
        vapour = air.humidity * saturation_hpa(air.temperature) + MOISTURE_OF_PEOPLE_HPA
        return min(0.85, vapour / saturation_hpa(self.room))

    @property
    def stored_kwh(self) -> float:
        """Heat above 0 °C."""
        return self.room * self._air_kwh_per_k + self.walls * self._mass_kwh_per_k
