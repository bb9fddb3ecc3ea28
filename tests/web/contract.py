"""Holds every JSON answer that a test sees against the description of the interface."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.web.api.openapi import document, path_of

_descriptions: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}


class CheckedClient(FlaskClient):
    """A client that fails when an answer of the interface is not as it is described."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        response = super().open(*args, **more)
        check(self.application, response)
        return response


def check(app: Flask, response: TestResponse) -> None:
    """AssertionError naming what differs."""
    method, path = response.request.method, response.request.path
    rule = _rule(app, method, path)
    if rule is None:
        return
    operation = described(app)["paths"][path_of(rule)][method.lower()]
    told = operation["responses"].get(str(response.status_code), operation["responses"]["default"])
    where = f"{method} {path} ({response.status_code})"
    assert response.status_code >= 400 or told is not operation["responses"]["default"], f"{where} is not described"
    content = told.get("content")
    if content is None:
        assert response.data == b"", f"{where} has a body, and is described without one"
        return
    assert response.mimetype in content, f"{where} is of the type {response.mimetype}"
    if response.mimetype == "application/json":
        wrong = [
            f"{error.instance_path}: {error.message}" for error in _validator(app, content).iter_errors(response.json)
        ]
        assert not wrong, f"{where} is not as described: {wrong[:5]}"


def described(app: Flask) -> dict[str, Any]:
    """Made once for each set of views: many applications of a test run have the same."""
    views = frozenset((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules())
    if views not in _descriptions:
        _descriptions[views] = document(app)
    return _descriptions[views]


def _rule(app: Flask, method: str, path: str) -> Rule | None:
    if not path.startswith("/api/") or method in ("HEAD", "OPTIONS"):
        return None
    try:
        rule: Rule = app.url_map.bind("localhost").match(path, method, return_rule=True)[0]
    except (NotFound, MethodNotAllowed):
        return None
    return rule


def _validator(app: Flask, content: dict[str, Any]) -> Any:
    schema = content["application/json"]["schema"] | {"components": described(app)["components"]}
    return _made(json.dumps(schema))


@cache
def _made(schema: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema))
