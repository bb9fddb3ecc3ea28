"""Web applications for tests: wired once for each set of settings, so that a test does not wait for its routes."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore

from flask import Config as FlaskConfig
from flask import Flask

from app import create_app
from app.config import Config
from app.services.health import Proof
from app.system import System
from app.web.csv_download import AT_ONCE
from tests.web.contract import CheckedClient

_wired: dict[Config, Flask] = {}


def application(system: System) -> Flask:
    """An application of this system alone; it shares with others what no request changes: routes and templates."""
    settings = replace(system.config, folder=Path())
    if settings not in _wired:
        _wired[settings] = create_app(system, "a secret of this test")
        del _wired[settings].extensions["system"]
    made = copy(_wired[settings])
    made.config = FlaskConfig(made.root_path, made.config)
    made.view_functions = dict(made.view_functions)
    own = {"system": system, "proof": Proof(), "csv_turns": BoundedSemaphore(AT_ONCE), "compressed": {}}
    made.extensions = made.extensions | own | {"asset_versions": {}}
    made.test_client_class = CheckedClient
    return made
