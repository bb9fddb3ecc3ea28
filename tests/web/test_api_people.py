"""People and tokens as JSON have the same rules as their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.services import accounts, tokens
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import PASSWORD, Visitor

INES = {"username": "ines", "password": PASSWORD, "role": "installer"}
DAY_S = 86_400


def test_an_account_lives_its_life(app: Flask, owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    add("Zuhause"), add("Nachbarhaus")
    made = owner.send("POST", "/api/people", INES | {"expires": "2025-11-22", "heatpumps": ["hp-001"]})
    path, ines = made.headers["Location"], Visitor(app)
    assert (made.status_code, made.json["heatpumps"], made.json["expires"]) == (201, ["hp-001"], "2025-11-22")
    assert PASSWORD not in made.text and "scrypt" not in made.text
    ines.sign_in("ines")
    assert [each["id"] for each in ines.get("/api/heatpumps").json["heatpumps"]] == ["hp-001"]
    changed = owner.send("PUT", path, {"heatpumps": None}).json
    assert (changed["heatpumps"], changed["expires"], changed["role"]) == (None, "2025-11-22", "installer")
    assert len(ines.get("/api/heatpumps").json["heatpumps"]) == 2
    assert owner.send("DELETE", f"{path}/sessions").status_code == 204
    assert ines.get("/api/heatpumps").status_code == 401
    assert owner.send("PUT", f"{path}/password", {"password": "another pass phrase"}).status_code == 204
    assert ines.sign_in("ines", "another pass phrase").status_code == 302
    system.clock = lambda: NOW + 2 * DAY_S
    assert ines.get("/api/heatpumps").status_code == 401
    assert owner.get(path).json["expired"] is True
    assert owner.send("PUT", path, {"role": "viewer", "expires": None}).json["expired"] is False
    assert owner.send("DELETE", path).status_code == 204
    assert [each["username"] for each in owner.get("/api/people").json["people"]] == ["berta"]


def test_an_owner_who_renews_the_own_password_stays_signed_in_here_only(app: Flask, owner: Visitor) -> None:
    elsewhere = Visitor(app)
    elsewhere.sign_in("berta")
    assert owner.send("PUT", "/api/people/1/password", {"password": "another pass phrase"}).status_code == 204
    assert (owner.get("/api/people").status_code, elsewhere.get("/api/people").status_code) == (200, 401)


def test_the_only_owner_can_be_neither_removed_nor_demoted(owner: Visitor) -> None:
    for answer in (owner.send("DELETE", "/api/people/1"), owner.send("PUT", "/api/people/1", {"role": "viewer"})):
        assert (answer.status_code, "only owner" in answer.json["error"]) == (400, True)


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("people", {}, "username"),
        ("people", INES | {"username": 7}, "username"),
        ("people", INES | {"username": "i\x00nes"}, "username"),
        ("people", INES | {"password": None}, "password"),
        ("people", INES | {"password": "short"}, "password"),
        ("people", INES | {"role": "king"}, "role"),
        ("people", INES | {"role": ["owner"]}, "role"),
        ("people", INES | {"expires": 1_800_000_000}, "expires"),
        ("people", INES | {"expires": "soon"}, "expires"),
        ("people", INES | {"expires": "2025-11-20"}, "expires"),
        ("people", INES | {"heatpumps": "hp-001"}, "heatpumps"),
        ("people", INES | {"heatpumps": [1]}, "heatpumps"),
        ("people", INES | {"heatpumps": ["hp-099"]}, "heatpumps"),
        ("people", INES | {"surprise": 1}, "surprise"),
        ("tokens", {"scopes": ["read"]}, "name"),
        ("tokens", {"name": "x"}, "scopes"),
        ("tokens", {"name": "x", "scopes": []}, "scopes"),
        ("tokens", {"name": "x", "scopes": "read"}, "scopes"),
        ("tokens", {"name": "x", "scopes": ["everything"]}, "scopes"),
        ("tokens", {"name": "x", "scopes": ["read"], "heatpumps": ["hp-099"]}, "heatpumps"),
        ("tokens", {"name": "x", "scopes": ["read"], "expires": "2025-11-20"}, "expires"),
        ("tokens", {"name": "x", "scopes": ["read"], "key": "hpm_mine"}, "key"),
    ],
)
def test_a_bad_field_is_named(owner: Visitor, system: System, path: str, sent: dict[str, Any], field: str) -> None:
    answer = owner.send("POST", f"/api/{path}", sent)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert len(accounts.all_of_them(system)) == 1 and tokens.all_of_them(system) == []


def test_the_key_of_a_token_is_told_once(app: Flask, owner: Visitor, add: Callable[..., HeatPump]) -> None:
    add("Zuhause"), add("Nachbarhaus")
    sent = {"name": "Home", "scopes": ["read"], "expires": "2025-11-30", "heatpumps": ["hp-002"]}
    made = owner.send("POST", "/api/tokens", sent)
    key, path = made.json["key"], made.headers["Location"]
    assert (made.status_code, made.json["made_by"], made.json["used_at"]) == (201, "berta", None)
    bearer = {"Authorization": f"Bearer {key}"}
    program = app.test_client()
    assert [each["id"] for each in program.get("/api/heatpumps", headers=bearer).json["heatpumps"]] == ["hp-002"]
    assert program.get("/api/tokens", headers=bearer).status_code == 403
    (later,) = owner.get("/api/tokens").json["tokens"]
    assert later == owner.get(path).json
    assert (later["used_at"], later["heatpumps"], "key" in later) == (NOW, ["hp-002"], False)
    assert owner.send("POST", "/api/tokens", sent).status_code == 409
    assert owner.send("DELETE", path).status_code == 204
    assert program.get("/api/heatpumps", headers=bearer).status_code == 401
    assert owner.send("DELETE", path).status_code == 404
