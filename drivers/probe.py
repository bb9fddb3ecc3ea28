"""Who answers at this address? Read-only questions in the protocols of the catalogue; nothing is ever written."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.discovered import Found
from drivers.model import Model
from drivers.probe_ebusd import probe_ebusd
from drivers.probe_luxtronik import probe_luxtronik
from drivers.probe_modbus import probe_modbus

PROBES = {"modbus_tcp": probe_modbus, "luxtronik": probe_luxtronik, "ebusd": probe_ebusd}

PROTOCOLS = ("modbus_tcp", "luxtronik", "ebusd")
"""In the order of asking where nothing is known about a port."""

USUAL = {502: ("modbus_tcp",), 8889: ("luxtronik",), 8888: ("ebusd", "luxtronik")}
"""Which protocols are spoken at which port. A Luxtronik before firmware 1.73 used 8888.

A program that does not know a protocol hears nothing in it that it could obey: a question of ebusd's is no command of a
Luxtronik, and one of a Luxtronik's never ends the line that ebusd waits for.
"""


def probe(
    host: str, port: int, models: Sequence[Model], timeout_s: float, protocols: Sequence[str] | None = None
) -> Found:
    """Ask in one protocol after the other until somebody is understood; `timeout_s` bounds every single question."""
    best: Found | None = None
    for protocol in protocols or USUAL.get(port, PROTOCOLS):
        found = PROBES[protocol](host, port, models, timeout_s)
        if found.understood:
            return found
        if found.says == "nobody":
            return best or found
        if best is None or best.says == "closed":
            best = found
    assert best is not None, "at least one protocol is asked"
    return best
