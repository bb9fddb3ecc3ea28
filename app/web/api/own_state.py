"""/api/system: how the product itself is doing."""

from __future__ import annotations

from dataclasses import asdict

from flask.typing import ResponseReturnValue

from app.services import own_state
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import own_state as shapes
from app.web.languages import sentence
from app.web.parts import system


@interface.get("/system")
@owner_only
@described("How the product itself is doing", shapes.OwnState)
def state_of_the_system() -> ResponseReturnValue:
    state = own_state.of(system())
    content = asdict(state)
    for plain, each in zip(content["heat_pumps"], state.heat_pumps, strict=True):
        plain["reason"] = None if each.reason is None else sentence(each.reason)
    return answer(content)
