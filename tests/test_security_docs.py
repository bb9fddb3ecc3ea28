"""docs/security.md says of every route that installers may use that they may."""

from __future__ import annotations

import re
from pathlib import Path

from app import create_app
from app.services.rights import Access
from app.system import System
from app.web import access

TEXT = (Path(__file__).parents[1] / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_route_of_installers_is_listed_and_no_other(system: System) -> None:
    app = create_app(system, "a secret of this test")
    there = {
        re.sub(r"<\w+(\(.*?\))?:", "<", rule.rule)
        for rule in app.url_map.iter_rules()
        if access.decision(app, rule.endpoint) is Access.CONTROLLING
    }
    table = TEXT.partition("## What an installer may do")[2].partition("\n## ")[0]
    listed = {each for quoted in re.findall(r"`([^`]+)`", table) for each in re.findall(r"(/\S+)", quoted)}
    assert listed == there
