"""Samples reach a real VictoriaMetrics: late if it must be, in order, none twice, none lost."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from app.cluster.client import VictoriaMetrics
from app.cluster.pusher import Pusher
from app.messages import Unavailable
from app.services import heatpumps
from app.store import outbox
from tests.catalogue import named
from tests.cluster.conftest import T0, keep
from tests.victoriametrics import free_port
from tests.waiting import eventually

STATES = named("idm/navigator_2_0").every_sensor["operating_mode"].state_titles


def pusher(system, address, box, settle_s=0.1):
    return Pusher(system.database, system.sensors_of, VictoriaMetrics(address), box, settle_s)


def waiting(system):
    return outbox.length(system.database.connection())


def test_every_sample_arrives_with_its_own_time(server, furnished, box):
    system = furnished(victoriametrics=server.address)
    for poll in range(1200):  # more than two batches
        keep(system, T0 + 30 * poll, (poll / 10, "heating" if poll % 2 else "off", None))
    pusher(system, server.address, box).deliver_all()
    assert waiting(system) == 0
    found = eventually(lambda: server.samples(box))
    eventually(lambda: len(server.samples(box)["temp_outside"]) == 1200)
    found = server.samples(box)
    assert found["temp_outside"] == [(T0 + 30 * poll, poll / 10) for poll in range(1200)]
    assert [value for _, value in found["operating_mode heating"][:4]] == [0, 1, 0, 1]
    assert "energy_heat_total" not in found


def test_while_it_is_down_samples_wait_and_arrive_later(furnished, server, box, caplog):
    gone = free_port()
    system = furnished(victoriametrics=f"http://127.0.0.1:{gone}")
    delivering = pusher(system, f"http://127.0.0.1:{gone}", box)
    delivering.start()
    for poll in range(5):
        keep(system, T0 + poll, (float(poll), "off", 1.0))
        delivering.tell()
    eventually(lambda: delivering.counts.failures >= 3)
    assert waiting(system) == 5
    with Relay(server.port, port=gone) as relay:
        eventually(lambda: waiting(system) == 0)
        assert relay.requests >= 2
    delivering.stop()
    assert delivering.ended(10)
    assert delivering.counts.samples == 5 * (2 + len(STATES))
    assert [record.levelname for record in caplog.records if record.name == "app.cluster.pusher"] == ["WARNING"]


def test_an_answer_that_gets_lost_doubles_nothing(server, furnished, box):
    system = furnished(victoriametrics=server.address)
    for poll in range(3):
        keep(system, T0 + poll, (float(poll), "off", 1.0))
    with Relay(server.port, swallow="/api/v1/import") as relay:
        delivering = pusher(system, f"http://127.0.0.1:{relay.port}", box)
        with pytest.raises(Unavailable, match="cannot be reached"):
            delivering.deliver_all()
        time.sleep(2.2)  # the program itself waits longer than this after a failure
        keep(system, T0 + 3, (3.0, "off", 1.0))
        delivering.deliver_all()
        assert waiting(system) == 0
    assert relay.swallowed == 1
    eventually(lambda: len(server.samples(box)["temp_outside"]) >= 4)
    for points in server.samples(box).values():
        assert [at for at, _ in points] == [T0, T0 + 1, T0 + 2, T0 + 3]


def test_what_was_delivered_before_a_kill_is_not_delivered_again(server, furnished, box):
    """The process died between the answer and the clearing of the outbox."""
    system = furnished(victoriametrics=server.address)
    keep(system, T0, (1.0, "off", 1.0))
    pusher(system, server.address, box).deliver_all()
    eventually(lambda: server.samples(box).get("temp_outside"))
    with system.database.transaction() as db:
        outbox.add(db, "hp-001", T0, 10)
    keep(system, T0 + 30, (2.0, "off", 1.0))
    keep(system, T0 - 60, (3.0, "off", 1.0))  # the clock was set back
    pusher(system, server.address, box).deliver_all()
    eventually(lambda: len(server.samples(box)["temp_outside"]) >= 3)
    assert server.samples(box)["temp_outside"] == [(T0 - 60, 3.0), (T0, 1.0), (T0 + 30, 2.0)]


def test_a_full_outbox_keeps_what_waits_longest_and_counts_the_rest(furnished):
    system = furnished(victoriametrics="http://127.0.0.1:1", outbox_limit=3)
    for poll in range(5):
        keep(system, T0 + poll, (1.0, "off", 1.0))
    db = system.database.connection()
    assert [each.at for each in outbox.first(db, 10)] == [T0, T0 + 1, T0 + 2]
    assert outbox.dropped(db) == 2
    with system.database.transaction():
        outbox.remove(db, outbox.first(db, 10)[0].id)
    keep(system, T0 + 9, (1.0, "off", 1.0))
    assert [each.at for each in outbox.first(db, 10)] == [T0 + 1, T0 + 2, T0 + 9]


def test_a_second_reading_of_the_same_second_does_not_wait(furnished):
    system = furnished(victoriametrics="http://127.0.0.1:1")
    keep(system, T0, (1.0, "off", 1.0))
    keep(system, T0, (2.0, "off", 1.0))
    assert waiting(system) == 1


def test_without_victoriametrics_nothing_waits(furnished):
    system = furnished()
    keep(system, T0, (1.0, "off", 1.0))
    assert waiting(system) == 0
    assert system.pusher is None


def test_a_removed_heat_pump_leaves_nothing_to_deliver(server, furnished, box):
    system = furnished(victoriametrics=server.address)
    keep(system, T0, (1.0, "off", 1.0))
    heatpumps.remove(system, "hp-001")
    assert waiting(system) == 0
    pusher(system, server.address, box).deliver_all()


def test_the_end_does_not_wait_for_an_address_that_never_answers(furnished):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        system = furnished(victoriametrics=f"http://127.0.0.1:{silent.getsockname()[1]}")
        keep(system, T0, (1.0, "off", 1.0))
        delivering = pusher(system, system.config.victoriametrics, "", settle_s=0)
        delivering.start()
        near, _ = silent.accept()
        delivering.stop()
        assert not delivering.ended(0.1)
        assert waiting(system) == 1
        near.close()
        assert delivering.ended(10)


class Relay(ThreadingHTTPServer):
    """Passes requests on to VictoriaMetrics; keeps the first answer to one for the path `swallow` to itself."""

    def __init__(self, target: int, port: int = 0, swallow: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Passing)
        self.port = self.server_address[1]
        self.target = target
        self.swallow = swallow
        self.requests = self.swallowed = 0

    def __enter__(self) -> Relay:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Passing(BaseHTTPRequestHandler):
    server: Relay

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = {"Content-Type": self.headers.get("Content-Type", "")}
        far = requests.post(f"http://127.0.0.1:{self.server.target}{self.path}", data=body, headers=kind, timeout=20)
        self.server.requests += 1
        if self.path == self.server.swallow and not self.server.swallowed:
            self.server.swallowed += 1
            self.close_connection = True
            return
        self.send_response(far.status_code)
        self.send_header("Content-Length", str(len(far.content)))
        self.end_headers()
        self.wfile.write(far.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "refuses with 200"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "refuses with 302"),
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", "refuses with 401: no"),
        (b"HTTP/1.1 500 Broken\r\nContent-Length: 4\r\n\r\nfull", "refuses with 500: full"),
        (b"SSH-2.0-OpenSSH\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
    ],
)
def test_only_a_clear_yes_empties_the_outbox(furnished, answer, says, caplog):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]

        def serve():
            while True:
                try:
                    near, _ = listening.accept()
                except OSError:
                    return
                with near:
                    near.recv(1 << 20)
                    near.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://user:secret@127.0.0.1:{port}"
        system = furnished(victoriametrics=address)
        keep(system, T0, (1.0, "off", 1.0))
        delivering = pusher(system, address, "", settle_s=0.01)
        delivering._unsure = False
        delivering.start()
        eventually(lambda: delivering.counts.failures >= 1)
        delivering.stop()
        delivering.ended(5)
        listening.shutdown(socket.SHUT_RDWR)
    assert waiting(system) == 1
    told = caplog.records[0].getMessage()
    assert says in told
    assert f"127.0.0.1:{port}" in told
    assert "secret" not in told
