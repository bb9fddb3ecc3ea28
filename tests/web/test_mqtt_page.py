"""The page on which an owner sees how publishing over MQTT goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.services import control
from app.services.mqtt_commands import ACTOR
from app.services.publishing import Publisher
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from tests.mosquitto import Mosquitto
from tests.servers import refusing_port
from tests.waiting import eventually
from tests.web.applications import application
from tests.web.people import Visitor, account

Published = Callable[..., tuple[Visitor, Publisher]]


@pytest.fixture
def published(tmp_path: Path, idm: dict[str, object]) -> Iterator[Published]:
    """An owner of an installation that publishes."""
    open_ones: list[Callable[[], object]] = []

    def begin(url: str, **settings: Any) -> tuple[Visitor, Publisher]:
        system = assemble(Config(tmp_path, mqtt=url, **settings))
        app = application(system)
        publisher = Publisher(system, pauses_s=(0.1,), look_s=0.05)
        app.extensions["publisher"] = publisher
        publisher.start()
        open_ones.extend([system.database.close, lambda: publisher.stop(10)])
        account(system, "berta", "owner")
        somebody = Visitor(app)
        somebody.sign_in("berta")
        return somebody, publisher

    yield begin
    for close in reversed(open_ones):
        close()


def test_a_connection_is_shown_with_what_is_published(broker: Mosquitto, published: Published) -> None:
    owner, publisher = published(f"mqtt://127.0.0.1:{broker.port}", mqtt_user="house", mqtt_password="a quiet word")
    assert eventually(lambda: publisher.doing.connected and publisher.doing.topics > 0, 20)
    page = owner.get("/settings/mqtt").text
    for said in (
        f"mqtt://127.0.0.1:{broker.port}",
        "not encrypted",
        "since ",
        "house",
        "of 0 heat pumps",
        "Off: nothing",
    ):
        assert said in page
    told = owner.get("/api/mqtt")
    assert told.json["since"] == publisher.doing.since
    assert (told.json["topics"], told.json["commands"]) == (1, None)
    for path in ("/settings/", "/settings/mqtt", "/settings/program", "/system/", "/api/mqtt"):
        assert "a quiet word" not in owner.get(path).text
    assert "Connected." in owner.get("/settings/").text


def test_why_there_is_no_connection_is_said_in_both_languages(published: Published) -> None:
    with refusing_port() as port:
        owner, publisher = published(f"mqtts://127.0.0.1:{port}", mqtt_commands=True)
        assert eventually(lambda: publisher.doing.trouble is not None, 20)
        page = owner.get("/settings/mqtt").text
        assert f"127.0.0.1:{port} refuses the connection" in page
        assert "Let the broker ask for a password and use TLS" in page
        german = owner.get("/settings/mqtt", headers={"Accept-Language": "de"}).text
        assert f"127.0.0.1:{port} lehnt die Verbindung ab" in german
        assert "Befehle" in german
        assert f"127.0.0.1:{port} refuses the connection" in owner.get("/system/").text
        assert owner.get("/api/mqtt").json["commands"] == {"settings": 0, "answered": 0, "refused": 0}


def test_only_owners_see_it(viewer: Visitor) -> None:
    assert viewer.get("/settings/mqtt").status_code == 403


def test_the_log_of_changes_tells_an_account_of_that_name_from_what_came_over_mqtt(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    control.set_value(system, ACTOR, add().id, "no_such_sensor", 1)
    assert "the monitor · mqtt" in owner.get("/audit/?actor=mqtt").text
