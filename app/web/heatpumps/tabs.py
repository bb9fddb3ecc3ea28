"""What there is of a heat pump, as one row of links on each of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from app.services import models
from app.store.heatpumps import HeatPump
from app.web import access
from app.web.heatpumps import pages
from app.web.parts import system

BELONGING = {
    "log_of_settings": "settings_of",
    "check_setting": "settings_of",
    "set_value": "settings_of",
    "export": "page",
    "meters_of": "analysis",
    "add_meter": "analysis",
    "keep_meter": "analysis",
    "edit_meter": "analysis",
    "change_meter": "analysis",
    "answer_metering": "analysis",
    "confirm_removal": "edit",
    "keep_changes": "edit",
    "take_registers": "registers",
    "mark_time": "anomalies",
    "judge_finding": "anomalies",
}
"""Pages that are reached through another one, which is then the one marked."""


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    address: str
    here: bool


@pages.app_context_processor
def _words() -> dict[str, Any]:
    return {"heatpump_tabs": of}


def of(pump: HeatPump) -> list[Tab]:
    """Now · Dashboards · Analysis · Settings · Anomalies · Registers · Edit, as far as there is one for the reader."""
    model = models.of(system(), pump)
    owner = access.may_change_heatpumps()
    wanted = [
        ("heatpumps.page", gettext("Now"), True),
        ("heatpumps.analysis", gettext("Analysis"), True),
        ("heatpumps.settings_of", gettext("Settings"), model is not None),
        ("heatpumps.anomalies", gettext("Anomalies"), True),
        ("heatpumps.registers", gettext("Registers"), owner and model is not None and model.register_list is not None),
        ("heatpumps.edit", gettext("Edit"), owner and model is not None),
        ("heatpumps.confirm_removal", gettext("Remove …"), owner and model is None),
    ]
    view = (request.endpoint or "").removeprefix("heatpumps.")
    marked = f"heatpumps.{BELONGING.get(view, view)}"
    tabs = [Tab(title, url_for(name, heatpump_id=pump.id), name == marked) for name, title, there in wanted if there]
    if model is not None:
        dashboards = url_for("heatpumps.page", heatpump_id=pump.id, _anchor="dashboards")
        tabs.insert(1, Tab(gettext("Dashboards"), dashboards, False))
    return tabs
