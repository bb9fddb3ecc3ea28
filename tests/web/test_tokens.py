"""Tokens of programs: made by owners, shown once, and good for no more than their scopes say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.services import accounts, tokens
from app.services.rights import Access
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web import addresses
from tests.web.conftest import NOW
from tests.web.people import Visitor, account, tell

MAY = {
    "read": {Access.PUBLIC, Access.READING},
    "control": {Access.PUBLIC, Access.READING, Access.CONTROLLING},
    "metrics": {Access.PUBLIC, Access.SCRAPING},
}
DAY_S = 86_400


class Program:
    """Sends a token, and no cookie."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {key}"}

    def open(self, method: str, path: str, **more: Any) -> TestResponse:
        return self.client.open(path, method=method, headers=self.headers, **more)


def key_of(system: System, *scopes: str, **more: Any) -> str:
    owner = accounts.named(system, "berta")
    facts: Mapping[str, Any] = {"expires_at": None, "heatpumps": None} | more
    return tokens.make(system, owner, f"token for {scopes}", scopes, **facts)


@pytest.mark.parametrize("scope", list(MAY))
def test_every_route_refuses_a_token_whose_scopes_do_not_allow_it(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump], scope: str
) -> None:
    add()
    program, refused = Program(app, key_of(system, scope)), 0
    for each in addresses.every(app):
        if each.needs in MAY[scope] and not (each.changes and scope == "read"):
            continue
        if each.needs is Access.PUBLIC:
            continue
        answer = program.open(each.method, each.path, json={})
        assert answer.status_code == 403, f"{each} with {scope}"
        refused += 1
    assert refused > 50


def test_a_token_reads_controls_or_scrapes_without_a_cookie_and_without_a_csrf_token(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump]
) -> None:
    tell(system, add(enabled=True), NOW, {"temp_outside": -2.5})
    note = {"heatpump_id": "hp-001", "at": NOW, "text": "by a program"}
    read, control, metrics = (Program(app, key_of(system, scope)) for scope in ("read", "control", "metrics"))
    assert read.open("GET", "/api/data/hp-001").json["values"]["temp_outside"] == -2.5
    assert read.open("POST", "/api/annotations", json=note).status_code == 403
    assert control.open("POST", "/api/annotations", json=note).status_code == 201
    assert control.open("GET", "/api/annotations").json["annotations"][0]["author"] == "token for ('control',)"
    assert "idm_heatpump_temp_outside" in metrics.open("GET", "/metrics").text
    assert metrics.open("GET", "/api/data").status_code == 403
    assert read.open("GET", "/metrics").status_code == 403


def test_the_audit_names_the_token_that_changed_something(
    app: Flask, system: System, owner: Visitor, add: Callable[..., HeatPump]
) -> None:
    add()
    program = Program(app, key_of(system, "control"))
    assert program.open("PUT", "/api/heatpumps/hp-001/writing", json={"stopped": True}).status_code == 200
    (entry,) = owner.get("/api/audit").json["entries"]
    assert entry["actor"] == {"kind": "token", "name": "token for ('control',)"}


