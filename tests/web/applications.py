"""Web applications for tests: wired once for each set of settings, so that a test does not wait for its routes."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path

from flask import Config as FlaskConfig
from flask import Flask

from app import create_app
from app.config import Config
from app.services.health import Proof
from app.system import System
from app.web.csv_download import Files
from app.web.turns import Turns
from tests.web.contract import CheckedClient

SHARED = {"babel", "bootstrap", "categories", "csrf"}
OWN = {"asset_versions", "compressed", "files", "proof", "system", "turns"}
"""What an application keeps beside its routes and templates: what stays as it was wired, and what requests change."""

_wired: dict[Config, Flask] = {}


def application(system: System) -> Flask:
    """An application of this system alone; it shares with others what no request changes: routes and templates."""
    settings = replace(system.config, folder=Path())
    if settings not in _wired:
        _wired[settings] = create_app(system, "a secret of this test")
        assert set(_wired[settings].extensions) == SHARED | OWN, "say above whether requests change it"
        _wired[settings].extensions["system"] = None
    made = copy(_wired[settings])
    made.config = FlaskConfig(made.root_path, made.config)
    made.view_functions = dict(made.view_functions)
    fresh = {"system": system, "proof": Proof(), "turns": Turns(), "compressed": {}, "asset_versions": {}}
    made.extensions = made.extensions | fresh | {"files": Files()}
    made.test_client_class = CheckedClient
    return made
