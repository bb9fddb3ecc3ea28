"""The heat-pump monitor: reads many heat pumps, keeps their history, shows it, and changes their settings safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.version import __version__

if TYPE_CHECKING:
    from flask import Flask

    from app.system import System

__all__ = ["__version__", "create_app"]


def create_app(system: System, secret_key: str) -> Flask:
    """The web application of this system. Wires everything, starts nothing."""
    from app.web import wiring  # so that a command without a web page need not wait for Flask

    return wiring.wired(system, secret_key)
