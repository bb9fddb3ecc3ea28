"""A browser that has signed in, without the browser."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

USER, PASSWORD = "owner", "long enough"


def signed_in(application: Flask) -> FlaskClient:
    """Signed in as the owner, and with the token that changes need."""
    client = application.test_client()
    client.post("/login", data={"csrf_token": _token(client, "/login"), "username": USER, "password": PASSWORD})
    client.environ_base["HTTP_X_CSRFTOKEN"] = _token(client, "/")
    return client


def _token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]
