"""Whose heat pump a request is about: somebody who sees only some of them finds nothing of the others.

Everything that names a heat pump is looked at before the view is called: the address, its query, the form and the JSON
body; and everything that belongs to one, such as a job or an alert event. What is not theirs does not exist for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from flask import abort, request
from flask_babel import gettext

from app.messages import NotFound
from app.services import alert_events, alerts, audits, dashboards, jobs, maintenance
from app.services import annotations as notes
from app.system import System
from app.web.parts import system

NAMES = frozenset({"heatpump_id", "heatpump_ids", "heatpump", "heatpumps"})
"""Under which a query, a form or a JSON body names heat pumps."""

OWNERS: Mapping[str, Callable[[System, Any], str | None]] = {
    "event_id": lambda parts, number: alert_events.get(parts, number).heatpump_id,
    "alert_id": lambda parts, number: alerts.get(parts, number).heatpump_id,
    "job_id": lambda parts, number: jobs.get(parts, number).pump.id,
    "annotation_id": lambda parts, number: notes.get(parts, number).heatpump_id,
    "dashboard_id": lambda parts, number: dashboards.get(parts, number).heatpump_id,
    "entry_id": lambda parts, number: audits.get(parts, number).intent.heatpump_id,
    "maintenance_id": lambda parts, number: maintenance.get(parts, number).heatpump_id,
}
"""What an address may hold that belongs to a heat pump, or (None) to all of them."""

WITHIN = frozenset({"finding_id", "meter_id", "place", "sensor_id"})
"""Looked up by the view within the heat pump, or the dashboard, of the same address."""

NOBODYS = frozenset(
    {"channel_id", "filename", "manufacturer", "model", "name", "session_id", "since", "token_id", "user_id", "what"}
)
"""What belongs to no heat pump."""

DECIDED = frozenset({"heatpump_id", *OWNERS, *WITHIN, *NOBODYS})


def refuse_foreign(theirs: frozenset[str], *, changes: bool, as_json: bool) -> None:
    """Aborts with 404 for what is not theirs, as for what does not exist; with 403 for changing what concerns all.

    `as_json`: the view reads the body as JSON, whatever its type says.
    """
    arguments = request.view_args or {}
    if not arguments.keys() <= DECIDED:
        abort(404)  # nobody has said whose that is
    named = set(_named(as_json))
    if "heatpump_id" in arguments:
        named.add(arguments["heatpump_id"])
    of_all = False
    for name, owner in OWNERS.items():
        if name in arguments:
            try:
                heatpump_id = owner(system(), arguments[name])
            except NotFound:
                abort(404)
            if heatpump_id is None:
                of_all = True
            else:
                named.add(heatpump_id)
    if not named <= theirs:
        abort(404)
    sends = request.method not in ("GET", "HEAD", "OPTIONS")
    if changes and (of_all or (sends and not named)):
        abort(403, gettext("This concerns all heat pumps, and your account sees only some of them."))


def _named(as_json: bool) -> Iterator[str]:
    """Every heat pump that the query, the form or the body names."""
    for sent in (request.args,) if as_json else (request.args, request.form):
        for name in NAMES & sent.keys():
            yield from (text for text in sent.getlist(name) if text)
    body = request.get_data() if as_json or not (request.form or request.files) else b""
    try:
        waiting = [orjson.loads(body)] if body else []
    except orjson.JSONDecodeError:
        return  # the view says what is wrong with it
    while waiting:
        content = waiting.pop()
        if isinstance(content, dict):
            for name in NAMES & content.keys():
                yield from _texts(content[name])
            waiting.extend(content.values())
        elif isinstance(content, list):
            waiting.extend(content)


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str) and content:
        yield content
    elif isinstance(content, list):
        yield from (each for each in content if isinstance(each, str))
