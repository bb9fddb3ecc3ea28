"""The pages answer under the names and addresses of this box, and under no other."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.system import System
from app.web import hosts
from tests.web.people import Visitor

OWN = socket.gethostname().lower().partition(".")[0]


def status(app: Flask, host: str, path: str = "/login") -> int:
    return app.test_client().get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize(
    "host",
    ["localhost:8080", "127.0.0.1", "192.168.1.20:8080", "[::1]:8080", "[fe80::1]", OWN, f"{OWN}.local:8080",
     f"{OWN.upper()}.FRITZ.BOX", f"{OWN}.local."],
)  # fmt: skip
def test_addresses_and_own_names_are_answered(app: Flask, visitor: Visitor, host: str) -> None:
    assert status(app, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "192.168.1.20.evil.example", f"{OWN}.evil.example", "localhost.evil.example",
     "local", "fritz.box", "0x7f000001", "127.1", "2130706433"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/login", "/setup", "/api/data", "/healthz", "/static/app.css", "/nothing-here"])
def test_a_foreign_name_gets_nothing(app: Flask, visitor: Visitor, host: str, path: str) -> None:
    answer = app.test_client().get(path, headers={"Host": host})
    assert (answer.status_code, "allowed_hosts" in answer.text, host in answer.text) == (421, True, False)


@pytest.mark.parametrize("host", ["", "[", "a b", "a@b", "a:port", "evil.example/127.0.0.1"])
def test_what_is_no_name_gets_nothing(app: Flask, visitor: Visitor, host: str) -> None:
    assert status(app, host) in (400, 421)


def test_further_names_come_from_the_settings(system: System) -> None:
    system.config = replace(system.config, allowed_hosts="heat.example.org, pumps", site="https://box.example.net/")
    app = create_app(system, "a secret of this test")
    for host in ("heat.example.org", "HEAT.example.org:8080", "pumps", "box.example.net"):
        assert status(app, host) == 302
    assert status(app, "example.org") == 421


@pytest.mark.parametrize(("allowed", "wanted"), [("", 302), ("heat.example.org", 421)])
def test_behind_a_proxy_with_tls_only_what_is_set_is_checked(system: System, allowed: str, wanted: int) -> None:
    """Its certificate is for its own names."""
    system.config = replace(system.config, behind_https=True, allowed_hosts=allowed)
    assert status(create_app(system, "a secret of this test"), "pumps.example") == wanted


def test_the_computers_own_name_counts_with_the_endings_of_home_networks(system: System) -> None:
    found = hosts.names(Config(system.config.folder), "Keller.mycompany.example")
    assert {"keller", "keller.local", "keller.fritz.box", "keller.mycompany.example"} <= found
    assert "mycompany.example" not in found


def test_browsers_are_told_to_keep_to_tls_only_behind_a_proxy_with_tls(app: Flask, system: System) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/login").headers
    system.config = replace(system.config, behind_https=True)
    told = create_app(system, "a secret of this test").test_client().get("/login").headers
    assert told["Strict-Transport-Security"] == "max-age=31536000"
