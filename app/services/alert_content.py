"""What somebody sends about an alert rule, checked field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from app.alert import KINDS, SEVERITIES, Condition, Kind, Severity
from app.analysis.fitting import FAULT
from app.messages import Invalid
from app.services import free_text, heatpumps, rule_sensors
from app.services.rule_sensors import Watchable
from app.store.alerts import Alert
from app.system import System

LONGEST_NAME, LONGEST_ADVICE = 80, 500
MOST_CONDITIONS = 5
LONGEST_S = 30 * 86_400
SHORTEST_WINDOW_S, LONGEST_WINDOW_S = 60, 7 * 86_400
SHORTEST_REPEAT_S = 300
MOST = 1e9

FIELDS = ("name", "heatpump_id", "conditions", "for_s", "severity", "repeat_s", "advice", "enabled")
COMPARISONS = {"threshold": ("above", "below"), "rate": ("rises", "falls"), "state": ("is", "is_not")}
_NEEDS: Mapping[Kind, tuple[str, ...]] = {
    "threshold": ("sensor", "comparison", "value", "hysteresis", "against", "instead"),
    "rate": ("sensor", "comparison", "value", "window_s"),
    "counter": ("sensor", "value", "window_s"),
    "state": ("sensor", "comparison", "words"),
    "no_data": ("sensor", "window_s"),
    "offline": (),
    "error": (),
    "anomaly": ("value", "hysteresis"),
}
"""Which fields a condition of each kind has; those that it does not have are ignored when they are empty."""


def checked(system: System, sent: Mapping[str, Any], builtin: str | None = None) -> Alert:
    """The rule in full. Raises Invalid, naming the field, such as `conditions.0.value`, or NotFound."""
    for key in sent:
        if key not in FIELDS:
            raise Invalid(str(key), "is not known; known are %(known)s", known=", ".join(FIELDS))
    heatpump_id = sent.get("heatpump_id")
    if heatpump_id is not None:
        heatpumps.get(system, _text("heatpump_id", heatpump_id, 40))
    severity = sent.get("severity", "warning")
    if severity not in SEVERITIES:
        raise Invalid("severity", "%(value)s is not one of %(choices)s", value=severity, choices=", ".join(SEVERITIES))
    repeat_s = sent.get("repeat_s")
    enabled = sent.get("enabled", True)
    if not isinstance(enabled, bool):
        raise Invalid("enabled", "%(value)r is neither true nor false", value=enabled)
    name = _text("name", sent.get("name") or "", LONGEST_NAME)
    if not name and builtin is None:
        raise Invalid("name", "a rule needs a name")
    return Alert(
        id=0,
        heatpump_id=heatpump_id,
        builtin=builtin,
        name=name,
        conditions=_conditions(rule_sensors.of(system, heatpump_id), sent.get("conditions")),
        for_s=round(_number("for_s", sent.get("for_s", 0), 0, LONGEST_S)),
        severity=cast("Severity", severity),
        repeat_s=None if repeat_s is None else round(_number("repeat_s", repeat_s, SHORTEST_REPEAT_S, LONGEST_S)),
        advice=_text("advice", sent.get("advice") or "", LONGEST_ADVICE),
        enabled=enabled,
    )


def _conditions(known: Mapping[str, Watchable], sent: Any) -> tuple[Condition, ...]:
    if not isinstance(sent, list | tuple) or not sent:
        raise Invalid("conditions", "a rule needs at least one condition")
    if len(sent) > MOST_CONDITIONS:
        raise Invalid("conditions", "at most %(most)d conditions", most=MOST_CONDITIONS)
    return tuple(_condition(f"conditions.{place}", known, each) for place, each in enumerate(sent))


def _condition(where: str, known: Mapping[str, Watchable], sent: Any) -> Condition:
    if not isinstance(sent, Mapping):
        raise Invalid(where, "%(value)r is no condition", value=sent)
    kind = sent.get("kind")
    if kind not in KINDS:
        raise Invalid(f"{where}.kind", "%(value)s is not one of %(choices)s", value=kind, choices=", ".join(KINDS))
    needed = _NEEDS[kind]
    for key, value in sent.items():
        if key != "kind" and key not in needed and value not in (None, "", [], (), 0):
            raise Invalid(f"{where}.{key}", "does not belong to a condition of this kind")
    facts: dict[str, Any] = {"kind": kind, **_numbers(where, kind, sent)}
    if "sensor" in needed and not (kind == "no_data" and sent.get("sensor") in (None, "")):
        facts["sensor"] = _sensor(
            f"{where}.sensor", known, sent.get("sensor"), numeric=kind not in ("state", "no_data")
        )
    if "comparison" in needed:
        facts["comparison"] = _choice(f"{where}.comparison", sent.get("comparison"), COMPARISONS[kind])
    if "words" in needed:
        facts["words"] = _words(f"{where}.words", known[facts["sensor"]], sent.get("words"))
    if "against" in needed and sent.get("against") not in (None, ""):
        facts["against"] = _sensor(f"{where}.against", known, sent["against"], numeric=True)
        if sent.get("instead") is not None:
            facts["instead"] = _number(f"{where}.instead", sent["instead"], -MOST, MOST)
    return Condition(**facts)


def _numbers(where: str, kind: Kind, sent: Mapping[str, Any]) -> dict[str, Any]:
    needed, facts = _NEEDS[kind], {}
    if "value" in needed:
        usual = 1.0 if kind == "anomaly" else None
        least = 0 if kind in ("rate", "counter") else -MOST
        facts["value"] = _number(f"{where}.value", sent.get("value", usual), least, MOST)
    if "hysteresis" in needed:
        facts["hysteresis"] = _number(f"{where}.hysteresis", sent.get("hysteresis") or 0, 0, MOST)
    if "window_s" in needed:
        window_s = _number(f"{where}.window_s", sent.get("window_s"), SHORTEST_WINDOW_S, LONGEST_WINDOW_S)
        facts["window_s"] = round(window_s)
    return facts


def _sensor(where: str, known: Mapping[str, Watchable], sent: Any, *, numeric: bool) -> str:
    if not isinstance(sent, str) or sent not in known:
        raise Invalid(where, "%(value)s is no sensor of these heat pumps", value=sent or "–")
    if numeric and not known[sent].numeric:
        raise Invalid(where, "%(value)s has words, not numbers; use a condition on its state", value=sent)
    return sent


def _words(where: str, sensor: Watchable, sent: Any) -> tuple[str, ...]:
    words = [sent] if isinstance(sent, str) else sent
    if not isinstance(words, list | tuple) or not words or not all(isinstance(word, str) and word for word in words):
        raise Invalid(where, "name at least one state")
    for word in words:
        if sensor.words and word not in sensor.words and word != FAULT:
            raise Invalid(where, "%(value)s is not one of %(choices)s", value=word, choices=", ".join(sensor.words))
    return tuple(dict.fromkeys(words))


def _choice(where: str, sent: Any, choices: tuple[str, ...]) -> str:
    if sent not in choices:
        raise Invalid(where, "%(value)s is not one of %(choices)s", value=sent, choices=", ".join(choices))
    return str(sent)


def _number(where: str, sent: Any, least: float, most: float) -> float:
    good = isinstance(sent, int | float) and not isinstance(sent, bool) and math.isfinite(sent)
    if not good or not least <= sent <= most:
        value = "–" if sent is None else sent
        raise Invalid(
            where, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=least, most=most
        )
    return float(sent)


def _text(where: str, sent: Any, most: int) -> str:
    if not isinstance(sent, str):
        raise Invalid(where, "%(value)r is no text", value=sent)
    free_text.check(where, sent, most)
    return sent.strip()
