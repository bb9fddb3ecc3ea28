"""The form of a heat pump: what it shows, and what it sends in the words of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.messages import Invalid
from app.web.languages import opening
from drivers.model import Model

PLACE = ("installation", "gateway", "machine")
"""What a heat pump is called in its maker's cloud."""

NUMBERS = frozenset({"port", "unit_id", "timeout"})
"""Of the fields that a connection may have."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything as text, just as it stands in the fields; `parts` are the ticked ones per option.

    `connection` has the fields that the model's protocol needs.
    """

    model: Model
    name: str = ""
    connection: Mapping[str, str] = field(default_factory=dict)
    interval: str = ""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def sent(self) -> dict[str, Any]:
        """What the service is asked to keep."""
        return {
            "name": self.name,
            "manufacturer": self.model.manufacturer,
            "model": self.model.id,
            "connection_config": {
                name: _number(text) if name in NUMBERS else text
                for name, text in self.connection.items()
                if text.strip()
            },
            "device_config": {
                "interval": _number(self.interval) if self.interval.strip() else None,
                **{name: list(parts) for name, parts in self.parts.items()},
            },
        }

    def with_errors(self, complaints: list[Invalid]) -> Form:
        """The same form with each complaint at its field."""
        errors = {}
        for complaint in complaints:
            own = complaint.field.rpartition(".")[2]
            errors["kind" if own in ("manufacturer", "model") else own] = opening(complaint.message)
        return replace(self, errors=errors)

    def with_connection(self, settings: Mapping[str, str]) -> Form:
        """With these settings, as far as the protocol knows them and they say something."""
        known = {name: settings[name] for name in self.connection if settings.get(name)}
        return replace(self, connection={**self.connection, **known})

    def with_parts(self, parts: Mapping[str, tuple[str, ...]]) -> Form:
        return replace(self, parts={**self.parts, **parts})


def empty(model: Model) -> Form:
    """A new heat pump of this model, with its usual connection and parts."""
    return Form(
        model,
        connection={name: _text(model.connection.settings.get(name)) for name in model.connection.fields},
        parts=model.default_options(),
    )


def chosen(form: Form) -> Form:
    """Another model was chosen: its usual connection and parts, while name, address and interval stay as typed."""
    fresh = empty(form.model)
    kept = {name: form.connection[name] for name in ("host",) if name in form.connection}
    return replace(fresh, name=form.name, connection={**fresh.connection, **kept}, interval=form.interval)


def filled(model: Model, sent: Mapping[str, Any]) -> Form:
    """A stored heat pump, in the shape in which it is sent to the service."""
    where, settings = sent["connection_config"], sent["device_config"]
    return Form(
        model,
        name=sent["name"],
        connection={name: _text(where.get(name)) for name in model.connection.fields},
        interval=_text(settings.get("interval")),
        parts={name: tuple(settings.get(name, ())) for name in model.options},
    )


def typed(model: Model, fields: MultiDict[str, str]) -> Form:
    """What somebody typed and ticked."""
    return Form(
        model,
        name=fields.get("name", ""),
        connection={name: fields.get(name, "") for name in model.connection.fields} | _chosen_place(fields),
        interval=fields.get("interval", ""),
        parts={name: tuple(fields.getlist(f"option-{name}")) for name in model.options},
    )


def _chosen_place(fields: MultiDict[str, str]) -> dict[str, str]:
    """The heat pump of an account that was chosen from its list."""
    parts = fields.get("place", "").split("/")
    return dict(zip(PLACE, parts, strict=True)) if len(parts) == len(PLACE) else {}


def _number(text: str) -> Any:
    """A number where it is one, else the text, which the service refuses by name."""
    plain = text.strip().replace(",", ".")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _text(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:g}"
