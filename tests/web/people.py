"""People who use the application in these tests, and what heat pumps told before."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from flask import Flask
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from app.polling import pipeline
from app.store import outages, readings, users
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.base import Answer, Sample, Value
from drivers.errors import DriverError

PASSWORD = "a long pass phrase"


class Visitor:
    """One browser: keeps cookies, and sends the token that a page gave it."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **more)

    def token(self) -> str:
        page = self.client.get("/login", follow_redirects=True).text
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return found.group(1)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self.token(), **(fields or {})}, **more)

    def send(self, method: str, path: str, content: object = None, **more: Any) -> TestResponse:
        """Send JSON, or the bytes of anything else."""
        sent = {"data": content} if isinstance(content, bytes) else {"json": content}
        headers = {"X-CSRFToken": self.token()}
        return self.client.open(path, method=method, headers=headers, **({} if content is None else sent), **more)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"username": name, "password": password})


def account(
    system: System, name: str, role: str, heatpumps: Collection[str] | None = None, expires_at: int | None = None
) -> None:
    """An account whose password is quick to check, for the many tests that are not about passwords."""
    with system.database.transaction() as db:
        user_id = users.add(db, name, generate_password_hash(PASSWORD, "pbkdf2:sha256:1"), role, 0)
        if heatpumps is not None or expires_at is not None:
            users.bound(db, user_id, role, expires_at, None if heatpumps is None else frozenset(heatpumps))


def tell(system: System, pump: HeatPump, at: int, values: Mapping[str, Value]) -> None:
    """The heat pump was read at this time and delivered these values."""
    model = system.catalogue.find(pump.manufacturer, pump.model)
    assert model is not None
    sensors = [model.every_sensor[name] for name in values]
    answer = Answer({name: Sample(value, None) for name, value in values.items()})
    reading = pipeline.reading_of(pump.id, at, sensors, answer)
    with system.database.transaction() as db:
        readings.add(db, reading)
    system.latest.put(reading)


def lose(system: System, pump: HeatPump, at: int, reason: DriverError, until: int | None = None) -> None:
    """The heat pump could not be read from this time on."""
    with system.database.transaction() as db:
        outages.begin(db, pump.id, at, reason)
        if until is not None:
            outages.end(db, pump.id, until)
