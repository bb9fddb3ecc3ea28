"""A CSV file that is sent while it is being read: ten years need no more memory than a day."""

from __future__ import annotations

from flask import Response
from werkzeug.datastructures import MultiDict

from app.services import exports, moments
from app.web.parts import system


def answer(heatpump_id: str, asked: MultiDict[str, str]) -> Response:
    """`sensors` (commas, or repeated `sensor`; none means all), `from`, `to`. Raises NotFound or Invalid."""
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
    return Response(
        (piece.encode() for piece in exports.csv_pieces(parts, export)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{export.file_name}"'},
    )
