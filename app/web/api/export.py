"""/api/heatpumps/<id>/export.csv: the history for other programs."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.web import csv_download
from app.web.access import signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.shapes import values as shapes


@interface.get("/heatpumps/<heatpump_id>/export.csv")
@signed_in
@described("The history as a CSV file", asks=shapes.Wanted, media="text/csv")
def export(heatpump_id: str) -> ResponseReturnValue:
    return csv_download.answer(heatpump_id, request.args)
