"""What a write costs, and what is held, in words."""

from __future__ import annotations

from flask_babel import gettext

from app.services.settings import Setting
from app.services.write_budget import Budget
from app.web.formats import number
from app.web.page import moment
from app.web.shown import written


def cost(budget: Budget | None) -> str:
    """One sentence about the memory that a write wears."""
    if budget is None:
        return str(gettext("Made to be written often: it costs nothing."))
    return str(
        gettext(
            "Each write wears its memory: %(day)s of %(daily)s in 24 hours, %(year)s of %(yearly)s in a year are used.",
            day=number(budget.day, 0),
            daily=number(budget.daily, 0),
            year=number(budget.year, 0),
            yearly=number(budget.yearly, 0),
        )
    )


def left(budget: Budget) -> str:
    """How many writes are left, in a few words."""
    return str(
        gettext(
            "Wears with each write: %(left)s of %(daily)s left in 24 hours.",
            left=number(budget.left_today, 0),
            daily=number(budget.daily, 0),
        )
    )


def prospects(budget: Budget | None) -> str:
    """How long the memory lasts; empty where nothing wears."""
    if budget is None:
        return ""
    if budget.endurance is None:
        return str(gettext("The maker names no number of writes that it stands."))
    if budget.lasts_years is None:
        return str(gettext("It stands %(writes)s writes, says the maker.", writes=number(budget.endurance, 0)))
    if budget.lasts_years > 100:
        return str(
            gettext(
                "It stands %(writes)s writes, says the maker: at this rate more than a hundred years.",
                writes=number(budget.endurance, 0),
            )
        )
    return str(
        gettext(
            "It stands %(writes)s writes, says the maker: at this rate %(years)s years.",
            writes=number(budget.endurance, 0),
            years=number(budget.lasts_years, 1 if budget.lasts_years < 10 else 0),
        )
    )


def free_at(budget: Budget | None) -> str:
    """When the next write is possible; empty when it is now."""
    if budget is None or budget.free_at is None:
        return ""
    return str(gettext("The next write is possible at %(time)s.", time=moment(budget.free_at)))


def held(setting: Setting) -> str:
    """Which value is in force, since when and until when; empty when none is."""
    hold, sensor = setting.hold, setting.sensor
    if hold is None:
        return ""
    value = written(sensor, hold.value) + (f"\u00a0{sensor.unit}" if sensor.unit else "")
    if hold.releasing:
        return str(gettext("It is being ended."))
    since = moment(hold.since)
    if hold.until is None:
        return str(gettext("Held at %(value)s since %(since)s, until somebody releases it.", value=value, since=since))
    until = moment(hold.until)
    return str(gettext("Held at %(value)s since %(since)s, until %(until)s.", value=value, since=since, until=until))


def how_held(setting: Setting) -> str:
    """What happens to a value that is written there; empty for one that simply stays."""
    write = setting.sensor.write
    if write is None or not write.held:
        return ""
    if write.pulse_s is not None:
        return str(gettext("It is a push of a button: it is ended by itself."))
    rest = "" if write.at_rest is None else written(setting.sensor, write.at_rest)
    ends = str(gettext("It stays in force until it ends or is released."))
    if write.refresh_s is not None:
        minutes = number(write.refresh_s / 60, 0)
        again = gettext("It lapses after %(minutes)s minutes, so the monitor writes it again in time.", minutes=minutes)
        ends = f"{ends} {again}"
    if not rest:
        return ends
    after = gettext("Then, and when the monitor stops, it is set to %(rest)s.", rest=rest)
    return f"{ends} {after}"
