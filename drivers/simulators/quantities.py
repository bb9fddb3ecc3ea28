"""Which quantity of the physics stands behind a sensor."""

from __future__ import annotations

import re
from collections.abc import Container

ALSO_CALLED = {
    "backup_relay_1": "backup_heater",
    "circulation_pump": "compressor_on",
    "circulation_pump_bit": "compressor_on",
    "compressor_bit": "compressor_on",
    "compressor_on_heat_pump_1": "compressor_on",
    "energy_electric_heating_heat_pump_1": "energy_electric_heating",
    "energy_electric_hot_water_heat_pump_1": "energy_electric_hot_water",
    "energy_heat_heating_heat_pump_1": "energy_heat_heating",
    "energy_heat_hot_water_heat_pump_1": "energy_heat_hot_water",
    "flow_rate_heat_pump_1": "flow_rate",
    "heating_circuit_pump_1": "demand_heating",
    "heating_status": "demand_heating",
    "hot_water_on": "released",
    "hot_water_operation": "runs_for_hot_water",
    "hot_water_running": "runs_for_hot_water",
    "hot_water_status": "demand_hot_water",
    "humidity_fek": "humidity",
    "main_zone_on": "released",
    "main_zone_running": "demand_heating",
    "power_inverter": "power_current_draw",
    "space_heating_cooling": "released",
    "space_operation": "runs_for_heating",
    "temp_flow_heat_pump": "temp_flow",
    "temp_flow_heat_pump_1": "temp_flow",
    "temp_flow_outdoor_unit": "temp_flow",
    "temp_flow_tank_valve": "temp_flow",
    "temp_hot_water_comfort": "temp_hot_water_target",
    "temp_hot_water_top": "temp_hot_water",
    "temp_return_heat_pump_1": "temp_return",
    "temp_room_comfort": "temp_room_target",
    "temp_room_fek": "temp_room",
    "temp_room_target_fek": "temp_room_target",
    "temp_space_target": "temp_flow_target",
    "unit_mode": "operating_mode",
    "alarm_class_1": "fault",
    "compressor_phase": "operating_mode",
    "defrost_state": "defrost",
    "degree_minutes_32": "degree_minutes",
    "demand": "system_mode",
    "demand_water": "demand_hot_water",
    "energy_heat_total_defrost": "energy_heat_defrost",
    "energy_heat_total_electric": "energy_heat_backup",
    "energy_heat_total_flow_sensor": "energy_heat_total",
    "error_state": "fault",
    "failure_heat_pump": "fault",
    "hot_water_charging": "demand_hot_water",
    "hours_heat_pump": "compressor_hours",
    "power_compressor": "power_current_draw",
    "inverter_power": "power_current_draw",
    "power_instantaneous": "power_current_draw",
    "priority": "operating_mode",
    "power_thermal": "power_current",
    "status_bivalence": "backup_heater",
    "status_code": "operating_mode",
    "temp_flow_live": "temp_flow",
    "temp_flow_run": "temp_flow",
    "temp_return_run": "temp_return",
    "temp_room_day": "temp_room_target",
    "temp_storage": "temp_buffer",
    "temp_system_flow": "temp_flow",
    "temp_air_input": "temp_source_in",
    "temp_buffer_top": "temp_buffer",
    "temp_flow_after_backup": "temp_flow",
    "temp_flow_common": "temp_flow",
    "temp_hot_water_charging": "temp_hot_water_bottom",
    "temp_hot_water_setting": "temp_hot_water_target",
    "temp_hot_water_setting_105": "temp_hot_water_target",
    "temp_outside_avg_1h": "temp_outside_avg",
    "temp_outside_avg_24h": "temp_outside_avg",
    "temp_outside_unit": "temp_outside",
    "temp_room_avg": "temp_room",
    "temp_return_secondary": "temp_return",
    "valve_defrost": "defrost",
    "valve_state_main_heating_water": "valve",
}
"""Sensors that some models have beside or instead of the vocabulary's, and the quantity behind them."""

_PART = re.compile(r"(?P<base>.+?)_(?:circuit|zone)_(?P<part>[a-z]|\d+)(?:_room_(?P<room>\d+))?")


def quantity_behind(sensor_id: str, known: Container[str]) -> tuple[str, int]:
    """Its name among the `known` ones, and which further part (0 = the first) the sensor belongs to."""
    name = ALSO_CALLED.get(sensor_id, sensor_id)
    repeated = _PART.fullmatch(sensor_id)
    if name in known or repeated is None:
        return name, 0
    part, room = repeated["part"], repeated["room"]
    place = int(part) - 1 if part.isdigit() else ord(part) - ord("a")
    return ALSO_CALLED.get(repeated["base"], repeated["base"]), place + (int(room) - 1 if room else 0)
