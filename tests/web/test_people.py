"""The pages of accounts: adding people, bounding them, and taking things away from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.services import accounts
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import PASSWORD, Visitor, account

INES = {"username": "ines", "password": PASSWORD, "role": "installer", "sees": "all"}
DAY_S = 86_400


def test_an_installer_is_added_for_some_heat_pumps_and_some_days(
    app: Flask, owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    add("Zuhause"), add("Nachbarhaus")
    sent = INES | {"sees": "some", "seen": ["hp-001"], "expires": "2025-11-22"}
    assert owner.post("/people/add", sent).location == "/people/"
    page = owner.get("/people/").text
    assert "ines" in page and "Zuhause" in page and "until the end of 22 November 2025" in page
    ines = Visitor(app)
    ines.sign_in("ines")
    assert [each["name"] for each in ines.get("/api/heatpumps").json["heatpumps"]] == ["Zuhause"]
    system.clock = lambda: NOW + 2 * DAY_S
    assert ines.get("/").location == "/login"
    assert ines.sign_in("ines").status_code == 401
    assert "expired" in owner.get("/people/").text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": ""}, "A user name has 1 to 80 characters"),
        ({"username": "i\x00nes"}, "A user name has 1 to 80 characters"),
        ({"username": "BERTA"}, "there is an account BERTA already"),
        ({"password": "short"}, "A password has at least 8 characters"),
        ({"password": "Passwort123!"}, "one of those that are tried first"),
        ({"password": "12345678"}, "one of those that are tried first"),
        ({"password": "aaaaaaaaaaaa"}, "one of those that are tried first"),
        ({"username": "ines-meyer", "password": "Ines-Meyer1"}, "a password that is the name"),
        ({"role": "king"}, "king is not one of owner, installer, viewer"),
        ({"role": ""}, "is not one of owner, installer, viewer"),
        ({"expires": "2025-11-20"}, "This day is over already"),
        ({"expires": "x"}, "x is not a day, such as 2026-01-31"),
        ({"sees": "some", "seen": ["hp-999"]}, "One of these heat pumps is gone"),
    ],
)
def test_a_bad_account_is_refused_at_its_field(
    owner: Visitor, system: System, change: dict[str, Any], said: str
) -> None:
    answer = owner.post("/people/add", INES | change)
    assert (answer.status_code, said.lower() in answer.text.lower()) == (400, True)
    assert [user.name for user in accounts.all_of_them(system)] == ["berta"]


def test_changing_what_somebody_sees_counts_from_the_next_request_on(
    app: Flask, owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    add("Zuhause"), add("Nachbarhaus")
    account(system, "ines", "viewer")
    ines, number = Visitor(app), accounts.named(system, "ines").id
    ines.sign_in("ines")
    assert len(ines.get("/api/heatpumps").json["heatpumps"]) == 2
    assert owner.post(f"/people/{number}", {"role": "viewer", "sees": "some", "seen": ["hp-002"]}).status_code == 302
    assert [each["id"] for each in ines.get("/api/heatpumps").json["heatpumps"]] == ["hp-002"]
    assert owner.post(f"/people/{number}", {"role": "owner", "sees": "some", "seen": ["hp-002"]}).status_code == 302
    assert ines.get("/people/").status_code == 200


def test_the_only_owner_can_be_neither_removed_nor_demoted(owner: Visitor, system: System) -> None:
    number = accounts.named(system, "berta").id
    removed = owner.post(f"/people/{number}/account/remove")
    demoted = owner.post(f"/people/{number}", {"role": "viewer", "sees": "all"})
    for answer in (removed, demoted):
        assert (answer.status_code, "This is the only owner" in answer.text) == (400, True)
    account(system, "olga", "owner")
    assert owner.post(f"/people/{number}/account/remove").status_code == 302
    assert owner.get("/").location == "/login"


def test_a_new_password_by_an_owner_signs_out_everywhere(app: Flask, owner: Visitor, system: System) -> None:
    account(system, "viktor", "viewer")
    viktor, number = Visitor(app), accounts.named(system, "viktor").id
    viktor.sign_in("viktor")
    assert owner.post(f"/people/{number}/password", {"password": "another pass phrase"}).status_code == 302
    assert viktor.get("/").location == "/login"
    assert viktor.sign_in("viktor", "another pass phrase").location == "/"


def test_an_unknown_account_is_not_found(owner: Visitor) -> None:
    assert owner.get("/people/99").status_code == 404
    assert owner.post("/people/99/password", {"password": PASSWORD}).status_code == 404
    assert owner.post("/people/1/everything/remove").status_code == 404
