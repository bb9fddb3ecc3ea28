"""What each sensor of a model reads now: the physics, a written setting, or what a controller answers otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from drivers import limits
from drivers.base import Value
from drivers.errors import OutOfRange
from drivers.identification import MAKER, PRODUCT_CODE, VERSION
from drivers.model import PRODUCT, Code, Model, Options, Sensor, Sign
from drivers.simulators import noise
from drivers.simulators.plant import Plant
from drivers.wire import Raw, decoded, encoded

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

NEAREST_WORD = {
    "0": ("none",),
    "off": ("standby", "none", "auto_or_off", "idle_or_buffering", "no_request", "stopped"),
    "on": ("bivalence_1", "defrost_active", "in_operation", "running"),
    "automatic": ("time_program",),
    "cooling": ("cool_compressor_active",),
    "heating": ("heat_compressor_active",),
    "hot_water": ("hwc_compressor_active", "hwc", "tank_heat_up"),
    "defrost": ("deicing_active", "heating"),
    "fault": ("off", "standby", "none", "auto_or_off", "idle_or_buffering", "no_request", "stopped"),
    "normal": ("grid_no_cheap_power", "free_running"),
}
"""What a state is shown as on a machine that does not have the word."""

JITTER = {"°C": (0.05, 0.0), "kW": (0.0, 0.004), "l/h": (0.0, 0.005), "bar": (0.004, 0.0)}
"""Noise of a measured value by unit: an amplitude, and a share of the value (a pump that stands is silent)."""

FURTHER_PART_LOWER = 0.015
"""How much lower the second, third … circuit or room is than the first, as a share of its temperature."""

FLOAT_DECIMALS, STEP_DECIMALS = 2, 6

SOFTWARE = "5539"
"""The software version of a simulated controller."""

_PART = re.compile(r"(?P<base>.+?)_(?:circuit|zone)_(?P<part>[a-z]|\d+)(?:_room_(?P<room>\d+))?")


class Readout:
    """The registers of every sensor that this machine has; `pinned` values win over everything.

    Raises OutOfRange for a pinned sensor that the machine does not have, and for a value that its registers cannot
    hold. All sensors stand still within one step of the plant, so that two reads of one moment agree. Optional
    sensors are there where the physics, or the factory value of a setting, tells what they hold; all of them
    `with_optional`. What a model is recognised by is answered as its signs say.
    """

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        pinned: Mapping[str, float | int | str] | None = None,
        with_optional: bool = False,
    ) -> None:
        self.plant = plant
        options = _as_one_product(model, options)
        self._maker, self._product = model.manufacturer_title, "".join(options.get(PRODUCT, ())[:1])
        self._options = options
        self._told_by = _sensors_that_tell(model, options)
        self._signs = {sign.sensor: _said(sign) for sign in model.signs}
        self._quantities = plant.quantities()
        self.sensors = {
            sensor.id: sensor
            for sensor in model.registers.values()
            if (with_optional or not sensor.optional or self._known(sensor)) and not _refused(model, sensor, options)
        }
        self._pinned = {sensor_id: self._pin(model, sensor_id, value) for sensor_id, value in (pinned or {}).items()}
        self._written: dict[str, Raw] = {}
        self._seen_at = plant.at
        self._seen: dict[str, Raw] = {}

    @property
    def identification(self) -> dict[int, bytes]:
        """What the controller calls itself: its maker, product and software version."""
        texts = {MAKER: self._maker, PRODUCT_CODE: self._product, VERSION: SOFTWARE}
        return {place: text.encode("ascii", "replace") for place, text in texts.items()}

    def value(self, sensor_id: str) -> Value:
        """What a driver that knows the catalogue reads. Raises KeyError for a sensor that is not there."""
        return decoded(self.sensors[sensor_id], self.raw(self.sensors[sensor_id]))

    def words(self, sensor: Sensor) -> tuple[int, ...]:
        """The sensor's registers in wire order. Raises TypeError where its place has a name."""
        raw = self.raw(sensor)
        if isinstance(raw, str):
            raise TypeError(f"{sensor.id} has no registers")
        return raw

    def raw(self, sensor: Sensor) -> Raw:
        """What travels for the sensor's value: its registers in wire order, or a text."""
        if self._seen_at != self.plant.at:
            self._seen_at, self._seen, self._quantities = self.plant.at, {}, self.plant.quantities()
        fixed = self._pinned.get(sensor.id, self._written.get(sensor.id))
        if fixed is not None:
            return fixed
        if sensor.id not in self._seen:
            self._seen[sensor.id] = self._raw_now(sensor)
        return self._seen[sensor.id]

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Hold this setting, and let the plant follow it. Raises OutOfRange as the catalogue's limits say."""
        limits.check(sensor, value)
        self._written[sensor.id] = encoded(sensor, value)
        if sensor.id not in self._pinned and self.plant.set(ALSO_CALLED.get(sensor.id, sensor.id), value):
            self._seen, self._quantities = {}, self.plant.quantities()

    def _pin(self, model: Model, sensor_id: str, value: float | int | str) -> Raw:
        sensor = self.sensors.get(sensor_id)
        if sensor is None:
            raise OutOfRange("%(sensor)s is not a sensor of this %(model)s", sensor=sensor_id, model=model.name)
        raw = encoded(sensor, value)
        held = decoded(sensor, raw)
        if held is not None:
            self.plant.set(sensor_id, held)
        return raw

    def _raw_now(self, sensor: Sensor) -> Raw:
        now = self._from_the_plant(sensor) if sensor.fitted(self._options) else None
        return self.otherwise(sensor) if now is None else now

    def otherwise(self, sensor: Sensor) -> Raw:
        """What the sensor says where the physics knows nothing of it."""
        if sensor.fitted(self._options):
            said = self._signs.get(sensor.id)
            if said is not None:
                return encoded(sensor, said)
            if sensor.default is not None:
                return encoded(sensor, sensor.default)
        elif sensor.write is None:
            return _nothing(sensor)
        elif sensor.default is not None:
            return encoded(sensor, sensor.default)
        if sensor.write is not None:
            return encoded(sensor, _something_allowed(sensor))
        if sensor.id in self._told_by:  # an owner who says that a part is fitted shall find it
            return encoded(sensor, next(iter(sensor.states), 0))
        return _nothing(sensor)

    def _from_the_plant(self, sensor: Sensor) -> Raw | None:
        name, further = self.quantity(sensor.id)
        found = self._quantities.get(name)
        if found is None or (sensor.type == "ascii2" and not isinstance(found, str)):
            return None
        if sensor.states or isinstance(found, str):
            return word(sensor, found)
        if sensor.write is not None:
            return setting(sensor, found)
        if sensor.unit == "°C":
            found *= 1 - FURTHER_PART_LOWER * further
        return measured(sensor, found + self._noise(sensor, name, further, found))

    @property
    def known(self) -> Collection[str]:
        """The quantities that the physics knows."""
        return self._quantities.keys()

    def fitted(self, sensor: Sensor) -> bool:
        return sensor.fitted(self._options)

    def held(self) -> dict[str, Value]:
        """Every setting that was pinned or written, and what it reads since then."""
        return {sensor_id: self.value(sensor_id) for sensor_id in {**self._written, **self._pinned}}

    def quantity(self, sensor_id: str) -> tuple[str, int]:
        """The name of the quantity behind a sensor, and which further part (0 = the first) the sensor belongs to."""
        name = ALSO_CALLED.get(sensor_id, sensor_id)
        repeated = _PART.fullmatch(sensor_id)
        if name in self._quantities or repeated is None:
            return name, 0
        part, room = repeated["part"], repeated["room"]
        place = int(part) - 1 if part.isdigit() else ord(part) - ord("a")
        return ALSO_CALLED.get(repeated["base"], repeated["base"]), place + (int(room) - 1 if room else 0)

    def _known(self, sensor: Sensor) -> bool:
        name, further = self.quantity(sensor.id)
        return (name in self._quantities and not further) or (sensor.write is not None and sensor.default is not None)

    def jitter(self, sensor: Sensor, name: str, further: int) -> tuple[float, float, int]:
        """The noise of a measured value: its amplitude, its share of the value, and its seed."""
        if sensor.kind != "number" or sensor.unit not in JITTER or name.endswith(("_target", "_avg")):
            return 0.0, 0.0, 0
        return (*JITTER[sensor.unit], noise.seed_for(self.plant.seed + further, name))

    def _noise(self, sensor: Sensor, name: str, further: int, value: float) -> float:
        amplitude, share, seed = self.jitter(sensor, name, further)
        return (amplitude + share * value) * noise.jitter(seed, self._seen_at) if amplitude or share else 0.0


