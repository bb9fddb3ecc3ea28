"""Files that never change under one address: ours by their version, uPlot from its installed package."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request, send_file
from flask.typing import ResponseReturnValue

from app.web.access import public

UPLOT_FILES = {"uPlot.iife.js": "text/javascript", "uPlot.min.css": "text/css"}
A_YEAR_S = 31_536_000
FILE_VIEWS = frozenset({"static", "bootstrap.static", "vendor.uplot"})

vendor = Blueprint("vendor", __name__, url_prefix="/vendor")


@vendor.get("/uplot/<name>")
@public
def uplot(name: str) -> ResponseReturnValue:
    """The charting library's two files; its Python package is never imported."""
    if name not in UPLOT_FILES:
        abort(404)
    return send_file(_uplot_file(name), mimetype=UPLOT_FILES[name])


def add_to(app: Flask) -> None:
    app.extensions["asset_versions"] = {}
    app.url_defaults(_add_version)
    app.after_request(_let_versions_be_kept)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in FILE_VIEWS and "v" not in values:
        path = _path(endpoint, str(values.get("filename") or values.get("name")))
        if path is not None:
            values["v"] = _version(path)


def _path(endpoint: str, name: str) -> Path | None:
    if endpoint == "vendor.uplot":
        return _uplot_file(name)
    folder = current_app.static_folder if endpoint == "static" else current_app.blueprints["bootstrap"].static_folder
    return Path(folder) / name if folder is not None else None


def _uplot_file(name: str) -> Path:
    return Path(str(distribution("uplot-python").locate_file(f"uplot/static/{name}")))


def _version(path: Path) -> str:
    """A few letters that change with the file; each file is read once per start."""
    versions: dict[Path, str] = current_app.extensions["asset_versions"]
    if path not in versions:
        versions[path] = sha256(path.read_bytes()).hexdigest()[:10]
    return versions[path]


def _let_versions_be_kept(response: Response) -> Response:
    """With its version in the address a file may be kept for good; without, the browser asks whether it changed."""
    if request.endpoint in FILE_VIEWS and response.status_code in (200, 304) and request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    return response
