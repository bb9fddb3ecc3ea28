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


class Files:
    """Those that are being made, in all and for each."""

    def __init__(self) -> None:
        self._all, self._of_one = BoundedSemaphore(AT_ONCE), Turns(OF_ONE)

    def begin(self, who: str) -> Callable[[], None] | None:
        """What to call when this one was sent; None when it is one too many."""
        if not self._of_one.take(who):
            return None
        if not self._all.acquire(blocking=False):
            self._of_one.give_back(who)
            return None
        return lambda: self._done(who)

    def _done(self, who: str) -> None:
        self._all.release()
        self._of_one.give_back(who)


def add_to(app: Flask) -> None:
    app.extensions["files"] = Files()


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
    files: Files = current_app.extensions["files"]
    done = files.begin(visitor())
    if done is None:
        said = gettext("Enough files of history are being made just now. Try again when one of them is done.")
        raise TooManyRequests(said, retry_after=TRY_AGAIN_S)
    response = Response(
        (piece.encode() for piece in exports.csv_pieces(parts, export)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{export.file_name}"'},
    )
    response.call_on_close(done)
    return response