def _as_one_product(model: Model, options: Options) -> Options:
    """A simulated machine is one product of its series: the first, unless somebody chose."""
    option = model.options.get(PRODUCT)
    return options if option is None or options.get(PRODUCT) else {**options, PRODUCT: option.choices[:1]}


def _said(sign: Sign) -> str | float | None:
    """What a machine of this model answers to be recognised by, where the catalogue says it."""
    return sign.answers[0] if sign.answers else sign.least


def _refused(model: Model, sensor: Sensor, options: Options) -> bool:
    """Of another product, or of a part that is not there and whose controller answers an exception for it."""
    return not sensor.of_product(options) or any(
        choice not in options.get(option, ()) and model.options[option].unfitted == "refused"
        for option, choice in sensor.part
    )


def _sensors_that_tell(model: Model, options: Options) -> frozenset[str]:
    """Any value of these tells that a part is fitted, and the part is."""
    return frozenset(
        sensor_id
        for name, option in model.options.items()
        for choice in options.get(name, ())
        for sensor_id in option.fitted_when.get(choice, ())
    )


def _code(sensor: Sensor, found: float | int | str) -> Code | None:
    """The code of this state, or of the nearest word the machine has; a switch without states is 1 or 0."""
    if not sensor.states:
        return {"on": 1, "off": 0}.get(str(found))
    for word in (found, *NEAREST_WORD.get(str(found), ())):
        for code, name in sensor.states.items():
            if word in (code, name):
                return code
    return None


