"""What systemd is told about a service (sd_notify(3)), and how long it waits for a sign of life."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


def tell(*facts: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Facts such as READY=1; False when nobody listens. Raises nothing: a service must not end over it."""
    place = environment.get("NOTIFY_SOCKET", "")
    if not place.startswith(("/", "@")):
        return False
    address = "\0" + place[1:] if place.startswith("@") else place
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.settimeout(1.0)
            line.connect(address)
            line.sendall("\n".join(facts).encode())
    except OSError:
        return False
    return True


def patience_s(environment: Mapping[str, str] = os.environ) -> float | None:
    """After how many seconds without WATCHDOG=1 this process is restarted; None when nobody minds."""
    microseconds, meant = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not microseconds.isascii() or not microseconds.isdigit() or int(microseconds) == 0:
        return None
    return int(microseconds) / 1e6 if meant in ("", str(os.getpid())) else None


def has_journal(environment: Mapping[str, str] = os.environ, descriptor: int = 2) -> bool:
    """Whether standard error goes to the journal itself, and not to a file or pipe of somebody in between."""
    try:
        there = os.fstat(descriptor)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM", "") == f"{there.st_dev}:{there.st_ino}"
