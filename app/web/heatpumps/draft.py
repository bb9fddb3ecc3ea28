"""What was typed so far about a heat pump that is being added, kept in the session from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import session
from werkzeug.datastructures import MultiDict

from app.services.heatpumps import Trial
from app.web.heatpumps import form
from app.web.heatpumps.form import Form
from app.web.parts import system
from drivers.catalogue import Catalogue
from drivers.model import Model

_KEY = "adding"
LONGEST = 500
"""Letters of a field that a cookie is troubled with; no field that could be kept has more."""
MOST = 3000
"""Letters of all fields: a browser takes 4096 bytes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How the heat pump answered when it was tried last."""

    delivered: int
    seconds: float
    requests: int
    calls_itself: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`heard` is None while it has not answered."""

    form: Form
    heard: Heard | None


def keep(typed: Form, heard: Heard | None) -> None:
    fields = [[name, text] for name, text in typed.pairs() if text and len(text) <= LONGEST]
    if sum(len(name) + len(text) for name, text in fields) > MOST:
        fields = [["kind", typed.model.name]]
    kept: dict[str, Any] = {"fields": fields}
    if heard is not None:
        kept["heard"] = [heard.delivered, heard.seconds, heard.requests, heard.calls_itself]
    session[_KEY] = kept


def kept() -> Draft | None:
    """None when nothing was begun, or its model is no longer in the catalogue."""
    found: Mapping[str, Any] = session.get(_KEY) or {}
    fields = MultiDict((str(name), str(text)) for name, text in found.get("fields", ()))
    model = named(system().catalogue, fields.get("kind", ""))
    if model is None:
        return None
    heard = Heard(*found["heard"]) if "heard" in found else None
    return Draft(form.typed(model, fields), heard)


def forget() -> None:
    session.pop(_KEY, None)


def heard(trial: Trial) -> Heard:
    name = trial.calls_itself
    called = str(name)[:LONGEST] if name is not None and name.product else ""
    return Heard(trial.delivered, round(trial.answer.seconds, 2), trial.answer.requests, called)


def named(catalogue: Catalogue, name: str) -> Model | None:
    """The model called manufacturer/model."""
    manufacturer, _, model = name.partition("/")
    return catalogue.find(manufacturer, model)