@pytest.mark.parametrize("key", ["", "nonsense", "hpm_" + "x" * 43])
def test_a_wrong_token_is_nobody_even_beside_a_good_cookie(owner: Visitor, key: str) -> None:
    answer = owner.client.get("/api/data", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert owner.get("/api/data").status_code == 200


def test_a_bearer_header_does_not_carry_a_cookie_past_the_csrf_check(
    owner: Visitor, add: Callable[..., HeatPump], system: System
) -> None:
    add()
    for authorization in ("Bearer x", "bearer", "Bearer"):
        answer = owner.client.delete("/api/heatpumps/hp-001", headers={"Authorization": authorization})
        assert answer.status_code == 401
    answer = owner.client.delete("/api/heatpumps/hp-001", headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 400
    assert owner.get("/api/heatpumps/hp-001").status_code == 200


def test_a_token_ends_on_its_day_when_revoked_and_with_its_owner(
    app: Flask, system: System, owner: Visitor, add: Callable[..., HeatPump]
) -> None:
    expiring = Program(app, key_of(system, "read", expires_at=NOW + DAY_S))
    revoked = Program(app, key_of(system, "metrics"))
    account(system, "olga", "owner")
    olgas = Program(
        app, tokens.make(system, accounts.named(system, "olga"), "olga's", ["read"], expires_at=None, heatpumps=None)
    )
    for program, path in ((expiring, "/api/data"), (revoked, "/metrics"), (olgas, "/api/data")):
        assert program.open("GET", path).status_code == 200
    (number,) = [each.id for each in tokens.all_of_them(system) if each.scopes == ("metrics",)]
    assert owner.post(f"/tokens/{number}/revoke").status_code == 302
    accounts.bound(system, accounts.named(system, "olga"), "viewer", None, None)
    system.clock = lambda: NOW + DAY_S
    for program, path in ((expiring, "/api/data"), (revoked, "/metrics"), (olgas, "/api/data")):
        assert program.open("GET", path).status_code == 401
    assert [each.name for each in tokens.all_of_them(system)] == ["token for ('read',)"]


def test_a_token_for_some_heat_pumps_finds_nothing_of_the_others(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump]
) -> None:
    add("Zuhause", enabled=True), add("Nachbarhaus", enabled=True)
    program = Program(app, key_of(system, "read", "control", "metrics", heatpumps=frozenset({"hp-001"})))
    for method, path in (
        ("GET", "/api/data/hp-002"),
        ("POST", "/api/control/hp-002"),
        ("POST", "/api/jobs"),
        ("GET", "/heatpumps/hp-002"),
    ):
        assert program.open(method, path, json={"heatpump_id": "hp-002"}).status_code == 404, path
    assert "Nachbarhaus" not in program.open("GET", "/metrics").text
    assert [each["id"] for each in program.open("GET", "/api/heatpumps").json["heatpumps"]] == ["hp-001"]


def test_a_token_is_shown_once_and_kept_as_a_hash(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    add()
    page = owner.post("/tokens/", {"name": "Home", "scopes": ["read"], "sees": "some", "seen": ["hp-001"]})
    key = re.search(r'<code class="key">(hpm_[\w-]+)</code>', page.text)
    assert key is not None
    assert (
        Visitor(owner.client.application)
        .client.get("/api/data", headers={"Authorization": f"Bearer {key.group(1)}"})
        .json["heatpumps"]
    )
    later = owner.get("/tokens/").text
    assert "Home" in later and key.group(1) not in later and "last used about 14:03" in later
    dump = "\n".join(system.database.connection().iterdump())
    assert "Home" in dump and key.group(1) not in dump


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "scopes": ["read"]}, "A name has 1 to 80 characters"),
        ({"name": "x" * 81, "scopes": ["read"]}, "A name has 1 to 80 characters"),
        ({"name": "x"}, "Choose at least one of read, control, metrics"),
        ({"name": "x", "scopes": ["everything"]}, "Choose at least one of read, control, metrics"),
        ({"name": "x", "scopes": ["read"], "expires": "2025-11-20"}, "This day is over already"),
        ({"name": "x", "scopes": ["read"], "expires": "soon"}, "soon is not a day, such as 2026-01-31"),
        ({"name": "x", "scopes": ["read"], "sees": "some", "seen": ["hp-9"]}, "One of these heat pumps is gone"),
    ],
)
def test_a_bad_token_is_refused_at_its_field(owner: Visitor, system: System, sent: dict[str, Any], said: str) -> None:
    answer = owner.post("/tokens/", sent)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert tokens.all_of_them(system) == []


def test_two_tokens_do_not_share_a_name(owner: Visitor) -> None:
    assert owner.post("/tokens/", {"name": "Home", "scopes": ["read"]}).status_code == 200
    assert "there is a token home already" in owner.post("/tokens/", {"name": "home", "scopes": ["read"]}).text.lower()


def test_a_program_that_keeps_cookies_is_still_known_by_its_token(app: Flask, system: System, visitor: Visitor) -> None:
    bearer = {"Authorization": f"Bearer {key_of(system, 'read')}"}
    assert visitor.get("/", headers=bearer).status_code == 200
    assert visitor.client.get_cookie("session") is not None
    assert visitor.get("/api/heatpumps", headers=bearer).status_code == 200
