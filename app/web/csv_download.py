"""A CSV file that is sent while it is being read: ten years need no more memory than a day."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore

from flask import Flask, Response, current_app
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import TooManyRequests

from app.services import exports, moments
from app.web.parts import system
from app.web.turns import Turns, visitor

AT_ONCE = 3
"""Each keeps one of the web server's threads for as long as it takes: the others are for everybody else."""

OF_ONE = 2
"""So that nobody's files keep everybody else from theirs."""

TRY_AGAIN_S = 30


def add_to(app: Flask) -> None:
    app.extensions["csv_turns"] = BoundedSemaphore(AT_ONCE), Turns(OF_ONE)


def answer(heatpump_id: str, asked: MultiDict[str, str]) -> Response:
    """`sensors` (commas, or repeated `sensor`; none means all), `from`, `to`.

    Raises NotFound, Invalid or TooManyRequests.
    """
    parts = system()
    zone = parts.config.timezone
    sensors = [name.strip() for name in asked.get("sensors", "").split(",") if name.strip()]
    start, end = asked.get("from", "").strip(), asked.get("to", "").strip()
    export = exports.chosen(
        parts,
        heatpump_id,
        sensors + asked.getlist("sensor"),
        moments.border("from", start, zone) if start else None,
        moments.border("to", end, zone, end=True) if end else None,
    )
    done = _begun(visitor())
    response = Response(
        (piece.encode() for piece in exports.csv_pieces(parts, export)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{export.file_name}"'},
    )
    response.call_on_close(done)
    return response


def _begun(who: str) -> Callable[[], None]:
    """What to call when the file was sent. Raises TooManyRequests."""
    files: BoundedSemaphore
    turns: Turns
    files, turns = current_app.extensions["csv_turns"]
    said = gettext("Enough files of history are being made just now. Try again when one of them is done.")
    if not turns.take(who):
        raise TooManyRequests(said, retry_after=TRY_AGAIN_S)
    if not files.acquire(blocking=False):
        turns.give_back(who)
        raise TooManyRequests(said, retry_after=TRY_AGAIN_S)

    def done() -> None:
        files.release()
        turns.give_back(who)

    return done
