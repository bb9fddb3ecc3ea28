"""How a heat pump behaves, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext

from app.analysis.behaviour.verdict import Reason
from app.analysis.detector.learning import State
from app.messages import Message
from app.services.behaviour import Behaviour
from app.web.formats import moment, number
from app.web.languages import sentence

TITLES = {
    "spread_heating": Message("Spread while heating"),
    "power_heating": Message("Electrical power while heating"),
    "cop_heating": Message("COP while heating"),
    "thermal_heating": Message("Heat output while heating"),
    "conveyed_heating": Message("Heat per kelvin of spread while heating"),
    "flow_above_target": Message("Flow above its target while heating"),
    "flow_on_curve": Message("Flow temperature for this weather"),
    "hz_heating": Message("Compressor speed while heating"),
    "spread_hot_water": Message("Spread while heating water"),
    "power_hot_water": Message("Electrical power while heating water"),
    "cop_hot_water": Message("COP while heating water"),
    "thermal_hot_water": Message("Heat output while heating water"),
    "conveyed_hot_water": Message("Heat per kelvin of spread while heating water"),
    "hot_water_approach": Message("Flow above the tank while heating water"),
    "hot_water_rate": Message("Warming of the tank per hour"),
    "hz_hot_water": Message("Compressor speed while heating water"),
    "spread_idle": Message("Flow above return while idle"),
    "power_idle": Message("Electrical power while idle"),
    "tank_idle": Message("Change of the tank per hour while idle"),
    "tank_heating": Message("Change of the tank per hour while heating"),
    "starts": Message("Starts per hour"),
    "run_length": Message("Length of a run"),
    "run_share": Message("Share of the time with the compressor running"),
    "hot_water_share": Message("Share of the time that goes into hot water"),
    "defrosts": Message("Defrosts per hour"),
    "defrost_share": Message("Share of the time that goes into defrosting"),
}
SIGNS = {
    "frozen": Message("It always says the same"),
    "jump": Message("It jumped from one minute to the next"),
    "starts": Message("The compressor starts too often"),
    "no_spread": Message("The compressor runs, but flow and return are equally warm"),
    "implausible": Message("It says what cannot be"),
    "stale": Message("It has had no value, although the heat pump answers"),
    "backup_above_bivalence": Message("The backup heater helps, although it is warmer than the bivalence point"),
}
SENSORS = {
    "temp_outside": Message("outdoor temperature"),
    "temp_flow": Message("flow temperature"),
    "temp_return": Message("return temperature"),
    "temp_hot_water": Message("hot-water temperature"),
    "power_current": Message("electrical power"),
    "power_thermal": Message("heat output"),
    "compressor_hz": Message("compressor speed"),
    "temp_flow_set": Message("flow target"),
}
MODES = {1: Message("heating"), 2: Message("hot water"), 3: Message("defrosts")}
NEWS = {
    "first heating": Message("heating, which was hardly seen before"),
    "first hot water": Message("hot water, which was hardly seen before"),
    "first defrost": Message("defrosts, which were hardly seen before"),
    "record cold": Message("colder outdoors than in all that was learned"),
    "record warmth": Message("warmer outdoors than in all that was learned"),
}
SHARES = frozenset(("run_share", "hot_water_share", "defrost_share"))


@dataclass(frozen=True, slots=True)
class Wording:
    """`tone` as in wording.py; `text` says how it behaves, `known` how far it is known, `reasons` why."""

    tone: Literal["good", "late", "idle"]
    text: str
    known: str
    reasons: tuple[str, ...]


def of(behaviour: Behaviour, now: float) -> Wording:
    """`now` in UTC seconds."""
    known = " ".join(part for part in (_known(behaviour), _news(behaviour)) if part)
    if behaviour.score is None or behaviour.judged_at is None:
        return Wording("idle", gettext("Nothing was judged yet."), known, ())
    at = moment(behaviour.judged_at + 3600, now)
    facts = {"score": number(behaviour.score, 2), "time": at}
    if not behaviour.current:
        return Wording("idle", gettext("Nothing was judged since %(time)s: it was not read.", time=at), known, ())
    if behaviour.alarm:
        told = behaviour.told
        reasons = tuple(reason(each, now) for each in told.reasons) if told is not None else ()
        return Wording("late", gettext("It behaves unusually: score %(score)s at %(time)s.", **facts), known, reasons)
    if not behaviour.known:
        return Wording("good", gettext("No sign of trouble: score %(score)s at %(time)s.", **facts), known, ())
    return Wording("good", gettext("It behaves as usual: score %(score)s at %(time)s.", **facts), known, ())


def in_short(behaviour: Behaviour, now: float) -> str:
    """An alarm in one line."""
    since = behaviour.judged_at if behaviour.told is None else behaviour.told.finding.since
    return str(gettext("Behaves unusually since %(time)s", time=moment(since or 0, now)))


def _known(behaviour: Behaviour) -> str:
    learning, said = behaviour.learning, ""
    if behaviour.because == "exchanged":
        said = gettext("The heat pump was exchanged for another model; its behaviour is learned anew.") + " "
    elif behaviour.because == "new normal" and behaviour.state in ("nothing", "learning"):
        said = gettext("Its behaviour is learned anew, as its owner said.") + " "
    if learning is None:
        return str(said + gettext("Nothing was learned yet; plain signs of trouble are watched."))
    if learning.day < learning.of:
        days = gettext("Learning: day %(day)d of %(of)d.", day=learning.day, of=learning.of)
        return str(said + days + " " + gettext("Until then, plain signs of trouble are watched."))
    if learning.state is State.LEARNING:
        modes = ", ".join(sentence(MODES[mode]) for mode in learning.rare if mode in MODES)
        return str(said + gettext("Learning still: on too few days so far %(modes)s.", modes=modes))
    if learning.state is State.PROVISIONAL:
        return str(said + gettext("It has been known for a month; the judgement is provisional."))
    return str(said + gettext("It is well known."))


def _news(behaviour: Behaviour) -> str:
    if not behaviour.news:
        return ""
    news = "; ".join(sentence(NEWS[each]) for each in behaviour.news if each in NEWS)
    return str(gettext("New operating range, which raises no alarm: %(news)s.", news=news))


def reason(told: Reason, now: float) -> str:
    """Spread while heating: −0.6 K, 4.1 K below what is expected, at −2 °C outdoors and 45 Hz, since 18 Dec, 04:00"""
    since = moment(told.since, now)
    kind, _, sensors = told.name.partition(":")
    if sensors:
        named = ", ".join(sentence(SENSORS[each]) for each in sensors.split("+") if each in SENSORS)
        sign = sentence(SIGNS[kind])
        if not named:
            return str(gettext("%(what)s, since %(time)s", what=sign, time=since))
        return str(gettext("%(what)s (%(sensors)s), since %(time)s", what=sign, sensors=named, time=since))
    title = sentence(TITLES[told.name])
    if told.value is None or told.expected is None:
        return str(gettext("%(what)s, since %(time)s", what=title, time=since))
    value, expected, unit = told.value, told.expected, told.unit
    if told.name in SHARES:
        value, expected, unit = 100 * value, 100 * expected, "%"
    decimals = 2 if abs(expected) < 10 else 1
    facts = {
        "what": title,
        "value": _amount(value, decimals, unit),
        "difference": _amount(abs(value - expected), decimals, unit),
        "when": _when(told),
        "time": since,
    }
    if value >= expected:
        return str(
            gettext("%(what)s: %(value)s, %(difference)s above what is expected%(when)s, since %(time)s", **facts)
        )
    return str(gettext("%(what)s: %(value)s, %(difference)s below what is expected%(when)s, since %(time)s", **facts))


def _when(told: Reason) -> str:
    """What the expectation is for."""
    outside = None if told.outside is None else number(told.outside, 0)
    hz = None if told.hz is None else number(told.hz, 0)
    if outside is not None and hz is not None:
        return str(gettext(" at %(outside)s °C outdoors and %(hz)s Hz", outside=outside, hz=hz))
    return "" if outside is None else str(gettext(" at %(outside)s °C outdoors", outside=outside))


def _amount(value: float, decimals: int, unit: str) -> str:
    return f"{number(value, decimals)} {unit}".strip()
