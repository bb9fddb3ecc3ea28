"""/api/annotations: notes on the time line."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.messages import Invalid
from app.services import annotations as notes
from app.services import heatpumps, marks, models
from app.services.marks import Mark
from app.services.moments import LATEST_TIME
from app.store.alert_events import Event
from app.store.annotations import Annotation
from app.web import alert_words, visible
from app.web import marks as mark_words
from app.web.access import controlling, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import alerts as shapes
from app.web.parts import system
from drivers.model import Model

FIELDS = ("heatpump_id", "at", "until", "text")


@interface.get("/annotations")
@signed_in
@described("Notes and marks, newest first", shapes.Annotations, asks=shapes.AnnotationsWanted)
def all_annotations() -> ResponseReturnValue:
    """?heatpump_id= ?from= ?to="""
    heatpump_id = request.args.get("heatpump_id")
    start, end = _second("from", 0), _second("to", int(system().clock()) + 1)
    kept = notes.within(system(), heatpump_id, start, end, among=visible.among())
    found = [_shown(each, event) for each, event in kept]
    if heatpump_id is not None:
        pump = heatpumps.get(system(), heatpump_id)
        model = models.of(system(), pump)
        found += [_mark(pump.id, each, model) for each in marks.within(system(), pump, start, end)]
    return answer({"annotations": sorted(found, key=lambda each: -int(each["at"]))})


@interface.post("/annotations")
@controlling
@described("Add a note", shapes.Annotation, status=201, sends=shapes.AnnotationSent)
def add_annotation() -> ResponseReturnValue:
    sent = _sent()
    made = notes.add(
        system(),
        sent.get("heatpump_id"),
        _given(sent, "at"),
        sent.get("text", ""),
        until=sent.get("until"),
        author=current_user.name,
    )
    where = url_for("api.change_annotation", annotation_id=made.id)
    return answer(_shown(made, None), 201, {"Location": where})


@interface.put("/annotations/<int:annotation_id>")
@controlling
@described("Change a note", shapes.Annotation, sends=shapes.AnnotationSent)
def change_annotation(annotation_id: int) -> ResponseReturnValue:
    before, sent = notes.get(system(), annotation_id), _sent()
    if sent.get("heatpump_id", before.heatpump_id) != before.heatpump_id:
        raise Invalid("heatpump_id", "cannot be changed; add another note instead")
    at, until, text = (sent.get(name, getattr(before, name)) for name in ("at", "until", "text"))
    changed = notes.change(system(), annotation_id, at, until, text, current_user.name)
    return answer(_shown(changed, None))


@interface.delete("/annotations/<int:annotation_id>")
@controlling
@described("Remove a note")
def remove_annotation(annotation_id: int) -> ResponseReturnValue:
    notes.remove(system(), annotation_id)
    return "", 204


def _given(sent: dict[str, Any], name: str) -> Any:
    if name not in sent:
        raise Invalid(name, "is missing")
    return sent[name]


def _sent() -> dict[str, Any]:
    sent = sent_object()
    for key in sent:
        if key not in FIELDS:
            raise Invalid(str(key), "is not known; known are %(known)s", known=", ".join(FIELDS))
    return sent


def _shown(annotation: Annotation, event: Event | None) -> dict[str, Any]:
    """`title` is what a chart writes: the note's own words, else the event's name."""
    return {
        "id": annotation.id,
        "heatpump_id": annotation.heatpump_id,
        "at": annotation.at,
        "until": annotation.until,
        "text": annotation.text,
        "title": annotation.text or (alert_words.name(event) if event is not None else ""),
        "source": annotation.source,
        "severity": None if event is None else event.severity,
        "event_id": annotation.event_id,
        "author": annotation.author,
    }


def _mark(heatpump_id: str, mark: Mark, model: Model | None) -> dict[str, Any]:
    """A write or a change at the unit: it has no number, because nobody can edit it."""
    return {
        "id": None,
        "heatpump_id": heatpump_id,
        "at": mark.at,
        "until": None,
        "text": "",
        "title": mark_words.words(mark, model),
        "source": mark.source,
        "severity": None,
        "event_id": None,
        "author": None,
    }


def _second(name: str, usual: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return usual
    try:
        second = int(float(given))
    except (ValueError, OverflowError):
        raise Invalid(name, "%(value)s is not a number", value=given) from None
    return max(-LATEST_TIME, min(second, LATEST_TIME))
