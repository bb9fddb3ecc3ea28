"""What a heat pump has, as far as its catalogue, its options and its own values tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.services.values import Current
from drivers.model import Model
from drivers.sensor import Options

SourceKind = Literal["air", "brine", "water", "air to air", "unknown"]
Choices = tuple[Current, ...]
"""The sensors of one place, the best first; the first that has a value is shown."""
There = Callable[..., Choices]
"""Which of some sensors deliver."""

OUTSIDE = ("temp_outside", "temp_outside_unit")
AIR_INTAKE = ("temp_air_input", "temp_air_intake")
SOURCE_IN, SOURCE_OUT = ("temp_source_in",), ("temp_source_out",)
COMPRESSORS = tuple(f"compressor{number}_on" for number in ("", "_2", "_3", "_4"))
FREQUENCY = ("compressor_frequency", "compressor_modulation")
FLOW, RETURN = ("temp_flow", "temp_flow_circuit_a"), ("temp_return", "temp_return_circuit_a")
HEAT = ("meter_heat_power", "power_current")
ELECTRIC = ("meter_electric_power", "power_current_draw")
BACKUP = ("backup_heater", "power_additional_heat")
BOOSTER = ("booster_heater",)
BUFFER = ("temp_buffer", "temp_buffer_top")
HOT_WATER = ("temp_hot_water", "temp_hot_water_top", "temp_hot_water_bottom")
HOT_WATER_TARGET = ("temp_hot_water_target",)
ROOM = ("temp_room", "temp_room_sensor_1")
CIRCUIT_OPTIONS, ZONE_OPTIONS = ("circuits", "more_circuits"), ("zones",)


@dataclass(frozen=True, slots=True)
class Circuit:
    """A heating circuit; `name` is empty for the one that a machine has beside those that can be chosen."""

    name: str
    flow: Choices
    back: Choices
    room: Choices
    pump: Choices

    @property
    def key(self) -> str:
        return f"circuit_{self.name.lower() or 'own'}"


@dataclass(frozen=True, slots=True)
class Zone:
    """Rooms with a control of their own: their temperature, or what they are doing."""

    name: str
    says: Choices

    @property
    def key(self) -> str:
        return f"zone_{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Having:
    """The parts of one machine; what it lacks is empty."""

    source: SourceKind
    outside: Choices
    source_in: Choices
    source_out: Choices
    compressors: Choices
    frequency: Choices
    flow: Choices
    back: Choices
    heat: Choices
    electric: Choices
    backup: Choices
    booster: Choices
    buffer: Choices
    hot_water: Choices
    hot_water_target: Choices
    room: Choices
    circuits: tuple[Circuit, ...]
    zones: tuple[Zone, ...]
    defrosts: bool
    """It takes heat from the air, as far as anybody knows, and tells when it thaws."""

    @property
    def air_to_air(self) -> bool:
        """It has no water to heat a house with."""
        return self.source == "air to air"


def of(model: Model, options: Options, currents: Sequence[Current], answered: str | None, *, no_backup: bool) -> Having:
    """`answered` is the source as the owner said, `no_backup` that there is no backup heater, or it is never used."""
    told = {each.sensor.id: each for each in currents}

    def there(*sensor_ids: str) -> Choices:
        """Those that deliver, or should and fail; one that was not read yet proves nothing."""
        known = (told[sensor_id] for sensor_id in sensor_ids if sensor_id in told)
        return tuple(
            each for each in known if each.value is not None or (each.problem is not None and not each.sensor.optional)
        )

    def named(*sensor_ids: str) -> Choices:
        """Those of the catalogue, for what every heat pump has anyway; while any delivers, only those that do."""
        return there(*sensor_ids) or tuple(told[sensor_id] for sensor_id in sensor_ids[:1] if sensor_id in told)

    backup = () if no_backup and not any(each.value for each in there(*BACKUP)) else there(*BACKUP)
    source = _source(answered, there(*AIR_INTAKE))
    watery = source != "air to air"
    tank = there(*HOT_WATER)
    return Having(
        source,
        there(*OUTSIDE),
        there(*SOURCE_IN, *AIR_INTAKE) if source == "air" else there(*SOURCE_IN),
        there(*SOURCE_OUT),
        there(*COMPRESSORS),
        there(*FREQUENCY),
        named(*FLOW) if watery else (),
        named(*RETURN) if watery else (),
        there(*HEAT),
        there(*ELECTRIC),
        backup if watery else (),
        there(*BOOSTER) if tank else (),
        there(*BUFFER) if watery else (),
        tank,
        there(*HOT_WATER_TARGET) if tank else (),
        there(*ROOM),
        tuple(_circuits(model, options, there)) if watery else (),
        tuple(_zones(options, there)),
        source not in ("brine", "water") and _tells_defrost(told),
    )


def _tells_defrost(told: Mapping[str, Current]) -> bool:
    mode = told.get("operating_mode")
    return "defrost" in told or (mode is not None and "defrost" in mode.sensor.states.values())


def _source(answered: str | None, air_intake: Choices) -> SourceKind:
    """As the owner said; a machine that tells the temperature of the air that it takes in says it itself."""
    if answered in ("air", "brine", "water", "air to air"):
        return answered  # type: ignore[return-value]
    return "air" if any(each.value is not None for each in air_intake) else "unknown"


def _circuits(model: Model, options: Options, there: There) -> Iterable[Circuit]:
    if _has_own_circuit(model):
        yield Circuit("", (), (), there(*ROOM), ())
    for option in CIRCUIT_OPTIONS:
        for name in _chosen(model, options, option):
            part = f"circuit_{name.lower()}"
            yield Circuit(
                name,
                there(f"temp_flow_{part}"),
                there(f"temp_return_{part}"),
                there(f"temp_room_{part}"),
                there(f"pump_{part}"),
            )


def _has_own_circuit(model: Model) -> bool:
    """Where a catalogue chooses no circuit to begin with, those that can be chosen come in addition."""
    heats = bool(model.capabilities.get("heating"))
    return heats and not any(model.options[name].default for name in CIRCUIT_OPTIONS if name in model.options)


def _zones(options: Options, there: There) -> Iterable[Zone]:
    for option in ZONE_OPTIONS:
        for name in options.get(option, ()):
            yield Zone(name, there(f"temp_room_zone_{name.lower()}", f"mode_zone_{name.lower()}"))


def _chosen(model: Model, options: Options, option: str) -> list[str]:
    known = model.options.get(option)
    return [] if known is None else [name for name in known.choices if name in options.get(option, ())]
