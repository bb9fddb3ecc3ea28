"""Errors say what, where, and what to do; as a page, or as JSON for the interface."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask
from werkzeug.exceptions import default_exceptions

from app.system import System
from app.web import access
from drivers.errors import BadCatalogue
from tests.disk import full_disk
from tests.web.people import Visitor


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing-here", 404, "There is nothing at this address."),
        ("GET", "/heatpumps/hp-999", 404, "There is no heat pump hp-999"),
        ("POST", "/", 405, "POST is not possible here."),
        ("DELETE", "/heatpumps/add", 405, "DELETE is not possible here."),
        ("GET", "/logout", 405, "GET is not possible here."),
    ],
)
def test_a_page_says_what_where_and_what_to_do(owner: Visitor, method: str, path: str, status: int, said: str) -> None:
    answer = owner.send(method, path)
    assert answer.status_code == status
    assert said in answer.text
    assert f"<code>{path}</code>" in answer.text
    assert "To the overview" in answer.text
    assert answer.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/api", 404, "There is nothing at this address."),
        ("GET", "/api/nothing-here", 404, "There is nothing at this address."),
        ("GET", "/api/heatpumps/hp-999", 404, "There is no heat pump hp-999"),
        ("PATCH", "/api/heatpumps", 405, "PATCH is not possible here."),
    ],
)
def test_the_interface_says_it_as_json(owner: Visitor, method: str, path: str, status: int, said: str) -> None:
    answer = owner.send(method, path)
    assert answer.status_code == status
    assert answer.json == {"error": said}
    assert status != 405 or "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>", "/%3Cimg%20src=x%20onerror=alert(1)%3E"])
def test_a_hostile_address_stays_text(owner: Visitor, path: str) -> None:
    page = owner.get(path).text
    assert "<script>alert" not in page
    assert "<img src" not in page


@pytest.mark.parametrize("path", ["/", "/api/heatpumps"])
def test_a_failure_of_ours_is_told_without_its_details(app: Flask, owner: Visitor, system: System, path: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with system.database.transaction() as db:
        db.execute("ALTER TABLE heatpumps RENAME TO lost")
    answer = owner.get(path)
    assert answer.status_code == 500
    assert "Something went wrong on our side at 14:03:00. The log has the details." in answer.text
    assert "no such table" not in answer.text


def test_even_a_lost_database_leads_to_a_page(app: Flask, owner: Visitor, system: System) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    system.database.close()
    system.database.connection = _closed  # type: ignore[method-assign]
    answer = owner.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_full_disk_is_said_as_it_is(owner: Visitor, language: str) -> None:
    note = {"at": 1_700_000_000, "text": "x" * 200}
    owner.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    with full_disk(1000):
        answer = owner.send("POST", "/api/annotations", note)
    assert answer.status_code == 503
    assert ("Is there room on the disk?" if language == "en" else "Ist noch Platz auf") in answer.json["error"]
    assert owner.send("POST", "/api/annotations", note).status_code == 201


def _closed() -> sqlite3.Connection:
    raise sqlite3.OperationalError("disk I/O error")


def test_a_broken_catalogue_file_is_named(app: Flask, owner: Visitor) -> None:
    @access.signed_in
    def broken() -> str:
        raise BadCatalogue("idm_navigator_2_0.yaml: temp_outside: stands twice")

    app.view_functions["overview.index"] = broken
    answer = owner.get("/")
    assert answer.status_code == 500
    assert "idm_navigator_2_0.yaml: temp_outside: stands twice" in answer.text


def test_a_request_that_is_too_large_is_refused(owner: Visitor) -> None:
    assert owner.send("POST", "/api/heatpumps", b"x" * 1_000_001).status_code == 413
    assert owner.post("/heatpumps/add", {"name": "x" * 1_000_001}).status_code == 413


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_has_a_page_of_its_own_in_both_languages(app: Flask, code: int, language: str) -> None:
    pages = {}
    for each in ("en", "de"):
        with app.test_request_context("/somewhere", headers={"Accept-Language": each}):
            answer = app.make_response(app.handle_user_exception(default_exceptions[code]()))
            assert answer.status_code == code
            pages[each] = answer.get_data(as_text=True)
    assert pages["en"] != pages["de"]
    page = pages[language]
    assert f'lang="{language}"' in page
    assert f"error {code}" not in page and f"Fehler {code}" not in page  # a sentence, not a number
    assert page.count("<h1>") == 1
    assert "Traceback" not in page


def test_the_interface_says_every_error_as_json(app: Flask) -> None:
    for code in (401, 429, 503):
        with app.test_request_context("/api/somewhere"):
            answer = app.make_response(app.handle_user_exception(default_exceptions[code]()))
        assert (answer.status_code, list(answer.json)) == (code, ["error"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/alerts/9223372036854775808", 404),
        ("POST", "/api/alert-events/9223372036854775808/snooze", 404),
        ("GET", "/jobs/99999999999999999999", 404),
        ("GET", "/api/annotations?from=9.3e18", 200),
        ("GET", "/api/annotations?to=-9.3e18", 200),
    ],
)
def test_numbers_beyond_every_database_are_no_failure_of_ours(
    owner: Visitor, method: str, path: str, status: int
) -> None:
    assert owner.send(method, path, {"seconds": 1} if method == "POST" else None).status_code == status
