"""The connection test of a form, and taking over who answers instead."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.services import connection_test
from app.services.connection_test import Diagnosis
from app.services.heatpumps import Trial
from app.web.heatpumps.form import Form
from app.web.parts import system


@dataclass(frozen=True, slots=True)
class Result:
    """How the heat pump answered: a trial, or why there is none; `saving` when it was to be kept."""

    trial: Trial | None = None
    diagnosis: Diagnosis | None = None
    saving: bool = False

    def news(self, form: Form) -> dict[str, list[str]]:
        """Per option, the fitted parts, where they are not the ticked ones."""
        if self.trial is None:
            return {}
        return {
            name: parts for name, parts in self.trial.fitted.items() if parts and set(parts) != set(form.parts[name])
        }


def tried(form: Form, saving: bool = False) -> Result:
    """Takes as long as the heat pump does."""
    outcome = connection_test.run(system(), form.sent())
    if isinstance(outcome, Diagnosis):
        return Result(diagnosis=outcome, saving=saving)
    return Result(trial=outcome)


def found_instead(fields: MultiDict[str, str]) -> dict[str, str]:
    """The settings with which a test would not have failed, as the page with its result sends them back."""
    return {name: fields.get(f"instead-{name}", "") for name in ("unit_id", "framing")}
