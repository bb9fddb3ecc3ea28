"""/api/tariffs: what electricity costs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue

from app.analysis.tariff import Tariff
from app.services import tariffs
from app.web.access import owner_only, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import figures as shapes
from app.web.parts import system


@interface.get("/tariffs")
@signed_in
@described("What electricity costs, oldest first", shapes.Tariffs)
def all_tariffs() -> ResponseReturnValue:
    return answer({"tariffs": [_tariff(each) for each in tariffs.all_of_them(system())]})


@interface.post("/tariffs")
@owner_only
@described("Keep a tariff", shapes.Tariff, status=201, sends=shapes.TariffSent)
def keep_tariff() -> ResponseReturnValue:
    return answer(_tariff(tariffs.keep(system(), sent_object())), 201)


@interface.delete("/tariffs/<since>")
@owner_only
@described("Remove a tariff")
def remove_tariff(since: str) -> ResponseReturnValue:
    tariffs.remove(system(), since)
    return "", 204


def _tariff(tariff: Tariff) -> dict[str, Any]:
    return {
        "since": tariff.since.isoformat(),
        "per_year": tariff.per_year,
        "prices": [asdict(price) for price in tariff.prices],
    }
