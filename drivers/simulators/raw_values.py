"""What travels for a value of a simulated machine."""

from __future__ import annotations

from drivers import limits
from drivers.errors import OutOfRange
from drivers.sensor import Code, Sensor
from drivers.wire import Raw, decoded, encoded

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

FLOAT_DECIMALS, STEP_DECIMALS = 2, 6


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


def something_allowed(sensor: Sensor) -> float | Code:
    """A value that may be written, 0 where it may."""
    write = sensor.write
    if sensor.states:
        return next(iter(write.states if write and write.states else sensor.states))
    if write is None or (write.minimum or 0.0) <= 0 <= (write.maximum or 0.0):
        return 0
    return write.minimum if write.minimum is not None else write.maximum or 0


def nothing(sensor: Sensor) -> Raw:
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
