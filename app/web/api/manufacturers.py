"""/api/manufacturers: what can be added, and how it is switched on."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.services import models
from app.web.access import signed_in
from app.web.api import interface, representation
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import heatpumps as shapes
from app.web.parts import system


@interface.get("/manufacturers")
@signed_in
@described("The makers and models of the catalogue", shapes.Manufacturers)
def all_manufacturers() -> ResponseReturnValue:
    return answer(
        {
            "manufacturers": [
                {"id": each.id, "title": each.title, "models": [representation.model(model) for model in each.models]}
                for each in models.manufacturers(system())
            ]
        }
    )


@interface.get("/manufacturers/<manufacturer>/models/<model>/setup")
@signed_in
@described("What somebody needs to know to add such a heat pump", shapes.Setup)
def setup(manufacturer: str, model: str) -> ResponseReturnValue:
    return answer(representation.setup(models.get(system(), manufacturer, model)))
