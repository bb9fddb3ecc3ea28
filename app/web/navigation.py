"""The header of every page: where one can go, and which heat pump the page is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext

from app.name_order import order
from app.services import status
from app.store.heatpumps import HeatPump
from app.web import addresses, visible, wording
from app.web.parts import system
from app.web.wording import Wording

PAGES: tuple[tuple[str, Callable[[], str]], ...] = (
    ("overview.index", lambda: gettext("Overview")),
    ("dashboards.index", lambda: gettext("Dashboards")),
    ("compare.page", lambda: gettext("Compare")),
    ("alerts.index", lambda: gettext("Alerts")),
    ("jobs.page", lambda: gettext("Jobs")),
    ("reports.page", lambda: gettext("Reports")),
)
"""In the order of the header. The page is here while its address begins with that of the endpoint."""

ALERTS = "alerts.index"

OF_ONE: Mapping[str, tuple[str, ...]] = {
    "heatpumps.analysis": ("period",),
    "heatpumps.anomalies": (),
    "heatpumps.settings_of": (),
    "heatpumps.log_of_settings": (),
    "heatpumps.meters_of": (),
    "heatpumps.export": (),
    "heatpumps.edit": (),
    "heatpumps.page": ("range",),
}
"""Pages that every heat pump has: choosing another one stays on the same kind of page, with these parameters."""

LISTS = frozenset({"alerts.index", "alerts.log", "audit.page", "jobs.page", "reports.page"})
"""Pages that take ?heatpump_id=: choosing a heat pump filters them."""

PLACES_IN_A_LIST = frozenset({"heatpump_id", "before"})
"""Parameters that make no sense for another heat pump."""


@dataclass(frozen=True, slots=True)
class Link:
    """`here`: the page belongs to it."""

    endpoint: str
    title: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A heat pump of the selector, how it is doing, and where choosing it leads."""

    pump: HeatPump
    words: Wording
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Selector:
    """`chosen` is None on pages that are about all heat pumps."""

    chosen: Choice | None
    choices: tuple[Choice, ...]
    all_address: str


def links() -> list[Link]:
    found = []
    for endpoint, title in PAGES:
        if endpoint in current_app.view_functions:
            address = url_for(endpoint)
            here = request.path == address if address == "/" else request.path.startswith(address.rstrip("/"))
            found.append(Link(endpoint, title(), address, here))
    return found


def selector() -> Selector:
    pumps = sorted(visible.heat_pumps(), key=lambda pump: order(pump.name))
    statuses, now = status.of_all(system(), pumps), system().clock()
    endpoint, here = request.endpoint or "", _heatpump_id()
    in_a_list = endpoint in LISTS
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name not in PLACES_IN_A_LIST}
    choices = []
    for pump in pumps:
        if in_a_list:
            address = addresses.asking(endpoint, {**kept, "heatpump_id": pump.id})
        else:
            page = endpoint if endpoint in OF_ONE else "heatpumps.page"
            more: dict[str, Any] = {name: kept[name] for name in OF_ONE[page] if name in kept}
            address = url_for(page, heatpump_id=pump.id, **more)
        choices.append(Choice(pump, wording.of(statuses[pump.id], None, now), address, pump.id == here))
    return Selector(
        next((each for each in choices if each.chosen), None),
        tuple(choices),
        addresses.asking(endpoint, kept) if in_a_list else url_for("overview.index"),
    )


def _heatpump_id() -> str:
    """The heat pump that this page is about, or the one that its list is limited to."""
    of_the_address = (request.view_args or {}).get("heatpump_id")
    if of_the_address is not None:
        return str(of_the_address)
    return request.args.get("heatpump_id", "") if request.endpoint in LISTS else ""
