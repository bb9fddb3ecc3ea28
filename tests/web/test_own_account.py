"""The own account: its password, its sessions, its second factor."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask

from app.services import accounts, second_factor, signed_in
from app.store import second_factors
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import PASSWORD, Visitor, account

NEW = {"old": PASSWORD, "password": "another pass phrase", "password_again": "another pass phrase"}
DAY_S = 86_400


def another(app: Flask, name: str = "berta") -> Visitor:
    found = Visitor(app)
    found.sign_in(name)
    return found


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(app: Flask, owner: Visitor) -> None:
    elsewhere = another(app)
    assert owner.post("/account/password", NEW).location == "/account/?done=password"
    assert owner.get("/account/?done=password").status_code == 200
    assert elsewhere.get("/").location == "/login"
    assert elsewhere.sign_in("berta").status_code == 401
    assert elsewhere.sign_in("berta", "another pass phrase").location == "/"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"old": "wrong"}, "This is not the password"),
        ({"password_again": "x"}, "The two passwords are not the same"),
        ({"password": "berta", "password_again": "berta"}, "A password has at least 8 characters"),
        ({"password": "qwertz123", "password_again": "qwertz123"}, "one of those that are tried first"),
    ],
)
def test_a_bad_change_of_the_password_changes_nothing(
    owner: Visitor, system: System, change: dict[str, str], said: str
) -> None:
    answer = owner.post("/account/password", NEW | change)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert accounts.who(system, "berta", PASSWORD) is not None


def test_the_old_password_cannot_be_guessed_at_the_form_either(owner: Visitor, system: System) -> None:
    for _ in range(5):
        owner.post("/account/password", NEW | {"old": "wrong"})
    answer = owner.post("/account/password", NEW)
    assert "too many wrong attempts" in answer.text
    assert accounts.who(system, "berta", PASSWORD) is not None


def test_sessions_are_listed_and_can_be_ended_one_by_one_and_all(app: Flask, owner: Visitor, system: System) -> None:
    first, second = another(app), another(app)
    page = owner.get("/account/").text
    numbers = re.findall(r"/account/sessions/(\d+)/end", page)
    assert len(numbers) == 2
    assert "from 127.0.0.1, last used 14:03" in page
    assert owner.post(f"/account/sessions/{max(numbers, key=int)}/end").status_code == 302
    assert (first.get("/").status_code, second.get("/").status_code) == (200, 302)
    assert owner.post("/account/sessions/end").location == "/login"
    assert (first.get("/").status_code, owner.get("/").status_code) == (302, 302)


def test_nobody_ends_the_sessions_of_somebody_else(app: Flask, owner: Visitor, viewer: Visitor, system: System) -> None:
    for number in range(1, 5):
        viewer.post(f"/account/sessions/{number}/end")
    assert owner.get("/").status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, owner: Visitor) -> None:
    cookie = owner.client.get_cookie("session")
    assert cookie is not None
    thief = Visitor(app)
    thief.client.set_cookie("session", cookie.value)
    assert thief.get("/").status_code == 200
    owner.post("/logout")
    thief.client.set_cookie("session", cookie.value)
    assert thief.get("/").location == "/login"


def test_a_session_ends_when_it_was_not_used_for_a_month_and_after_a_year(owner: Visitor, system: System) -> None:
    for month in range(1, 13):
        system.clock = lambda days=month * 29: NOW + days * DAY_S
        assert owner.get("/").status_code == 200
    system.clock = lambda: NOW + 366 * DAY_S
    assert owner.get("/").location == "/login"
    owner.sign_in("berta")
    system.clock = lambda: NOW + 400 * DAY_S
    assert owner.get("/").location == "/login"


def test_an_account_has_so_many_sessions_and_the_one_used_longest_ago_ends(
    owner: Visitor, viewer: Visitor, system: System
) -> None:
    berta = accounts.named(system, "berta")
    for _ in range(signed_in.MOST - 1):
        signed_in.begin(system, berta, "127.0.0.1", "a program")
    assert owner.get("/").status_code == 200
    signed_in.begin(system, berta, "127.0.0.1", "a program")
    assert owner.get("/").location == "/login"
    assert len(signed_in.of(system, berta)) == signed_in.MOST
    assert viewer.get("/").status_code == 200


def test_the_database_holds_no_key_of_a_cookie(owner: Visitor, system: System) -> None:
    with owner.client.session_transaction() as session:
        key = session["_user_id"].partition(".")[0]
    assert key not in "\n".join(system.database.connection().iterdump())


@pytest.fixture
def phone(owner: Visitor) -> pyotp.TOTP:
    """Set up as somebody does it: the key of the page in the app, its code in the form."""
    page = owner.get("/account/second-factor").text
    assert "<svg" in page and "style=" not in page
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert key is not None
    app = pyotp.TOTP(key.group(1).replace(" ", ""))
    assert owner.post("/account/second-factor", {"code": "000000", "proof": PASSWORD}).status_code == 400
    somebody_else = owner.post("/account/second-factor", {"code": app.at(NOW), "proof": "wrong"})
    assert somebody_else.status_code == 400 and "This is not the password" in somebody_else.text
    answer = owner.post("/account/second-factor", {"code": app.at(NOW), "proof": PASSWORD})
    assert answer.status_code == 200
    owner.codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", answer.text)  # type: ignore[attr-defined]
    return app


def half(app: Flask) -> Visitor:
    """Somebody who knows the password."""
    found = Visitor(app)
    assert found.sign_in("berta").location == "/login/code"
    assert found.get("/").location == "/login"
    return found


def test_with_a_second_factor_the_password_alone_signs_nobody_in(app: Flask, system: System, phone: pyotp.TOTP) -> None:
    somebody = half(app)
    for code in ("", "000000", "12345", "abcdef", phone.at(NOW - 90), phone.at(NOW + 90)):
        if code not in (phone.at(NOW - 30), phone.at(NOW), phone.at(NOW + 30)):
            assert somebody.post("/login/code", {"code": code}).status_code in (401, 429)
    assert somebody.get("/").location == "/login"


@pytest.mark.parametrize("skew", [-30, 0, 30])
def test_a_phone_may_be_half_a_minute_off(app: Flask, system: System, phone: pyotp.TOTP, skew: int) -> None:
    system.clock = lambda: NOW + 120
    somebody = half(app)
    answer = somebody.post("/login/code", {"code": phone.at(NOW + 120 + skew), "next": "/jobs/"})
    assert (answer.status_code, answer.location) == (302, "/jobs/")
    assert somebody.get("/").status_code == 200


def test_no_code_works_twice_and_none_before_one_that_worked(app: Flask, system: System, phone: pyotp.TOTP) -> None:
    system.clock = lambda: NOW + 120
    assert half(app).post("/login/code", {"code": phone.at(NOW + 120)}).status_code == 302
    for at in (NOW + 120, NOW + 90):
        assert half(app).post("/login/code", {"code": phone.at(at)}).status_code == 401
    assert half(app).post("/login/code", {"code": phone.at(NOW + 150)}).status_code == 302


def test_a_recovery_code_works_once(app: Flask, owner: Visitor, system: System, phone: pyotp.TOTP) -> None:
    codes = owner.codes  # type: ignore[attr-defined]
    assert len(codes) == len(set(codes)) == 10
    assert half(app).post("/login/code", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert half(app).post("/login/code", {"code": codes[0]}).status_code == 401
    assert "9 recovery codes are left" in owner.get("/account/").text
    dump = "\n".join(system.database.connection().iterdump())
    assert codes[1] not in dump and phone.secret not in dump


def test_new_recovery_codes_and_switching_off_need_the_password(owner: Visitor, app: Flask, phone: pyotp.TOTP) -> None:
    for what in ("codes", "remove"):
        assert owner.post(f"/account/second-factor/{what}", {"proof": "wrong"}).status_code == 400
    page = owner.post("/account/second-factor/codes", {"proof": PASSWORD})
    fresh = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.text)
    assert half(app).post("/login/code", {"code": owner.codes[0]}).status_code == 401  # type: ignore[attr-defined]
    assert half(app).post("/login/code", {"code": fresh[0]}).status_code == 302
    assert owner.post("/account/second-factor/remove", {"proof": PASSWORD}).status_code == 302
    assert Visitor(app).sign_in("berta").location == "/"


def test_half_a_sign_in_lasts_five_minutes_and_ends_with_the_password(
    app: Flask, system: System, phone: pyotp.TOTP
) -> None:
    late, changed = half(app), half(app)
    accounts.set_password(system, accounts.named(system, "berta"), "another pass phrase")
    system.clock = lambda: NOW + 60
    assert changed.post("/login/code", {"code": phone.at(NOW + 60)}).location == "/login"
    system.clock = lambda: NOW + 301
    assert late.post("/login/code", {"code": phone.at(NOW + 301)}).location == "/login"
    assert Visitor(app).get("/login/code").location == "/login"


def test_codes_cannot_be_guessed_by_trying(app: Flask, system: System, phone: pyotp.TOTP) -> None:
    somebody = half(app)
    answers = [somebody.post("/login/code", {"code": f"{n:06d}"}).status_code for n in range(7)]
    assert 429 in answers
    assert half(app).post("/login/code", {"code": phone.at(NOW)}).status_code == 429


def test_after_a_restore_elsewhere_the_phone_is_unknown_but_recovery_codes_work(
    app: Flask, owner: Visitor, system: System, phone: pyotp.TOTP
) -> None:
    with system.database.transaction() as db:
        db.execute("UPDATE second_factors SET secret = 'sealed with another key'")
    system.clock = lambda: NOW + 60
    somebody = half(app)
    assert somebody.post("/login/code", {"code": phone.at(NOW + 60)}).status_code == 401
    assert somebody.post("/login/code", {"code": owner.codes[0]}).status_code == 302  # type: ignore[attr-defined]


def test_an_owner_takes_away_the_second_factor_of_a_lost_phone(app: Flask, owner: Visitor, system: System) -> None:
    account(system, "viktor", "viewer")
    viktor = accounts.named(system, "viktor")
    with system.database.transaction() as db:
        second_factors.propose(db, viktor.id, system.seal.close(pyotp.random_base32()))
        second_factors.confirm(db, viktor.id, NOW)
    assert Visitor(app).sign_in("viktor").location == "/login/code"
    assert owner.post(f"/people/{viktor.id}/second_factor/remove").status_code == 302
    assert not second_factor.active(system, viktor.id)
    assert Visitor(app).sign_in("viktor").location == "/"
