"""The pages of the dashboards: looking at one, and its editor, which also works without a script."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.dashboard import Chart, Config, Line, Titles
from app.messages import Invalid, NotFound
from app.services import annotations as notes
from app.services import dashboard_content, dashboards, heatpumps, models
from app.store.dashboards import Dashboard
from app.web import alert_words, boards, dashboard_form, dashboard_search, dashboard_words, shown, visible
from app.web.access import owner_only, signed_in
from app.web.boards import Boards
from app.web.dashboard_form import Form
from app.web.languages import opening
from app.web.parts import system
from app.web.time_spans import SPANS, asked_span

pages = Blueprint("dashboards", __name__, url_prefix="/dashboards")

CONTENTS = ("empty", "model", "proposal")


@pages.get("/")
@signed_in
def index() -> ResponseReturnValue:
    every = dashboards.of_overview(system())
    if every:
        return redirect(f"{boards.address(every[0])}?{urlencode(request.args)}")
    return render_template("dashboards/none.html", pumps=visible.heat_pumps())


@pages.get("/<int:dashboard_id>")
@signed_in
def one(dashboard_id: int) -> ResponseReturnValue:
    return _look(boards.get(dashboard_id))


@pages.get("/add")
@owner_only
def add() -> ResponseReturnValue:
    return _adding(request.args.get("heatpump_id") or None, "", None)


@pages.post("/add")
@owner_only
def keep_new() -> ResponseReturnValue:
    heatpump_id, name = request.form.get("heatpump_id") or None, request.form.get("name", "")
    try:
        config = _first_charts(heatpump_id, request.form.get("content", "empty"))
        made = dashboards.add_made(system(), name, heatpump_id, config)
    except Invalid as error:
        return _adding(heatpump_id, name, error), 400
    if made.config.charts:
        return redirect(boards.address(made))
    return redirect(url_for("dashboards.edit", dashboard_id=made.id))


@pages.get("/<int:dashboard_id>/edit")
@owner_only
def edit(dashboard_id: int) -> ResponseReturnValue:
    return _editing(boards.get(dashboard_id))


@pages.post("/<int:dashboard_id>/edit")
@owner_only
def keep_name(dashboard_id: int) -> ResponseReturnValue:
    found = boards.get(dashboard_id)
    try:
        dashboards.change(system(), found.id, {"name": request.form.get("name", "")})
    except Invalid as error:
        return _editing(found, error), 400
    return redirect(url_for("dashboards.edit", dashboard_id=found.id))


@pages.post("/<int:dashboard_id>/<any(earlier, later, remove):what>")
@owner_only
def act(dashboard_id: int, what: str) -> ResponseReturnValue:
    found = boards.get(dashboard_id)
    if what == "remove":
        dashboards.remove(system(), found.id)
        if found.heatpump_id is None:
            return redirect(url_for("dashboards.index"))
        return redirect(url_for("heatpumps.page", heatpump_id=found.heatpump_id))
    place = max(0, found.position + (1 if what == "later" else -1))
    dashboards.change(system(), found.id, {"position": min(place, dashboards.MOST_OF_ONE)})
    return redirect(url_for("dashboards.edit", dashboard_id=found.id))


@pages.post("/<int:dashboard_id>/charts/<int:place>/<any(earlier, later, remove):what>")
@owner_only
def act_on_chart(dashboard_id: int, place: int, what: str) -> ResponseReturnValue:
    found = boards.get(dashboard_id)
    try:
        version = _version()
        if what == "remove":
            dashboards.remove_chart(system(), found.id, place, version)
        else:
            dashboards.move_chart(system(), found.id, place, place + (1 if what == "later" else -1), version)
    except Invalid as error:
        return _editing(boards.get(dashboard_id), error), 409
    return redirect(url_for("dashboards.edit", dashboard_id=found.id, _anchor="charts"))


@pages.get("/<int:dashboard_id>/charts/add")
@owner_only
def add_chart(dashboard_id: int) -> ResponseReturnValue:
    """?sensors= are ticked at first: those that somebody looks at on the page of the heat pump."""
    found = boards.get(dashboard_id)
    asked = [each for each in request.args.get("sensors", "").split(",") if each][: dashboard_content.MOST_LINES]
    lines = tuple(dashboard_form.LineForm(f"{found.heatpump_id}/{each}"[:200]) for each in asked)
    return _chart_form(found, None, Form(of=_own(found), lines=lines if found.heatpump_id else ()), found.version)


@pages.post("/<int:dashboard_id>/charts/add")
@owner_only
def keep_new_chart(dashboard_id: int) -> ResponseReturnValue:
    return _chart_sent(boards.get(dashboard_id), None)


@pages.get("/<int:dashboard_id>/charts/<int:place>/edit")
@owner_only
def edit_chart(dashboard_id: int, place: int) -> ResponseReturnValue:
    found = boards.get(dashboard_id)
    form = replace(dashboard_form.filled(_chart(found, place)), of=_own(found))
    return _chart_form(found, place, form, found.version)


@pages.post("/<int:dashboard_id>/charts/<int:place>/edit")
@owner_only
def keep_chart(dashboard_id: int, place: int) -> ResponseReturnValue:
    return _chart_sent(boards.get(dashboard_id), place)


def _look(dashboard: Dashboard) -> str:
    every = dashboards.of_overview(system()) if dashboard.heatpump_id is None else []
    pump = None if dashboard.heatpump_id is None else heatpumps.get(system(), dashboard.heatpump_id)
    name, now = asked_span()
    return render_template(
        "dashboards/page.html",
        dashboard=dashboard,
        name=dashboard_words.name(dashboard),
        dashboards=[(each, dashboard_words.name(each)) for each in every],
        pump=pump,
        charts=Boards().charts(dashboard),
        spans=SPANS,
        range=name,
        notes=notes.within(
            system(), dashboard.heatpump_id, int(now) - SPANS[name], int(now) + 1, among=visible.among()
        ),
        marks=[],
        alert_words=alert_words,
        board_address=boards.address,
    )


def _adding(heatpump_id: str | None, name: str, error: Invalid | None) -> str:
    pump = None if heatpump_id is None else heatpumps.get(system(), heatpump_id)
    return render_template(
        "dashboards/add.html",
        pump=pump,
        name=name,
        errors={} if error is None else {error.field: opening(error.message)},
        proposal=gettext("All heat pumps"),
    )


def _first_charts(heatpump_id: str | None, content: str) -> Config:
    if content == "proposal" and heatpump_id is None:
        return dashboards.proposal(system(), visible.heat_pumps())
    if content == "model" and heatpump_id is not None:
        pump = heatpumps.get(system(), heatpump_id)
        model = models.of(system(), pump)
        return Config() if model is None else dashboards.of_model(pump, model)
    if content not in CONTENTS:
        raise Invalid("content", "%(value)s is not one of %(choices)s", value=content, choices=", ".join(CONTENTS))
    return Config()


def _editing(dashboard: Dashboard, error: Invalid | None = None) -> str:
    looked_up = Boards()
    return render_template(
        "dashboards/edit.html",
        dashboard=dashboard,
        name=dashboard_words.name(dashboard),
        charts=[looked_up.chart(each, place) for place, each in enumerate(dashboard.config.charts)],
        siblings=len([each for each in dashboards.all_of_them(system()) if each.heatpump_id == dashboard.heatpump_id]),
        most=dashboard_content.MOST_CHARTS,
        address=boards.address(dashboard),
        words=dashboard_words,
        errors={} if error is None else {error.field: opening(error.message)},
    )


def _chart_sent(dashboard: Dashboard, place: int | None) -> ResponseReturnValue:
    kept = None if place is None else _chart(dashboard, place).title
    form = dashboard_form.read(request.form, kept if isinstance(kept, Titles) else None)
    action, version = request.form.get("action", "show"), _version()
    if action != "save":
        return _chart_form(dashboard, place, form.pressed(action), version)
    try:
        dashboards.put_chart(system(), dashboard.id, place, form.sent(), version)
    except Invalid as error:
        return _chart_form(dashboard, place, form.with_error(error), version, tried=True), 400
    return redirect(url_for("dashboards.edit", dashboard_id=dashboard.id, _anchor="charts"))


def _chart_form(dashboard: Dashboard, place: int | None, form: Form, version: int, tried: bool = False) -> str:
    looked_up = Boards()
    preview = None
    if form.lines and not tried:
        try:
            made = dashboard_content.chart(system(), "chart", form.sent())
            preview = looked_up.chart(made, place or 0)
        except Invalid as error:
            form = form.with_error(error)
    chosen = {each.sensor for each in form.lines}
    return render_template(
        "dashboards/chart_form.html",
        dashboard=dashboard,
        name=dashboard_words.name(dashboard),
        place=place,
        form=form,
        version=version,
        preview=preview,
        pumps=[pump for pump, model in looked_up.pumps.values() if model is not None],
        titles=_titles(looked_up, form),
        xs=_horizontals(looked_up, form),
        found=dashboard_search.search(looked_up, form.search, form.of, form.kind, chosen),
        words=dashboard_words,
        most_lines=dashboard_content.MOST_LINES,
        most_thresholds=dashboard_content.MOST_THRESHOLDS,
    )


def _titles(looked_up: Boards, form: Form) -> dict[str, str]:
    """What the chosen sensors are called; one that is gone by its id."""
    found, alone = {}, len(looked_up.pumps) == 1
    for each in form.lines:
        line = Line(*each.sensor.partition("/")[::2])
        sensor = looked_up.sensor(line)
        found[each.sensor] = each.sensor if sensor is None else looked_up.called(line, sensor, alone)
    return found


def _horizontals(looked_up: Boards, form: Form) -> list[tuple[str, str]]:
    """The sensors that may stand on the horizontal axis: numbers that every chosen heat pump has."""
    ids = {each.sensor.partition("/")[0] for each in form.lines} or set(form.of) or set(looked_up.pumps)
    common: dict[str, str] | None = None
    for heatpump_id in sorted(ids & set(looked_up.pumps)):
        pump, model = looked_up.pumps[heatpump_id]
        numbers = (
            {}
            if model is None
            else {each.id: shown.title(each) for each in model.sensors(pump.options) if not each.tells_words}
        )
        common = numbers if common is None else {name: title for name, title in common.items() if name in numbers}
    # the usual one first
    return sorted((common or {}).items(), key=lambda each: each[0] != "temp_outside")


def _chart(dashboard: Dashboard, place: int) -> Chart:
    if not 0 <= place < len(dashboard.config.charts):
        raise NotFound("this dashboard has no chart %(place)d", place=place + 1)
    return dashboard.config.charts[place]


def _own(dashboard: Dashboard) -> tuple[str, ...]:
    return () if dashboard.heatpump_id is None else (dashboard.heatpump_id,)


def _version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0
