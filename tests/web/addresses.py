"""Every address of the application, made from its URL map: with each method, and with ids put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.services.rights import Access
from app.web import access

IDS: Mapping[str, Any] = {
    "heatpump_id": "hp-001",
    "manufacturer": "idm",
    "model": "navigator_2_0",
    "sensor_id": "system_mode",
    "filename": "app.css",
    "name": "uPlot.min.css",
    "since": "2026-01-01",
}
"""What stands in an address for a name; what is not here is the number 1."""


@dataclass(frozen=True)
class Address:
    """One method of one rule; `needs`: what its view asks for."""

    rule: Rule
    method: str
    path: str
    needs: Access

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.rule.endpoint})"


def every(app: Flask, ids: Mapping[str, Any] = IDS) -> list[Address]:
    """All of them but static files."""
    found = []
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            needs = access.decision(app, rule.endpoint)
            assert needs is not None, rule
            if rule.endpoint in access.LIBRARY_VIEWS:
                continue
            path = adapter.build(
                rule.endpoint, {name: ids.get(name, _any_of(rule, name)) for name in rule.arguments}, method=_one(rule)
            )
            for method in sorted(rule.methods or ()):
                if method != "OPTIONS":
                    found.append(Address(rule, method, path, needs))
    return found


def _any_of(rule: Rule, name: str) -> Any:
    """One of the words that an address may hold there, else the number 1."""
    words = re.search(rf"<any\((\w+)[^)]*\):{name}>", rule.rule)
    return words.group(1) if words else 1


def _one(rule: Rule) -> str:
    return min(method for method in rule.methods or () if method not in ("OPTIONS", "HEAD"))
