"""Figures in words: sources, boundaries, why one is hidden, and advice in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import format_date, gettext

from app.analysis.advice import Advice
from app.services.figures import Span
from app.web.formats import number
from app.web.languages import current

NOTHING = "–"

SOURCES: Mapping[str, Callable[[], str]] = {
    "meter": lambda: gettext("own meter"),
    "device counter": lambda: gettext("counted by the heat pump"),
    "integrated": lambda: gettext("added up from its power"),
    "derived": lambda: gettext("derived from other values"),
    "none": lambda: gettext("not known"),
}
HIDDEN: Mapping[str, Callable[[], str]] = {
    "no electricity": lambda: gettext("The electricity is not known."),
    "no heat": lambda: gettext("The heat is not known."),
    "too little known": lambda: gettext("Less than four fifths of this time are known."),
    "nothing drawn": lambda: gettext("No electricity was drawn."),
}
DOUBTS: Mapping[str, Callable[[], str]] = {
    "counter refused": lambda: gettext("A counter of the heat pump jumped and is not used on those days."),
    "counter disagrees": lambda: gettext(
        "A counter of the heat pump disagrees with its power and is not used on those days."
    ),
    "counter stands still": lambda: gettext("A counter of the heat pump stood still and is not used on those days."),
    "meter refused": lambda: gettext("Your own meter jumped and is not used on those days."),
    "meter disagrees": lambda: gettext(
        "Your own meter and the heat pump's own power lie far apart on some days: see what each of them includes."
    ),
    "meter stands still": lambda: gettext("Your own meter stood still and is not used on those days."),
}
PURPOSES: Mapping[str, Callable[[], str]] = {
    "heating": lambda: gettext("Heating"),
    "hot_water": lambda: gettext("Hot water"),
    "cooling": lambda: gettext("Cooling"),
    "defrost": lambda: gettext("Defrosting"),
    "standby": lambda: gettext("Standby"),
    "other": lambda: gettext("Other"),
}
BOUNDARIES: Mapping[str, Callable[[], str]] = {
    "H1": lambda: gettext("H1: compressor only"),
    "H2": lambda: gettext("H2: with fan or brine pump"),
    "H3": lambda: gettext("H3: with backup heater"),
    "H4": lambda: gettext("H4: with the pumps of the house"),
}
LEVELS: Mapping[str, Callable[[], str]] = {
    "ok": lambda: gettext("Fine"),
    "watch": lambda: gettext("Watch"),
    "act": lambda: gettext("Act"),
}


def kwh(value: float | None) -> str:
    """As many decimals as help: 0.42, 4.2, 42, 4,200."""
    if value is None:
        return NOTHING
    return number(value, 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0)


def ratio(value: float | None) -> str:
    return NOTHING if value is None else number(value, 2)


def rounded(value: float | None, decimals: int = 1) -> str:
    return NOTHING if value is None else number(value, decimals)


def duration(seconds: float | None) -> str:
    """35 min, 4.2 h"""
    if seconds is None:
        return NOTHING
    if seconds < 5400:
        return str(gettext("%(minutes)s min", minutes=number(seconds / 60, 0)))
    return str(gettext("%(hours)s h", hours=number(seconds / 3600, 1)))


def share(value: float | None) -> str:
    return NOTHING if value is None else f"{number(100 * value, 0)}\u00a0%"


def factor(span: Span) -> str:
    return ratio(span.period.factor.value)


def why_hidden(span: Span) -> str:
    hidden = span.period.factor.hidden
    return "" if hidden is None else HIDDEN[hidden]()


SENTENCES: Mapping[str, Callable[[Advice], str]] = {
    "short cycling": lambda it: gettext(
        "It starts and stops in short bursts: %(starts)s starts a day, on three days in a row. Look for too little"
        " water flow, closed valves, a missing buffer, or a heat pump that is too large.",
        starts=number(it.value, 0),
    ),
    "short runs": lambda it: (
        gettext("Its runs are long enough: half of them last %(run)s or more.", run=duration(it.value))
        if it.level == "ok"
        else gettext(
            "Half of its runs last less than %(limit)s (median %(run)s). Longer runs spare the compressor:"
            " open valves, check the flow and the hysteresis.",
            limit=duration(it.limit),
            run=duration(it.value),
        )
    ),
    "backup above zero": lambda it: (
        gettext("The backup heater is not needed above 0 °C.")
        if it.level == "ok"
        else gettext(
            "The backup heater ran %(time)s although it was warmer than 0 °C outdoors. Check the bivalence point"
            " and the backup heater's settings.",
            time=duration(it.value),
        )
    ),
    "flow above target": lambda it: (
        gettext("The flow follows its target (%(kelvin)s K on average).", kelvin=number(it.value, 1))
        if it.level == "ok"
        else gettext(
            "The flow is %(kelvin)s K warmer than its target on average, which costs electricity: check the flow"
            " rate and the mixing valves.",
            kelvin=number(it.value, 1),
        )
    ),
    "rooms too warm": lambda it: (
        gettext("The rooms are as warm as they should be (%(kelvin)s K on average).", kelvin=number(it.value, 1))
        if it.level == "ok"
        else gettext(
            "The rooms are %(kelvin)s K warmer than asked for on average: the heating curve is probably steeper"
            " than needed. Lower it in small steps.",
            kelvin=number(it.value, 1),
        )
    ),
    "tank loses heat": lambda it: (
        gettext("The hot-water tank holds its heat (%(kelvin)s K per hour).", kelvin=number(it.value, 1))
        if it.level == "ok"
        else gettext(
            "The hot-water tank loses %(kelvin)s K per hour without being used. Look for a circulation pump that"
            " runs on, a missing non-return valve, or poor insulation.",
            kelvin=number(it.value, 1),
        )
    ),
    "many defrosts": lambda it: (
        gettext("Defrosting takes %(share)s of its running time.", share=share(it.value))
        if it.level == "ok"
        else gettext(
            "Defrosting takes %(share)s of its running time. Check that the outdoor unit is clean and has room to"
            " breathe.",
            share=share(it.value),
        )
    ),
    "below expectation": lambda it: (
        gettext("Its COP of %(cop)s is what such machines reach.", cop=ratio(it.value))
        if it.level == "ok"
        else gettext(
            "Its COP of %(cop)s is below what most air-source machines reach at this lift (at least %(limit)s).",
            cop=ratio(it.value),
            limit=ratio(it.limit),
        )
    ),
    "meter in doubt": lambda it: gettext(
        "Some figures cannot be right: a counter or a meter is in doubt. Compare the heat pump's own counters with"
        " your meter."
    ),
}


def words(advice: Advice) -> str:
    """Cause and figure in one sentence, and what to do where something is to be done."""
    return SENTENCES[advice.kind](advice)


def month(at_date: object) -> str:
    """Jan, Feb …"""
    return str(format_date(at_date, "LLL", rebase=False))


def day(at_date: object) -> str:
    pattern = "d. MMMM y" if current() == "de" else "d MMMM y"
    return str(format_date(at_date, pattern, rebase=False))
