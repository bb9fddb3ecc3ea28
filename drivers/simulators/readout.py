"""What each sensor of a model reads now: the physics, a written setting, or what a controller answers otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from drivers import limits
from drivers.base import Value
from drivers.errors import OutOfRange
from drivers.identification import MAKER, PRODUCT_CODE, VERSION
from drivers.model import Model, Sign
from drivers.sensor import PRODUCT, Options, Sensor
from drivers.simulators import noise, raw_values
from drivers.simulators.plant import Plant
from drivers.simulators.quantities import ALSO_CALLED, quantity_behind
from drivers.wire import Raw, decoded, encoded

JITTER = {"°C": (0.05, 0.0), "kW": (0.0, 0.004), "l/h": (0.0, 0.005), "bar": (0.004, 0.0)}
"""Noise of a measured value by unit: an amplitude, and a share of the value (a pump that stands is silent)."""

FURTHER_PART_LOWER = 0.015
"""How much lower the second, third … circuit or room is than the first, as a share of its temperature."""

SOFTWARE = "5539"
"""The software version of a simulated controller."""


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
            return raw_values.nothing(sensor)
        elif sensor.default is not None:
            return encoded(sensor, sensor.default)
        if sensor.write is not None:
            return encoded(sensor, raw_values.something_allowed(sensor))
        if sensor.id in self._told_by:  # an owner who says that a part is fitted shall find it
            return encoded(sensor, next(iter(sensor.states), 0))
        return raw_values.nothing(sensor)

    def _from_the_plant(self, sensor: Sensor) -> Raw | None:
        name, further = self.quantity(sensor.id)
        found = self._quantities.get(name)
        if found is None or (sensor.type == "ascii2" and not isinstance(found, str)):
            return None
        if sensor.states or isinstance(found, str):
            return raw_values.word(sensor, found)
        if sensor.write is not None:
            return raw_values.setting(sensor, found)
        if sensor.unit == "°C":
            found *= 1 - FURTHER_PART_LOWER * further
        return raw_values.measured(sensor, found + self._noise(sensor, name, further, found))

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
        return quantity_behind(sensor_id, self._quantities)

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
