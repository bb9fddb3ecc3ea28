"""The first account, signing in, staying signed in, signing out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.security import generate_password_hash

from app import create_app
from app.services import accounts
from app.system import System
from tests.web.people import PASSWORD, Visitor

ACCOUNT = {"username": "berta", "password": PASSWORD, "password_again": PASSWORD}


@pytest.mark.parametrize("path", ["/", "/login", "/heatpumps/hp-001", "/nothing-here"])
def test_before_the_first_account_every_page_leads_to_its_making(app: Flask, path: str) -> None:
    assert Visitor(app).get(path).location == "/setup"


def test_before_the_first_account_the_json_interface_asks_for_a_login(app: Flask) -> None:
    assert Visitor(app).get("/api/data").status_code == 401


def test_the_first_account_is_the_owners_and_signs_in(app: Flask, system: System) -> None:
    somebody = Visitor(app)
    assert somebody.post("/setup", ACCOUNT).location == "/"
    assert somebody.get("/").status_code == 200
    user = accounts.who(system, "berta", PASSWORD)
    assert user is not None
    assert user.role == "owner"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"username": " "}, "username", "A user name has 1 to 80 characters"),
        ({"username": "x" * 81}, "username", "A user name has 1 to 80 characters"),
        ({"password": "short", "password_again": "short"}, "password", "A password has at least 8 characters"),
        ({"password": "", "password_again": ""}, "password", "A password has at least 8 characters"),
        ({"password_again": "another one"}, "password_again", "The two passwords are not the same"),
        ({"password_again": ""}, "password_again", "The two passwords are not the same"),
    ],
)
def test_a_bad_first_account_is_refused_at_its_field(
    app: Flask, system: System, change: dict[str, str], field: str, sentence: str
) -> None:
    answer = Visitor(app).post("/setup", ACCOUNT | change)
    assert answer.status_code == 400
    assert f'<p class="field-error" id="{field}-hint">{sentence}</p>' in answer.text
    assert PASSWORD not in answer.text
    assert accounts.first_start(system)


def test_there_is_no_second_first_account(visitor: Visitor, system: System) -> None:
    assert visitor.get("/setup").location == "/login"
    assert visitor.post("/setup", ACCOUNT | {"username": "mallory"}).location == "/login"
    assert accounts.who(system, "mallory", PASSWORD) is None


@pytest.mark.parametrize(
    ("name", "password"), [("berta", "wrong"), ("nobody", PASSWORD), ("berta", ""), ("", ""), ("berta", "x" * 5000)]
)
def test_a_wrong_name_or_password_says_the_same_and_signs_nobody_in(visitor: Visitor, name: str, password: str) -> None:
    answer = visitor.sign_in(name, password)
    assert answer.status_code == 401
    assert "Name and password do not match an account." in answer.text
    assert visitor.get("/").location == "/login"


def test_signing_out_ends_the_session(owner: Visitor) -> None:
    assert owner.get("/").status_code == 200
    assert owner.get("/logout").status_code == 405
    assert owner.post("/logout").location == "/login"
    assert owner.get("/").location == "/login"


def test_who_is_signed_in_need_not_sign_in_again(owner: Visitor) -> None:
    assert owner.get("/login?next=/heatpumps/add").location == "/heatpumps/add"


@pytest.mark.parametrize("target", ["/heatpumps/hp-001", "/heatpumps/hp-001?range=7d&sensors=a,b", "/?a=b#c"])
def test_the_login_goes_on_to_a_page_of_ours(visitor: Visitor, target: str) -> None:
    fields = {"username": "berta", "password": PASSWORD, "next": target}
    assert visitor.post("/login", fields).location == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "heatpumps",
        " /heatpumps",
        "//[",
        "",
    ],
)
def test_the_login_never_leads_to_another_site(visitor: Visitor, target: str) -> None:
    fields = {"username": "berta", "password": PASSWORD, "next": target}
    assert visitor.post("/login", fields).location == "/"


def test_the_cookie_is_for_this_site_and_no_script(visitor: Visitor) -> None:
    cookie = visitor.sign_in("berta").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure_and_the_proxy_is_believed(system: System) -> None:
    system.config = replace(system.config, behind_https=True)
    app = create_app(system, "a secret of this test")
    answer = Visitor(app).get("/setup", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pumps.example"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert app.permanent_session_lifetime == timedelta(days=30)


def test_a_new_password_ends_older_sessions(owner: Visitor, system: System) -> None:
    assert owner.get("/").status_code == 200
    with system.database.transaction() as db:
        db.execute("UPDATE users SET password_hash = ?", (generate_password_hash("another pass phrase"),))
    assert owner.get("/").location == "/login"


def test_a_removed_account_is_signed_out(owner: Visitor, system: System) -> None:
    with system.database.transaction() as db:
        db.execute("DELETE FROM users")
    assert owner.get("/").location == "/setup"


def test_signing_in_begins_a_new_session(visitor: Visitor) -> None:
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    visitor.sign_in("berta")
    with visitor.client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize("cookie", ["", "nonsense", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb"])
def test_a_forged_cookie_is_nobody(visitor: Visitor, cookie: str) -> None:
    visitor.client.set_cookie("session", cookie)
    assert visitor.get("/").location == "/login"


def test_of_two_who_make_the_first_account_at_once_one_is_the_owner(app: Flask, system: System) -> None:
    def make(name: str) -> str:
        somebody = Visitor(app)
        return str(somebody.post("/setup", ACCOUNT | {"username": name}).location)

    with ThreadPoolExecutor(3) as several:
        assert sorted(several.map(make, ("anna", "mallory", "berta"))) == ["/", "/login", "/login"]
    assert len(accounts.all_of_them(system)) == 1
