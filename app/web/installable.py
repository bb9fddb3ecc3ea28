"""The product as an app on a phone or a desktop: its manifest, service worker, and page without a connection."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.web.access import public
from app.web.languages import LANGUAGES, current

pages = Blueprint("installable", __name__)

ACCENT, PAPER = "#0b6e5f", "#f4f5f2"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
OFFLINE_FILES = ("theme.js", "app.css", "icon.svg")
"""What the page without a connection looks like."""


@pages.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What a browser needs to know before it offers to install the product."""
    answer = jsonify(
        id="/",
        name=gettext("Heat-pump monitor"),
        short_name=gettext("Heat pumps"),
        description=gettext("Watches and sets the heat pumps of this house."),
        lang=current(),
        start_url="/",
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=ACCENT,
        icons=[
            {"src": url_for("static", filename=name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@pages.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """At the root, because it may only answer for what lies below it. Its content changes with the files it keeps."""
    files = [url_for("static", filename=name) for name in OFFLINE_FILES]
    files.append(url_for("bootstrap.static", filename="css/bootstrap.min.css"))
    version = sha256("".join(files).encode()).hexdigest()[:10]
    pages = {language: url_for(".offline", language=language) for language in LANGUAGES}
    script = render_template("installable/worker.js", files=files, version=version, offline=pages)
    return Response(script, content_type="text/javascript; charset=utf-8")


@pages.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """Kept by the browser, and shown when the box cannot be reached. Says nothing about anybody."""
    wanted = request.args.get("language", "")
    with force_locale(wanted if wanted in LANGUAGES else current()):
        return render_template("installable/offline.html", plain=True)
