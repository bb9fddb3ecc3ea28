"""The page of the backups: what one holds, the nightly ones, and one to take along."""

from __future__ import annotations

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from app.services import backups
from app.web.access import owner_only
from app.web.parts import system

pages = Blueprint("backups", __name__, url_prefix="/backup")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    return render_template("backups/page.html", nightly=backups.nightly(system()))


@pages.post("/")
@owner_only
def download() -> ResponseReturnValue:
    made = backups.download(system())
    response = send_file(made.file, mimetype="application/zip", as_attachment=True, download_name=made.name)
    response.content_length = made.size
    return response