def word(sensor: Sensor, found: float | int | str) -> Raw | None:
    """What travels for a state; None where the machine has no such word."""
    code = _code(sensor, found)
    return None if code is None else encoded(sensor, code)


def setting(sensor: Sensor, found: float) -> Raw | None:
    """A setting at its own step; None where the physics has a value that this machine could not be set to."""
    own = sensor.write.step if sensor.write else None
    step = own or sensor.scale
    free = is_free(sensor) and not (sensor.type == "number" and own)
    value = round(found, FLOAT_DECIMALS) if free else round(round(found / step) * step, STEP_DECIMALS)
    try:
        limits.check(sensor, value)
    except OutOfRange:
        return None
    return encoded(sensor, value)


def measured(sensor: Sensor, value: float) -> Raw | None:
    if is_free(sensor):
        value = round(value, FLOAT_DECIMALS)
    try:
        raw = encoded(sensor, value)
        if decoded(sensor, raw) is None:  # a measured value must not pass for a missing sensor by chance
            raw = encoded(sensor, value + (10**-FLOAT_DECIMALS if is_free(sensor) else sensor.scale))
    except OutOfRange:
        return None
    return raw


def is_free(sensor: Sensor) -> bool:
    """Its place takes any decimals."""
    return sensor.type in ("float32", "number")


def _something_allowed(sensor: Sensor) -> float | Code:
    write = sensor.write
    if sensor.states:
        return next(iter(write.states if write and write.states else sensor.states))
    if write is None or (write.minimum or 0.0) <= 0 <= (write.maximum or 0.0):
        return 0
    return write.minimum if write.minimum is not None else write.maximum or 0


def _nothing(sensor: Sensor) -> Raw:
    """The sentinel of a sensor that is not there, or 0 where the machine has none.

    A one-byte sentinel fills its word with ones: 255 goes out as 0xFFFF, as seen on real iDM controllers.
    """
    if sensor.type == "text":
        return (0,) * sensor.words
    if sensor.path:
        return ""
    if not sensor.absent:
        return encoded(sensor, next(iter(sensor.states), 0))
    sentinel = max((each for each in sensor.absent if not isinstance(each, str)), key=abs)
    if sensor.bit is not None:
        return (0,)
    if sensor.type == "thousands":
        return (int(sentinel),) * sensor.words
    if sensor.type == "uint8":
        return (0xFF00 | int(sentinel),)
    return encoded(sensor, sentinel * sensor.scale / sensor.divide)
