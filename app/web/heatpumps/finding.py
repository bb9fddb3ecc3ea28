"""Looking for heat pumps in the network: start, watch, and take one over into the form."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import finding
from app.web import visible
from app.web.access import owner_only
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import system
from drivers.discovered import Found


@pages.get("/find")
@owner_only
def find() -> ResponseReturnValue:
    progress = system().search.progress
    return _page(progress.network if progress else finding.likely(system(), request.remote_addr))


@pages.post("/find")
@owner_only
def begin_search() -> ResponseReturnValue:
    network = request.form.get("network", "")
    try:
        finding.begin(system(), network)
    except Invalid as complaint:
        return _page(network, opening(complaint.message)), 400
    except finding.Busy:
        pass  # the page shows the one that runs
    return redirect(url_for("heatpumps.find"))


def _page(network: str, error: str | None = None) -> str:
    names = {pump.id: pump.name for pump in visible.heat_pumps()}
    return render_template(
        "heatpumps/find.html",
        network=network,
        error=error,
        progress=system().search.progress,
        names=names,
        form_of=form_of,
    )


def form_of(found: Found) -> str:
    """The address of the form, filled with what was found."""
    name = found.model.name if found.model is not None else None
    return url_for(
        "heatpumps.add", kind=name, host=found.host, port=found.port, unit_id=found.unit_id, framing=found.framing
    )
