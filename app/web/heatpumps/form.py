"""The form of a heat pump: what it shows, and what it sends in the words of the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from app.messages import Invalid
from app.store.heatpumps import HEATED_AREA
from app.web.languages import opening
from drivers.model import Model

PLACE = ("installation", "gateway", "machine")
"""What a heat pump is called in its maker's cloud."""

NUMBERS = frozenset({"port", "unit_id", "timeout"})
"""Of the fields that a connection may have."""

METERING = ("source", "building_pumps", "backup_heater", "source_pump")
"""The questions about what is metered, as they are called by the service."""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything as text, just as it stands in the fields; `parts` are the ticked ones per option.

    `connection` has the fields that the model's protocol needs, `found` what the machine reported as fitted, and
    `metering` the answers about the meters, which only a new heat pump is asked for here.
    """

    model: Model
    name: str = ""
    connection: Mapping[str, str] = field(default_factory=dict)
    interval: str = ""
    area: str = ""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    metering: Mapping[str, str] = field(default_factory=dict)
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
                HEATED_AREA: _number(self.area) if self.area.strip() else None,
                **{name: list(parts) for name, parts in self.parts.items()},
            },
        }

    def sent_metering(self) -> dict[str, Any] | None:
        """The answers in the words of the service; None while nothing was answered."""
        if not any(self.metering.values()):
            return None
        pumps = {"yes": True, "no": False}.get(self.metering.get("building_pumps", ""))
        return {**self.metering, "building_pumps": pumps}

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every field with what stands in it, as a browser would send it."""
        yield "kind", self.model.name
        yield "name", self.name
        yield from self.connection.items()
        yield "interval", self.interval
        yield HEATED_AREA, self.area
        yield from ((f"metering-{name}", answer) for name, answer in self.metering.items())
        for prefix, chosen in (("option", self.parts), ("found", self.found)):
            yield from ((f"{prefix}-{name}", part) for name, parts in chosen.items() for part in parts)

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

    def with_found(self, fitted: Mapping[str, Iterable[str]]) -> Form:
        """With what the machine reports; where that is news, its parts are ticked."""
        found = {name: tuple(parts) for name, parts in fitted.items() if parts}
        news = {name: parts for name, parts in found.items() if parts != self.found.get(name)}
        return replace(self.with_parts(news), found=found)


def empty(model: Model) -> Form:
    """A new heat pump of this model, with its usual connection and parts."""
    return Form(
        model,
        connection={name: _text(model.connection.settings.get(name)) for name in model.connection.fields},
        parts=model.default_options(),
    )


def chosen(form: Form) -> Form:
    """Another model was chosen: its usual connection and parts, while the rest stays as typed, the address too."""
    fresh = empty(form.model)
    kept = {name: form.connection[name] for name in ("host",) if name in form.connection}
    return replace(
        fresh,
        name=form.name,
        connection={**fresh.connection, **kept},
        interval=form.interval,
        area=form.area,
        metering=form.metering,
    )


def filled(model: Model, sent: Mapping[str, Any]) -> Form:
    """A stored heat pump, in the shape in which it is sent to the service."""
    where, settings = sent["connection_config"], sent["device_config"]
    return Form(
        model,
        name=sent["name"],
        connection={name: _text(where.get(name)) for name in model.connection.fields},
        interval=_text(settings.get("interval")),
        area=_text(settings.get(HEATED_AREA)),
        parts={name: tuple(settings.get(name, ())) for name in model.options},
    )


def typed(model: Model, fields: MultiDict[str, str]) -> Form:
    """What somebody typed and ticked."""
    return Form(
        model,
        name=fields.get("name", ""),
        connection={name: fields.get(name, "") for name in model.connection.fields} | _chosen_place(fields),
        interval=fields.get("interval", ""),
        area=fields.get(HEATED_AREA, ""),
        parts={name: tuple(fields.getlist(f"option-{name}")) for name in model.options},
        found=_known_parts(model, fields),
        metering={name: fields.get(f"metering-{name}", "") for name in METERING},
    )


def _known_parts(model: Model, fields: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """The parts that a test found, as the page with its result sends them back."""
    found = {
        name: tuple(part for part in option.choices if part in fields.getlist(f"found-{name}"))
        for name, option in model.options.items()
    }
    return {name: parts for name, parts in found.items() if parts}


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
