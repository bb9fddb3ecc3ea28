"""An amount of bytes as people say it."""

from __future__ import annotations

from app.web.formats import number

UNITS = ("B", "kB", "MB", "GB", "TB")


def said(amount: float) -> str:
    """1.4 MB, 230 kB: decimal units, as disks are sold."""
    size = float(amount)
    for unit in UNITS[:-1]:
        if abs(size) < 1000:
            return f"{number(size, 0 if unit in ('B', 'kB') or abs(size) >= 100 else 1)}\u00a0{unit}"
        size /= 1000
    return f"{number(size, 1)}\u00a0{UNITS[-1]}"
