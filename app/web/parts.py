"""What the application of this request is made of."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app

from app.system import System
from drivers.vocabulary import Title


def system() -> System:
    found: System = current_app.extensions["system"]
    return found


def categories() -> Mapping[str, Title]:
    """The titles of the categories of sensors, in the order of a page."""
    found: Mapping[str, Title] = current_app.extensions["categories"]
    return found
