"""Each role calls every route: what it may not do is refused, and what it may do is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.services.rights import Access
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web import addresses
from tests.web.people import Visitor, account

MAY = {
    "owner": set(Access),
    "installer": {Access.PUBLIC, Access.OWN_ACCOUNT, Access.READING, Access.SCRAPING, Access.CONTROLLING},
    "viewer": {Access.PUBLIC, Access.OWN_ACCOUNT, Access.READING, Access.SCRAPING},
}
ENDS_THE_SESSION = {"account.logout", "account.sign_out_everywhere", "account.end_session", "account.change_password"}


@pytest.mark.parametrize("role", ["installer", "viewer"])
def test_every_route_refuses_whom_it_does_not_allow(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump], role: str
) -> None:
    add()
    account(system, "ines", role)
    visitor.sign_in("ines")
    token = visitor.token()
    refused = 0
    for each in addresses.every(app):
        if each.needs in MAY[role]:
            continue
        answer = visitor.client.open(each.path, method=each.method, headers={"X-CSRFToken": token})
        assert answer.status_code == 403, f"{each} as {role}"
        refused += 1
    assert refused > 50
    assert visitor.get("/api/heatpumps/hp-001").status_code == 200


@pytest.mark.parametrize("role", ["owner", "installer", "viewer"])
def test_every_route_answers_whom_it_allows(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump], role: str
) -> None:
    """Only looking: a number that does not exist is not found, but nobody is turned away."""
    add()
    account(system, "ines", role)
    visitor.sign_in("ines")
    for each in addresses.every(app):
        if each.method != "GET" or each.needs not in MAY[role] or each.rule.endpoint.startswith("health."):
            continue  # nothing polls in this test, and the health says so
        status = visitor.get(each.path).status_code
        assert status not in (401, 403, 405) and status < 500, f"{each} as {role}: {status}"


def test_nobody_signed_in_gets_nothing_but_what_is_public(app: Flask, visitor: Visitor) -> None:
    token = visitor.token()
    for each in addresses.every(app):
        if each.needs is Access.PUBLIC:
            continue
        answer = visitor.client.open(each.path, method=each.method, headers={"X-CSRFToken": token})
        assert answer.status_code in (302, 401), each
        assert answer.status_code == 401 or answer.location.startswith("/login"), each


def test_an_installer_does_his_work_and_no_more(
    app: Flask, system: System, visitor: Visitor, add: Callable[..., HeatPump]
) -> None:
    add()
    account(system, "ines", "installer")
    visitor.sign_in("ines")
    note = {"heatpump_id": "hp-001", "at": 5, "text": "filter cleaned"}
    assert visitor.send("POST", "/api/annotations", note).status_code == 201
    assert visitor.send("PUT", "/api/heatpumps/hp-001/writing", {"stopped": True}).status_code == 200
    assert visitor.send("PUT", "/api/writing", {"stopped": True}).status_code == 403
    assert visitor.send("PUT", "/api/heatpumps/hp-001", {"name": "mine"}).status_code == 403
    page = visitor.get("/heatpumps/hp-001/settings").text
    assert "Allow writing to this heat pump again" in page
    assert "/heatpumps/add" not in visitor.get("/").text


def test_what_the_owner_has_stopped_only_an_owner_lets_go_on(
    app: Flask, system: System, owner: Visitor, add: Callable[..., HeatPump]
) -> None:
    add()
    account(system, "ines", "installer")
    ines = Visitor(app)
    ines.sign_in("ines")
    address = "/api/heatpumps/hp-001/writing"
    for who, stopped, status in (
        (owner, True, 200), (ines, False, 403), (ines, True, 200), (ines, False, 403), (owner, False, 200),
        (ines, True, 200), (ines, False, 200), (ines, True, 200), (owner, False, 200),
    ):  # fmt: skip
        assert who.send("PUT", address, {"stopped": stopped}).status_code == status
    owner.send("PUT", address, {"stopped": True})
    page = ines.post("/heatpumps/hp-001/writing", {"action": "allow"})
    assert (page.status_code, "berta has stopped writing" in page.text) == (403, True)
    assert owner.get("/api/writing").json["heatpumps"]["hp-001"]["by"] == "berta"
