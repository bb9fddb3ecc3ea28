"""What a rule found, in facts: for the event, from which its sentence is made in any language."""

from __future__ import annotations

from typing import Any

from app.analysis.recent import Recent
from app.analysis.terms import Count, Fault, Offline, Silence, Term, Threshold, Word
from app.reading import Value


def cause(term: Term, recent: Recent, now: int) -> dict[str, Any]:
    """kind, sensor, value (what it said), limit, and what else belongs to the kind."""
    if isinstance(term, Offline):
        return {"kind": "offline"}
    if isinstance(term, Silence):
        return {"kind": "no_data", "sensor": term.sensor, "window_s": term.window_s}
    if isinstance(term, Fault):
        return _fault(term, recent, now)
    if isinstance(term, Word):
        comparison = "is" if term.among else "is_not"
        value = _value(recent, term.sensor)
        return {
            "kind": "state",
            "sensor": term.sensor,
            "comparison": comparison,
            "value": value,
            "words": sorted(term.words),
        }
    if isinstance(term, Threshold):
        return _threshold(term, recent)
    ends = recent.windows[term.sensor, term.window_s].ends(now)
    looked_at = {"sensor": term.sensor, "window_s": term.window_s}
    if isinstance(term, Count):
        return {"kind": "counter", **looked_at, "limit": term.most, "value": ends[1][2] - ends[0][2] if ends else None}
    change = abs(ends[1][1] - ends[0][1]) if ends else None
    comparison = "rises" if term.rises else "falls"
    return {"kind": "rate", **looked_at, "comparison": comparison, "limit": term.change, "value": change}


def _threshold(term: Threshold, recent: Recent) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": "threshold",
        "sensor": term.sensor,
        "comparison": "above" if term.above else "below",
        "value": _value(recent, term.sensor),
        "limit": term.limit,
    }
    other = _value(recent, term.against) if term.against is not None else None
    if other is not None and not isinstance(other, str):
        facts |= {"limit": other + term.limit, "against": term.against}
    return facts


def _fault(term: Fault, recent: Recent, now: int) -> dict[str, Any]:
    reporting = [report.sensor for report in term.reports if report.judge(recent, False, now)]
    codes = {code: _value(recent, code) for code in term.codes}
    return {
        "kind": "error",
        "sensor": reporting[0] if reporting else None,
        "codes": {code: value for code, value in codes.items() if value not in (None, "", 0)},
    }


def _value(recent: Recent, sensor: str) -> Value:
    seen = recent.known.get(sensor)
    return None if seen is None else seen[1]
