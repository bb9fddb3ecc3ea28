"""/api/scan: looking for heat pumps in the network."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.messages import Conflict, Invalid
from app.services import finding
from app.web.access import owner_only
from app.web.api import interface, representation
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import heatpumps as shapes
from app.web.parts import system


@interface.post("/scan")
@owner_only
@described("Look for heat pumps at all addresses of a network", shapes.Search, status=202, sends=shapes.SearchWanted)
def begin_scan() -> ResponseReturnValue:
    sent = sent_object()
    for key in sent:
        if key != "network":
            raise Invalid(key, "there is no such field; known are %(known)s", known="network")
    network = sent.get("network")
    if not isinstance(network, str):
        raise Invalid("network", "%(value)s is not a network such as 192.168.1.0/24", value=network)
    try:
        progress = finding.begin(system(), network)
    except finding.Busy as busy:
        raise Conflict("network", "a search is running already") from busy
    return answer(representation.search(progress), 202)


@interface.get("/scan")
@owner_only
@described("How far the search is", shapes.Search)
def scan_progress() -> ResponseReturnValue:
    return answer(representation.search(system().search.progress))
