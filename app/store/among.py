"""Which heat pumps a question is about: all of them (None), or those with these ids (maybe none)."""

from __future__ import annotations

import json

Among = frozenset[str] | None


def narrowed(heatpump_id: str | None, among: Among) -> Among:
    """Only this one of them, where one is named."""
    if heatpump_id is None:
        return among
    return frozenset({heatpump_id} if among is None or heatpump_id in among else ())


def listed(among: Among) -> str | None:
    """For SQL such as `(?1 IS NULL OR heatpump_id IN (SELECT value FROM json_each(?1)))`."""
    return None if among is None else json.dumps(sorted(among))
