"""Nobody sees or changes anything without an account, and only owners change heat pumps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.store.heatpumps import HeatPump
from app.web import access
from tests.web.people import Visitor

OPEN = {
    "account.choose_language",
    "account.code",
    "account.create_first_account",
    "account.login",
    "account.setup",
    "account.sign_in",
    "account.sign_in_with_code",
    "bootstrap.static",
    "health.healthz",
    "health.live",
    "health.ready",
    "installable.manifest",
    "installable.offline",
    "installable.worker",
    "static",
    "vendor.uplot",
}


def walk(app: Flask) -> list[tuple[Rule, str, str]]:
    """Every rule, each of its methods, and an address that matches it."""
    found = []
    for rule in app.url_map.iter_rules():
        address = rule.rule
        for name in rule.arguments:
            address = address.replace(f"<{name}>", "hp-001").replace(f"<path:{name}>", "x")
        found += [(rule, method, address) for method in sorted(rule.methods or ()) if method != "OPTIONS"]
    return found


def test_exactly_these_views_are_open(app: Flask) -> None:
    public = {name for name in app.view_functions if access.decision(app, name) is access.Access.PUBLIC}
    assert public == OPEN


def test_everything_else_asks_for_a_login(app: Flask, visitor: Visitor) -> None:
    for rule, method, address in walk(app):
        if rule.endpoint in OPEN:
            continue
        answer = visitor.send(method, address)
        if address.startswith("/api/"):
            assert (method, address, answer.status_code) == (method, address, 401)
            assert method == "HEAD" or answer.json == {"error": "Sign in first."}
        elif rule.endpoint == "metrics.page":
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        else:
            assert (method, address, answer.status_code) == (method, address, 302)
            assert answer.location.startswith("/login")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing-here", 302),
        ("GET", "/api", 401),
        ("GET", "/api/nothing-here", 401),
        ("PATCH", "/", 302),
        ("PATCH", "/api/heatpumps", 401),
        ("GET", "/vendor/uplot/../../schema.sql", 302),
    ],
)
def test_an_unknown_address_or_method_asks_for_a_login_too(
    visitor: Visitor, method: str, path: str, status: int
) -> None:
    assert visitor.send(method, path).status_code == status


def test_the_login_leads_back_to_the_page_that_was_asked_for(visitor: Visitor) -> None:
    assert visitor.get("/heatpumps/hp-001?range=7d").location == "/login?next=/heatpumps/hp-001?range%3D7d"
    assert visitor.get("/").location == "/login"


def test_a_view_without_a_decision_stops_the_start(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "secret"
    with pytest.raises(RuntimeError, match="forgotten: say @public, @signed_in or @owner_only"):
        access.check_decisions(app)


@pytest.mark.parametrize(
    "path",
    [
        "/heatpumps/add",
        "/heatpumps/hp-001/edit",
        "/heatpumps/hp-001/remove",
    ],
)
def test_a_viewer_cannot_open_the_pages_that_change_heat_pumps(
    viewer: Visitor, add: Callable[..., HeatPump], path: str
) -> None:
    add()
    answer = viewer.get(path)
    assert answer.status_code == 403
    assert "Only the owner may do that." in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/heatpumps"),
        ("PUT", "/api/heatpumps/hp-001"),
        ("DELETE", "/api/heatpumps/hp-001"),
        ("POST", "/heatpumps/add"),
        ("POST", "/heatpumps/hp-001/edit"),
        ("POST", "/heatpumps/hp-001/enable"),
        ("POST", "/heatpumps/hp-001/disable"),
        ("POST", "/heatpumps/hp-001/remove"),
    ],
)
def test_a_viewer_cannot_change_heat_pumps(
    viewer: Visitor, add: Callable[..., HeatPump], method: str, path: str
) -> None:
    add()
    assert viewer.send(method, path, {}).status_code == 403
    assert viewer.get("/api/heatpumps/hp-001").json["enabled"] is False


def test_a_viewer_sees_values_but_no_buttons_to_change_anything(viewer: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    for path in ("/", "/heatpumps/hp-001"):
        page = viewer.get(path)
        assert page.status_code == 200
        assert "/heatpumps/add" not in page.text
        assert "/edit" not in page.text
