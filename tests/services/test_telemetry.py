"""Sharing values: nothing without the owner, nothing that names anybody, nothing lost without a word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.config import Config
from app.messages import Conflict, Invalid, NotFound
from app.services import heatpumps, telemetry
from app.services.telemetry_payload import OLDEST_S, hashed, rounded
from app.services.telemetry_post import post
from app.services.telemetry_sender import JITTER_S, KEPT_TRYING_S, PAUSES_S, TelemetrySender
from app.store import telemetry as store
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from tests.clocks import Clock
from tests.drivers.cloud import MadServer
from tests.notify.receivers import WebReceiver, web_receiver
from tests.servers import refusing_port, silent_port
from tests.web.people import tell

DAY = 86400
T0 = 1_763_730_180
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "telemetry.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def clock() -> Clock:
    return Clock(T0)


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> Iterator[System]:
    assembled = assemble(Config(tmp_path), clock)
    yield assembled
    assembled.database.close()


@pytest.fixture
def pump(system: System, idm: dict[str, Any]) -> HeatPump:
    pump = heatpumps.add(system, idm | {"name": "Familie Muster, Gartenweg 5"})
    values = {"temp_outside": -2.54321, "temp_flow_circuit_a": 34.149, "operating_mode": "heating", "error_code": 17}
    tell(system, pump, T0 - 60, values)
    return pump


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def sender(system: System) -> TelemetrySender:
    return TelemetrySender(system, spread=lambda least, most: most)


def share(system: System, pump: HeatPump, endpoint: str) -> None:
    telemetry.choose(system, endpoint, [pump.id])
    telemetry.switch_on(system)


def outcomes(system: System) -> list[str | None]:
    return [each.outcome for each in reversed(telemetry.state(system).log)]


def test_nothing_is_made_or_sent_before_the_owner_says_so(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    clock.now += 3 * DAY
    sender.run()
    telemetry.choose(system, receiver.address, [pump.id])
    clock.now += 3 * DAY
    sender.run()
    assert (receiver.got, outcomes(system)) == ([], [])


def test_what_arrives_is_what_was_shown_and_fits_the_schema(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    share(system, pump, f"{receiver.address}/fleet")
    sender.run()
    assert receiver.got == []  # a moment to look at the page
    clock.now += 60
    shown = telemetry.preview(system, readable=False)
    sender.run()
    (got,) = receiver.got
    assert shown is not None and got == json.loads(shown)
    assert receiver.paths == ["/fleet"]
    jsonschema.validate(got, SCHEMA)
    (machine,) = got["heatpumps"]
    assert machine["values"] == {"temp_outside": -2.54, "temp_flow_circuit_a": 34.1, "error_code": 17.0}
    assert outcomes(system) == ["sent"]
    assert json.loads(telemetry.state(system).log[0].body) == got


def test_names_addresses_and_texts_are_never_in_it(system: System, pump: HeatPump) -> None:
    telemetry.choose(system, "http://127.0.0.1:1", [pump.id])
    shown = telemetry.preview(system) or ""
    for secret in ("Muster", "Gartenweg", "127.0.0.1", "hp-001", "heating", pump.name):
        assert secret not in shown


def test_only_chosen_heat_pumps_are_in_it(system: System, pump: HeatPump, idm: dict[str, Any]) -> None:
    other = heatpumps.add(system, idm | {"connection_config": {"host": "127.0.0.1", "port": 10}})
    telemetry.choose(system, "http://127.0.0.1:1", [other.id])
    assert telemetry.state(system).shared == {other.id}
    assert len(json.loads(telemetry.preview(system) or "")["heatpumps"]) == 1
    telemetry.choose(system, "http://127.0.0.1:1", [])
    assert json.loads(telemetry.preview(system) or "")["heatpumps"] == []
    assert heatpumps.get(system, other.id).settings == heatpumps.get(system, pump.id).settings


def test_a_value_that_nobody_read_lately_is_not_told(system: System, pump: HeatPump, clock: Clock) -> None:
    telemetry.choose(system, "http://127.0.0.1:1", [pump.id])
    clock.now += OLDEST_S
    assert json.loads(telemetry.preview(system) or "")["heatpumps"][0]["values"] == {}


def test_another_payload_goes_a_day_later_give_or_take(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    clock.now += DAY + round(JITTER_S) - 1
    sender.run()
    assert len(receiver.got) == 1
    clock.now += 1
    sender.run()
    assert len(receiver.got) == 2
    clock.now += 30 * DAY  # the box was off: what was not lived through is not made up
    sender.run()
    assert len(receiver.got) == 3


def test_a_clock_set_back_does_not_silence_it(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    clock.now -= 40 * DAY
    sender.run()
    assert len(receiver.got) == 2


@pytest.mark.parametrize("there", [refusing_port, silent_port], ids=["refuses", "is silent"])
def test_a_receiver_that_is_away_gets_it_later_and_only_once(
    there: Callable[[], Any],
    system: System,
    pump: HeatPump,
    sender: TelemetrySender,
    clock: Clock,
    receiver: WebReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.services.telemetry_sender.post", partial(post, timeout_s=0.2))
    with there() as port:
        share(system, pump, f"http://127.0.0.1:{port}")
        clock.now += 60
        sender.run()
        (waits,) = telemetry.state(system).log
        assert (waits.outcome, waits.tries, waits.due_at) == (None, 1, clock.now + PAUSES_S[0])
    with system.database.transaction() as db:
        for table in ("telemetry", "telemetry_payloads"):
            db.execute(f"UPDATE {table} SET endpoint = ?", (receiver.address,))
    clock.now += PAUSES_S[0] - 1
    sender.run()
    assert receiver.got == []
    clock.now += 1
    sender.run()
    sender.run()
    assert len(receiver.got) == 1
    assert outcomes(system) == ["sent"]


def test_a_receiver_that_trickles_holds_nobody_up_and_one_that_never_stops_has_it(
    system: System,
    pump: HeatPump,
    sender: TelemetrySender,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("app.services.telemetry_sender.post", partial(post, timeout_s=0.3))
    trickling: list[Any] = [b"HTTP/1.1 200 OK\r\n", *[step for _ in range(90) for step in (b"X: 1\r\n", 0.02)]]
    endless: list[Any] = [b"HTTP/1.1 200 OK\r\n\r\n", *[step for _ in range(90) for step in (b"x", 0.02)]]
    with MadServer(trickling, endless) as server:
        share(system, pump, f"{server.url}?key=hidden")
        clock.now += 60
        sender.run()
        assert outcomes(system) == [None]
        clock.now += PAUSES_S[0]
        sender.run()
    assert outcomes(system) == ["sent"]
    assert server.requests[-1].startswith(b"POST /?key=hidden HTTP/1.1\r\n")
    assert "telemetry waits" in caplog.text
    assert "hidden" not in caplog.text


def test_what_waits_goes_on_after_the_clock_was_set_back(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    clock.now += 900 * DAY
    receiver.status = 503
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    receiver.status = 200
    clock.now -= 900 * DAY
    sender.run()
    assert set(outcomes(system)) == {"sent"}


def test_after_a_week_it_is_given_up_and_the_queue_never_grows_longer(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock
) -> None:
    with refusing_port() as port:
        share(system, pump, f"http://127.0.0.1:{port}")
        longest = 0
        for _ in range(3 * 14):
            clock.now += DAY // 3
            sender.run()
            longest = max(longest, len(store.waiting(system.database.connection())))
    assert longest <= KEPT_TRYING_S // DAY + 1
    assert outcomes(system)[0] == "given up"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, "sent"), (302, "refused"), (400, "refused"), (404, "refused"), (429, None), (503, None)],
)
def test_what_the_receiver_answers_decides(
    status: int,
    outcome: str | None,
    system: System,
    pump: HeatPump,
    sender: TelemetrySender,
    clock: Clock,
    receiver: WebReceiver,
) -> None:
    receiver.status = status
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    assert outcomes(system) == [outcome]
    assert len(receiver.paths) == 1  # a redirect is not followed


def test_deleting_the_id_leaves_no_trace_of_it(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    before = telemetry.state(system).installation_id
    assert before is not None
    telemetry.forget(system)
    state = telemetry.state(system)
    assert (state.enabled, state.installation_id) == (False, None)
    assert before not in "".join(system.database.connection().iterdump())
    clock.now += 3 * DAY
    sender.run()
    assert len(receiver.got) == 1
    telemetry.choose(system, receiver.address, [pump.id])
    assert telemetry.state(system).installation_id not in (None, before)
    assert not telemetry.state(system).enabled


def test_what_waits_when_it_is_switched_off_is_never_sent(
    system: System, pump: HeatPump, sender: TelemetrySender, clock: Clock, receiver: WebReceiver
) -> None:
    receiver.status = 503
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    telemetry.switch_off(system)
    receiver.status = 200
    telemetry.switch_on(system)
    clock.now += 3600
    sender.run()
    assert outcomes(system) == ["dropped", "sent"]


@pytest.mark.parametrize("changed", ["the receiver", "the heat pumps", "its settings", "it is gone"])
def test_what_waits_is_not_sent_once_the_owner_has_chosen_otherwise(
    changed: str,
    system: System,
    pump: HeatPump,
    sender: TelemetrySender,
    clock: Clock,
    receiver: WebReceiver,
) -> None:
    receiver.status = 503
    share(system, pump, receiver.address)
    clock.now += 60
    sender.run()
    receiver.status = 200
    match changed:
        case "the receiver":
            telemetry.choose(system, f"{receiver.address}/elsewhere", [pump.id])
        case "the heat pumps":
            telemetry.choose(system, receiver.address, [])
        case "its settings":
            heatpumps.change(system, pump.id, {"device_config": {"share_data": False}})
        case _:
            heatpumps.remove(system, pump.id)
    clock.now += PAUSES_S[0]
    sender.run()
    assert (receiver.got, outcomes(system)) == ([], ["dropped"])


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "example.org",
        "ftp://example.org",
        "file:///etc/passwd",
        "http://",
        "http://a:0/",
        "http://[",
        "http://a b/",
        "http://name:secret@example.org/",
        "https://example.org/#x",
        "https://example.org/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_refused(endpoint: str, system: System) -> None:
    with pytest.raises(Invalid) as refused:
        telemetry.choose(system, endpoint, [])
    assert refused.value.field == "endpoint"
    assert telemetry.preview(system) is None


def test_a_heat_pump_that_is_not_there_cannot_be_shared(system: System) -> None:
    with pytest.raises(NotFound):
        telemetry.choose(system, "https://example.org", ["hp-009"])


def test_it_cannot_be_switched_on_before_it_was_looked_at(system: System) -> None:
    with pytest.raises(Conflict):
        telemetry.switch_on(system)


@pytest.mark.parametrize(("value", "told"), [(0.0, 0.0), (-2.54321, -2.54), (48213.7, 48200.0), (0.04567, 0.0457)])
def test_values_are_rounded(value: float, told: float) -> None:
    assert rounded(value) == told


def test_the_hash_depends_on_the_secret() -> None:
    assert hashed("hp-001", "a") == hashed("hp-001", "a") != hashed("hp-001", "b")
