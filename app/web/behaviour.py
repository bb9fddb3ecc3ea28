"""How a heat pump behaves, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from app.analysis.detector.explanation import Contribution
from app.analysis.detector.learning import State
from app.messages import Message
from app.services.behaviour import Behaviour
from app.web.formats import moment, number
from app.web.languages import sentence

ALARM = 1.0
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


@dataclass(frozen=True, slots=True)
class Wording:
    """`tone` as in wording.py; `known` says how far it is known, `text` how it behaves, `reasons` why."""

    tone: str
    known: str
    text: str
    reasons: tuple[str, ...]


def of(behaviour: Behaviour, now: float) -> Wording:
    """`now` in UTC seconds."""
    if behaviour.score is None or behaviour.judged_at is None:
        return Wording("idle", _known(behaviour), gettext("Nothing was judged yet."), ())
    facts = {"score": number(behaviour.score, 2), "time": moment(behaviour.judged_at + 1, now)}
    reasons = tuple(_reason(each, now) for each in behaviour.reasons)
    if behaviour.score >= ALARM:
        return Wording("late", _known(behaviour), gettext("Unusual at %(time)s: score %(score)s.", **facts), reasons)
    return Wording("good", _known(behaviour), gettext("As usual at %(time)s: score %(score)s.", **facts), reasons)


def _known(behaviour: Behaviour) -> str:
    known = behaviour.learning
    if behaviour.exchanged:
        return str(gettext("The heat pump was exchanged; its behaviour is learned anew."))
    if known.state is State.LEARNING and known.rare and known.day == known.of:
        modes = ", ".join(sentence(MODES[mode]) for mode in known.rare if mode in MODES)
        return str(gettext("Learning: too few days so far with: %(modes)s.", modes=modes))
    if known.state is State.LEARNING:
        return str(gettext("Learning: day %(day)d of %(of)d.", day=known.day, of=known.of))
    if known.state is State.PROVISIONAL:
        return str(gettext("Known for a month; the judgement is provisional."))
    return str(gettext("Well known."))


def _reason(told: Contribution, now: float) -> str:
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
    if told.name.endswith("_share"):
        value, expected, unit = 100 * value, 100 * expected, "%"
    decimals = 2 if abs(expected) < 10 else 1
    return str(
        gettext(
            "%(what)s: %(value)s instead of %(expected)s, since %(time)s",
            what=title,
            value=f"{number(value, decimals)} {unit}".strip(),
            expected=f"{number(expected, decimals)} {unit}".strip(),
            time=since,
        )
    )
