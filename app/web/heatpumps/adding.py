"""Adding a heat pump in four steps: its maker, its connection, what it has, and done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Conflict, Invalid
from app.services import heatpumps, metering
from app.store.heatpumps import HEATED_AREA
from app.web.access import owner_only
from app.web.heatpumps import cloud, draft, form, makers, pages, sign_in
from app.web.heatpumps.form import Form
from app.web.heatpumps.trial import Result, found_instead, tried
from app.web.parts import system

BEFORE = {"connection": "model", "configuration": "connection", "summary": "configuration"}
"""The step behind the button that leads back."""


@pages.get("/add")
@owner_only
def add() -> ResponseReturnValue:
    """`step` is one that was reached before. `kind` begins anew, with what a search found: `host`, `port` … ."""
    back = sign_in.typed_before()
    if back is not None:
        return _page("connection", back, look=True)
    begun = draft.kept()
    model = draft.named(system().catalogue, request.args.get("kind", ""))
    if model is not None:
        typed = form.empty(model).with_connection(request.args)
        if begun is not None and "keep" in request.args:
            typed = begun.form if begun.form.model.name == model.name else form.chosen(replace(begun.form, model=model))
        draft.keep(typed, None)
        return _to("connection")
    step = request.args.get("step", "")
    if begun is None or step not in BEFORE:
        return _choice(keep=begun is not None and step == "model")
    return _page(step, begun.form, heard=begun.heard)


@pages.post("/add")
@owner_only
def keep_new() -> ResponseReturnValue:
    """Every page sends all fields; its buttons lead on, back, or say what else to do."""
    model = draft.named(system().catalogue, request.form.get("kind", ""))
    if model is None:
        return _choice(), 400
    typed, action = form.typed(model, request.form), request.form.get("action", "")
    step = request.form.get("step", "")
    step = step if step in BEFORE else "connection"
    usual = _save if step == "summary" else _next
    return _ACTIONS.get(action, usual)(step, typed)


def _back(step: str, typed: Form) -> ResponseReturnValue:
    begun = draft.kept()
    draft.keep(typed, begun.heard if begun is not None else None)
    return _to(BEFORE[step])


def _instead(step: str, typed: Form) -> ResponseReturnValue:
    """The model and unit id that the test found at this address, as the page with its result sends them back."""
    model = draft.named(system().catalogue, request.form.get("instead-kind", "")) or typed.model
    port = typed.connection.get("port", "")
    fresh = typed if model.name == typed.model.name else form.chosen(replace(typed, model=model))
    draft.keep(fresh.with_connection({"port": port, **found_instead(request.form)}), None)
    return _to("connection")


def _adopt(step: str, typed: Form) -> ResponseReturnValue:
    return _page("configuration", typed.with_parts(typed.found))


def _look(step: str, typed: Form) -> ResponseReturnValue:
    return _page("connection", typed, look=True)


def _sign_in(step: str, typed: Form) -> ResponseReturnValue:
    try:
        return sign_in.begin(typed)
    except Invalid as complaint:
        return _page("connection", typed.with_errors([complaint])), 400


def _sign_out(step: str, typed: Form) -> ResponseReturnValue:
    try:
        cloud.sign_out(typed)
    except Invalid as complaint:
        return _page("connection", typed.with_errors([complaint])), 400
    return _page("connection", typed)


def _test(step: str, typed: Form) -> ResponseReturnValue:
    """Once more, with the parts that are ticked by now."""
    complaints = _complaints(typed)
    if complaints:
        return _wrong("configuration", typed, complaints)
    result = tried(typed)
    if result.trial is not None:
        typed = typed.with_found(result.trial.fitted)
    return _page("configuration", typed, result)


def _next(step: str, typed: Form) -> ResponseReturnValue:
    return _connected(typed) if step == "connection" else _configured(typed)


def _connected(typed: Form) -> ResponseReturnValue:
    """On to the configuration once it was heard, or when somebody insists."""
    bare = _bare(typed)
    complaints = heatpumps.complaints(system(), bare.sent())
    if complaints:
        return _wrong("connection", typed, complaints)
    if request.form.get("unheard"):
        draft.keep(typed, None)
        return _to("configuration")
    result = tried(bare)
    if result.trial is None:
        return _page("connection", typed, result), 400
    draft.keep(typed.with_found(result.trial.fitted), draft.heard(result.trial))
    return _to("configuration")


def _configured(typed: Form) -> ResponseReturnValue:
    complaints = _complaints(typed)
    if complaints:
        return _wrong("configuration", typed, complaints)
    begun = draft.kept()
    draft.keep(typed, begun.heard if begun is not None else None)
    return _to("summary")


def _save(step: str, typed: Form) -> ResponseReturnValue:
    """Reads it a second time, with everything that is fitted, and keeps it; unheard only when somebody insists."""
    complaints = _complaints(typed)
    if complaints:
        return _wrong("summary", typed, complaints)
    if not request.form.get("unheard"):
        result = tried(typed, saving=True)
        if result.diagnosis is not None:
            return _page("summary", typed, result), 400
    try:
        pump = heatpumps.add(system(), typed.sent())
    except (Invalid, Conflict) as complaint:
        return _wrong("summary", typed, [complaint])
    answers = typed.sent_metering()
    if answers is not None:
        metering.answer(system(), pump, answers)
    draft.forget()
    return redirect(url_for("heatpumps.added", heatpump_id=pump.id))


_ACTIONS: Mapping[str, Callable[[str, Form], ResponseReturnValue]] = {
    "back": _back,
    "instead": _instead,
    "adopt": _adopt,
    "look": _look,
    "sign-in": _sign_in,
    "sign-out": _sign_out,
    "test": _test,
    "next": _next,
    "save": _save,
}


def _bare(typed: Form) -> Form:
    """The connection alone, with what is usual for the rest: that has its turn in the next step."""
    usual = form.empty(typed.model)
    return replace(usual, name=typed.model.title, connection=typed.connection)


def _complaints(typed: Form) -> list[Invalid]:
    found = heatpumps.complaints(system(), typed.sent())
    answers = typed.sent_metering()
    if answers is None:
        return found
    open_ones = [name for name in form.METERING if not typed.metering[name]]
    found += [Invalid(f"metering-{name}", "please answer all four, or none of them") for name in open_ones]
    try:
        metering.checked(answers)
    except Invalid as complaint:
        if complaint.field not in open_ones:
            found.append(Invalid(f"metering-{complaint.field}", complaint.message.template, **complaint.message.facts))
    return found


def _wrong(step: str, typed: Form, complaints: Sequence[Invalid]) -> ResponseReturnValue:
    """The earliest step in which something is wrong, up to the one that was sent."""
    of_connection = any(complaint.field.startswith("connection_config") for complaint in complaints)
    shown = "connection" if of_connection or step == "connection" else "configuration"
    begun = draft.kept()
    return _page(shown, typed.with_errors(list(complaints)), heard=begun.heard if begun is not None else None), 400


def _unseen(step: str, typed: Form) -> list[tuple[str, str]]:
    """The fields that go with the page of a step without standing on it."""
    own = {"connection": frozenset(typed.model.connection.fields), "configuration": _configuration(typed)}
    seen = own.get(step, frozenset())
    return [(name, text) for name, text in typed.pairs() if text and name not in seen]


def _configuration(typed: Form) -> frozenset[str]:
    options = (f"option-{name}" for name in typed.model.options)
    questions = (f"metering-{name}" for name in form.METERING)
    return frozenset({"name", "interval", HEATED_AREA, *options, *questions})


def _to(step: str) -> ResponseReturnValue:
    return redirect(url_for("heatpumps.add", step=step))


def _choice(*, keep: bool = False) -> str:
    """The first step: all makers, or those that a search found."""
    wanted = request.args.get("search", "")[:100]
    return render_template(
        "heatpumps/adding/model.html", makers=makers.all_of_them(wanted), search=wanted, keep=keep, step="model"
    )


def _page(
    step: str, typed: Form, result: Result | None = None, *, heard: draft.Heard | None = None, look: bool = False
) -> str:
    its_cloud = cloud.part(typed, look)
    typed = cloud.with_the_only_one(typed, its_cloud)
    if request.method == "POST":
        _remember(step, typed, result, heard)
    content: dict[str, Any] = {
        "pump": None,
        "step": step,
        "form": typed,
        "unseen": _unseen(step, typed),
        "numeric_fields": form.NUMBERS,
        "result": result,
        "heard": heard,
        "cloud": its_cloud,
        "boundary": _boundary(typed) if step == "summary" else None,
        "usual_interval": heatpumps.usual_interval_s(system(), typed.model, typed.parts),
    }
    return render_template(f"heatpumps/adding/{step}.html", **content)


def _remember(step: str, typed: Form, result: Result | None, heard: draft.Heard | None) -> None:
    """What an answer to a form shows is there again for a reload and for who comes back to it."""
    begun = draft.kept()
    if heard is None and result is not None and result.trial is not None:
        heard = draft.heard(result.trial)
    elif heard is None and step != "connection" and begun is not None:
        heard = begun.heard
    draft.keep(typed, heard)


def _boundary(typed: Form) -> str | None:
    """What the factors will include, in words; None while nobody said."""
    from app.web import insight  # numpy is loaded by the first who looks at figures

    answers = typed.sent_metering()
    if answers is None:
        return None
    try:
        return insight.BOUNDARIES[metering.checked(answers).boundary]()
    except Invalid:
        return None
