"""/api/tokens: the keys of programs, for owners."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.services import checks, tokens
from app.store.tokens import Token
from app.web import bounds
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import people as shapes
from app.web.parts import system


@interface.get("/tokens")
@owner_only
@described("The tokens, by name, without their keys", shapes.Tokens)
def all_tokens() -> ResponseReturnValue:
    return answer({"tokens": [_token(each) for each in tokens.all_of_them(system())]})


@interface.post("/tokens")
@owner_only
@described("Make a token; its key is told this once", shapes.TokenMade, status=201, sends=shapes.TokenSent)
def make_token() -> ResponseReturnValue:
    sent = sent_object()
    checks.only(sent, "", ("name", "scopes", *bounds.FIELDS))
    name, scopes = checks.text("name", sent.get("name")), checks.texts("scopes", sent.get("scopes"))
    key = tokens.make(system(), current_user.user, name, scopes, bounds.expiry_of(sent), bounds.heatpumps_of(sent))
    made = tokens.named(system(), name)
    return answer(_token(made) | {"key": key}, 201, {"Location": url_for("api.one_token", token_id=made.id)})


@interface.get("/tokens/<int:token_id>")
@owner_only
@described("One token, without its key", shapes.Token)
def one_token(token_id: int) -> ResponseReturnValue:
    return answer(_token(tokens.get(system(), token_id)))


@interface.delete("/tokens/<int:token_id>")
@owner_only
@described("Revoke a token")
def revoke_token(token_id: int) -> ResponseReturnValue:
    tokens.revoke(system(), token_id)
    return "", 204


def _token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "made_by": token.owner,
        "created_at": token.created_at,
        "expires": bounds.last_day(token.expires_at) or None,
        "expired": token.expires_at is not None and token.expires_at <= system().clock(),
        "used_at": token.used_at,
        "heatpumps": None if token.heatpumps is None else sorted(token.heatpumps),
    }
