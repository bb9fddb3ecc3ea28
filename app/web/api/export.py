"""/api/heatpumps/<id>/export.csv: the history for other programs."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.web import csv_download
from app.web.access import signed_in
from app.web.api import interface


@interface.get("/heatpumps/<heatpump_id>/export.csv")
@signed_in
def export(heatpump_id: str) -> ResponseReturnValue:
    return csv_download.answer(heatpump_id, request.args)
