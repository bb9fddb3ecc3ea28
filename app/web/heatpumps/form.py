"""The form of a heat pump: what it shows, and what it sends in the words of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.messages import Invalid
from app.web.languages import opening
from drivers.model import Model

FIELDS = {
    "name": "name",
    "kind": "model",
    "host": "connection_config.host",
    "port": "connection_config.port",
    "unit_id": "connection_config.unit_id",
    "timeout": "connection_config.timeout",
    "interval": "device_config.interval",
}
"""Field of the form → what the service calls it; options are device_config.<option>."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything as text, just as it stands in the fields; `parts` are the ticked ones per option."""

    model: Model
    name: str = ""
    host: str = ""
    port: str = ""
    unit_id: str = ""
    timeout: str = ""
    interval: str = ""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def sent(self) -> dict[str, Any]:
        """What the service is asked to keep."""
        numbers = {"port": self.port, "unit_id": self.unit_id, "timeout": self.timeout}
        return {
            "name": self.name,
            "manufacturer": self.model.manufacturer,
            "model": self.model.id,
            "connection_config": {
                "host": self.host,
                **{key: _number(text) for key, text in numbers.items() if text.strip()},
            },
            "device_config": {
                "interval": _number(self.interval) if self.interval.strip() else None,
                **{name: list(parts) for name, parts in self.parts.items()},
            },
        }

    def with_errors(self, complaints: list[Invalid]) -> Form:
        """The same form with each complaint at its field."""
        names = {theirs: ours for ours, theirs in FIELDS.items()}
        errors = {}
        for complaint in complaints:
            theirs = "model" if complaint.field == "manufacturer" else complaint.field
            errors[names.get(theirs, theirs.removeprefix("device_config."))] = opening(complaint.message)
        return replace(self, errors=errors)

    def with_parts(self, parts: Mapping[str, tuple[str, ...]]) -> Form:
        return replace(self, parts={**self.parts, **parts})


def empty(model: Model) -> Form:
    """A new heat pump of this model, with its usual connection and parts."""
    return Form(
        model,
        port=_text(model.connection.port),
        unit_id=_text(model.connection.unit_id),
        timeout=_text(model.connection.timeout),
        parts=model.default_options(),
    )


def chosen(form: Form) -> Form:
    """Another model was chosen: its usual connection and parts, while name, address and interval stay as typed."""
    return replace(empty(form.model), name=form.name, host=form.host, interval=form.interval)


def filled(model: Model, sent: Mapping[str, Any]) -> Form:
    """A stored heat pump, in the shape in which it is sent to the service."""
    where, settings = sent["connection_config"], sent["device_config"]
    return Form(
        model,
        name=sent["name"],
        host=where["host"],
        port=_text(where["port"]),
        unit_id=_text(where["unit_id"]),
        timeout=_text(where["timeout"]),
        interval=_text(settings.get("interval")),
        parts={name: tuple(settings.get(name, ())) for name in model.options},
    )


def typed(model: Model, fields: MultiDict[str, str]) -> Form:
    """What somebody typed and ticked."""
    return Form(
        model,
        name=fields.get("name", ""),
        host=fields.get("host", ""),
        port=fields.get("port", ""),
        unit_id=fields.get("unit_id", ""),
        timeout=fields.get("timeout", ""),
        interval=fields.get("interval", ""),
        parts={name: tuple(fields.getlist(f"option-{name}")) for name in model.options},
    )


def _number(text: str) -> Any:
    """A number where it is one, else the text, which the service refuses by name."""
    plain = text.strip().replace(",", ".")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
