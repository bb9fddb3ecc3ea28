"""Keys of programs, for owners: making one, which is shown once, and revoking it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.messages import Conflict, Invalid
from app.services import tokens
from app.services.rights import SCOPES
from app.web import bounds, visible
from app.web.access import owner_only
from app.web.languages import opening
from app.web.parts import system

SCOPE_WORDS: Mapping[str, Callable[[], str]] = {
    "read": lambda: gettext("Read: everything that a viewer sees"),
    "control": lambda: gettext("Control: read, and everything that an installer does"),
    "metrics": lambda: gettext("Metrics: only /metrics, for Prometheus and its like"),
}

SHORT_WORDS: Mapping[str, Callable[[], str]] = {
    "read": lambda: gettext("may read"),
    "control": lambda: gettext("may control"),
    "metrics": lambda: gettext("metrics only"),
}
"""The same on a tag."""

pages = Blueprint("tokens", __name__, url_prefix="/tokens")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    return _page({"scopes": ["read"], "sees": "all", "seen": []})


@pages.post("/")
@owner_only
def make() -> ResponseReturnValue:
    fields = request.form
    try:
        key = tokens.make(
            system(),
            current_user.user,
            fields.get("name", ""),
            fields.getlist("scopes"),
            bounds.expiry(),
            bounds.heatpumps(),
        )
    except (Invalid, Conflict) as error:
        typed = {name: fields.get(name, "") for name in ("name", "expires", "sees")}
        lists = {name: fields.getlist(name) for name in ("scopes", "seen")}
        return _page({**typed, **lists}, {error.field: opening(error.message)}), 400
    return _page({"scopes": ["read"], "sees": "all", "seen": []}, made=key)


@pages.post("/<int:token_id>/revoke")
@owner_only
def revoke(token_id: int) -> ResponseReturnValue:
    tokens.revoke(system(), token_id)
    return redirect(url_for("tokens.page"))


def _page(typed: dict[str, Any], errors: dict[str, str] | None = None, made: str | None = None) -> str:
    pumps = visible.heat_pumps()
    return render_template(
        "tokens/page.html",
        tokens=tokens.all_of_them(system()),
        made=made,
        typed=typed,
        errors=errors or {},
        scopes={scope: SCOPE_WORDS[scope]() for scope in SCOPES},
        tags={scope: SHORT_WORDS[scope]() for scope in SCOPES},
        pumps=pumps,
        names={pump.id: pump.name for pump in pumps},
        now=system().clock(),
        last_day=bounds.last_day_in_words,
    )
