"""Every operation of the JSON interface with generated input, as each role: no failure of ours, only told answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import schemathesis
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, Response, checks

from app import create_app
from app.config import Config
from app.services import heatpumps, tokens
from app.store import users
from app.system import System, assemble
from app.web.api.openapi import document
from tests.fuzz.conftest import examples
from tests.web.people import PASSWORD, Visitor, account, tell

NOW = 1_763_730_180
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
ROLES = ("owner", "installer", "viewer", "token", "nobody")
IDS = {"heatpump_id": ["hp-001", "hp-002", "hp-009"], "manufacturer": ["idm", "x"], "model": ["navigator_2_0", "x"]}
"""What an address means mostly; the rest is invented."""
OTHERS = {"user_id": [4, 5, 99], "token_id": [2, 3, 99]}
"""Never those who call: they would be signed out in the middle."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    assembled = assemble(Config(tmp_path_factory.mktemp("interface")), lambda: NOW)
    for number in range(2):
        where = {"host": "127.0.0.1", "port": 9 + number}
        sent = {"manufacturer": "idm", "model": "navigator_2_0", "connection_config": where, "enabled": False}
        pump = heatpumps.add(assembled, sent)
        for at in range(NOW - 7200, NOW, 600):
            tell(assembled, pump, at, {"temp_outside": -2.5, "temp_flow": 34.0, "operating_mode": "heating"})
    yield assembled
    assembled.database.close()


@pytest.fixture(scope="module")
def app(system: System) -> Flask:
    made = create_app(system, "a secret of this test")
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture(scope="module")
def headers(app: Flask, system: System) -> dict[str, dict[str, str]]:
    """What each role sends along."""
    found: dict[str, dict[str, str]] = {"nobody": {}}
    for role in ("owner", "installer", "viewer"):
        account(system, role, role, heatpumps=None if role == "owner" else ["hp-001"])
        visitor = Visitor(app)
        assert visitor.sign_in(role, PASSWORD).status_code == 302
        cookie = visitor.client.get_cookie("session")
        assert cookie is not None
        page = visitor.get("/").text
        csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert csrf is not None
        found[role] = {"session": cookie.value, "X-CSRFToken": csrf.group(1)}
    for name in ("anna", "bert"):
        account(system, name, "viewer")
    with system.database.transaction() as db:
        user = users.named(db, "owner")
    assert user is not None
    key = tokens.make(system, user, "a program", ["read", "control"], None, None)
    tokens.make(system, user, "another one", ["read"], None, None)
    return found | {"token": {"Authorization": f"Bearer {key}"}}


@pytest.mark.parametrize("role", ROLES)
def test_no_input_breaks_the_interface(role: str, app: Flask, headers: dict[str, dict[str, str]]) -> None:
    schema = schemathesis.openapi.from_dict(document(app))
    schema.app = app
    calls: list[Response] = []
    for found in schema.get_all_operations():
        _try(found.ok(), headers[role], calls)
    understood = sum(answer.status_code < 300 for answer in calls)
    assert len(calls) > 200
    if role == "nobody":
        assert {answer.status_code for answer in calls} == {401}
    else:
        assert understood > 20


def _try(operation: APIOperation, headers: dict[str, str], calls: list[Response]) -> None:
    @settings(max_examples=examples(6))
    @given(case=operation.as_strategy(), data=st.data())
    def call(case: Case, data: st.DataObject) -> None:
        for name, invented in dict(case.path_parameters or {}).items():
            known, invents = OTHERS.get(name) or IDS.get(name, [1, 2, 99]), name not in OTHERS
            case.path_parameters[name] = data.draw(
                st.sampled_from(known) | st.just(invented) if invents else st.sampled_from(known)
            )
        case.headers.clear()
        case.cookies.clear()
        cookies = {name: value for name, value in headers.items() if name == "session"}
        response = case.call(headers=headers, cookies=cookies)
        calls.append(response)
        case.validate_response(response, checks=CHECKS)

    call()
