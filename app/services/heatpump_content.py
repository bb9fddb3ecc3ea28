"""What somebody sends about a heat pump, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.messages import Invalid
from app.polling.pace import least_interval_s
from app.services import connection_content, free_text
from app.services.checks import number, only
from app.store.heatpumps import HEATED_AREA
from drivers.catalogue import Catalogue
from drivers.model import Model
from drivers.sensor import LACKS

LONGEST_NAME = 80
SHARE = "share_data"
"""Whether this heat pump's values may be shared (app/services/telemetry.py); nothing is while it is not there."""
LARGEST_AREA = 100_000
"""m²; a quarter has its heat from several heat pumps."""


@dataclass(frozen=True, slots=True)
class Content:
    """A heat pump as it may be stored; every field is valid by itself."""

    name: str
    model: Model
    connection: dict[str, Any]
    settings: dict[str, Any]
    enabled: bool


def checked(catalogue: Catalogue, sent: Mapping[str, Any]) -> Content:
    """The content in full, missing fields filled from the model's defaults. Raises Invalid, naming the field.

    Keys: name, manufacturer, model, connection_config {host, port, timeout, and what else the model's protocol needs},
    device_config {circuits: […], …, interval, heated_area}, enabled.
    """
    only(sent, "", {"name", "manufacturer", "model", "connection_config", "device_config", "enabled"})
    model = _model(catalogue, sent)
    enabled = sent.get("enabled", True)
    if not isinstance(enabled, bool):
        raise Invalid("enabled", "%(value)r is neither true nor false", value=enabled)
    return Content(
        name=_name(sent.get("name"), model),
        model=model,
        connection=connection_content.checked(_object(sent, "connection_config"), model),
        settings=_settings(_object(sent, "device_config"), model),
        enabled=enabled,
    )


def _model(catalogue: Catalogue, sent: Mapping[str, Any]) -> Model:
    manufacturer, name = sent.get("manufacturer"), sent.get("model")
    for field, value in (("manufacturer", manufacturer), ("model", name)):
        if not isinstance(value, str) or not value:
            raise Invalid(field, "is missing; known are %(known)s", known=", ".join(_known(catalogue)))
    found = catalogue.find(str(manufacturer), str(name))
    if found is None:
        known = _known(catalogue)
        raise Invalid(
            "model" if any(each.startswith(f"{manufacturer}/") for each in known) else "manufacturer",
            "%(value)s is not in the catalogue; known are %(known)s",
            value=f"{manufacturer}/{name}",
            known=", ".join(known),
        )
    return found


def _known(catalogue: Catalogue) -> list[str]:
    return [each.name for each in catalogue]


def _name(value: Any, model: Model) -> str:
    if value is None:
        return model.title
    if not isinstance(value, str) or not value.strip():
        raise Invalid("name", "a heat pump needs a name")
    if len(value.strip()) > LONGEST_NAME:
        raise Invalid("name", "is longer than %(most)d characters", most=LONGEST_NAME)
    if any(free_text.hidden(letter) for letter in value.strip()):
        raise Invalid("name", "must stand on one line, without control characters")
    return value.strip()


def _settings(sent: Mapping[str, Any], model: Model) -> dict[str, Any]:
    known = {"interval", SHARE, HEATED_AREA, *model.options, *((LACKS,) if model.register_list else ())}
    only(sent, "device_config.", known)
    settings: dict[str, Any] = {}
    share = sent.get(SHARE, False)
    if not isinstance(share, bool):
        raise Invalid(f"device_config.{SHARE}", "%(value)r is neither true nor false", value=share)
    if share:
        settings[SHARE] = True
    if sent.get("interval") is not None:
        settings["interval"] = number("device_config.interval", sent["interval"], 1, 86400)
    if sent.get(HEATED_AREA) is not None:
        settings[HEATED_AREA] = number(f"device_config.{HEATED_AREA}", sent[HEATED_AREA], 1, LARGEST_AREA)
    for name, option in model.options.items():
        parts = sent.get(name, option.default)
        field = f"device_config.{name}"
        if not isinstance(parts, list | tuple):
            raise Invalid(field, "must be a list, such as %(example)s", example=list(option.choices[:2]))
        chosen = [str(part) for part in parts]
        for part in chosen:
            if part not in option.choices:
                raise Invalid(
                    field, "%(value)s is not one of %(choices)s", value=part, choices=", ".join(option.choices)
                )
        settings[name] = [choice for choice in option.choices if choice in chosen]
    _check_pace(settings, model)
    if sent.get(LACKS):
        settings[LACKS] = _lacking(sent[LACKS], model)
    return settings


def _lacking(value: Any, model: Model) -> list[str]:
    """Ids that the catalogue does not know are left out: it may know less than a version before it did."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Invalid(f"device_config.{LACKS}", "must be a list, such as %(example)s", example=["temp_pool"])
    wanted = set(value)
    return [sensor_id for sensor_id in model.every_sensor if sensor_id in wanted]


def _check_pace(settings: Mapping[str, Any], model: Model) -> None:
    least_s = least_interval_s(model, {name: settings[name] for name in model.options})
    if settings.get("interval", least_s) < least_s:
        raise Invalid(
            "device_config.interval",
            "this heat pump may take %(answer)s s for one value: give it %(least)d s or more for a poll",
            answer=model.reads.answer_s,
            least=least_s,
        )


def _object(sent: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = sent.get(field, {})
    if not isinstance(value, Mapping):
        raise Invalid(field, "must be an object with named values")
    return value
