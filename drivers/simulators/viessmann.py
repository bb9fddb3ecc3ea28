"""A simulated Viessmann cloud over HTTP: sign-in, installations, features, commands, limits and faults."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Unpack
from urllib.parse import parse_qsl, urlsplit

from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.base import Serving, Simulator
from drivers.simulators.cloud_sign_in import SimulatedSignIn
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.viessmann_answers import FAULTS, Said, error, good, installations
from drivers.simulators.viessmann_machine import SimulatedVitocal

API, LOGIN = "/iot/v2", "/idp/v3"
LONGEST_REQUEST = 100_000
DAY_S, SHORT_S = 86_400, 600


class ViessmannSimulator(Simulator):
    """One cloud on one port: `api` and `login` are its base addresses. The first machine is number 0.

    `clock` gives UTC seconds. `faults` are given one per call, `fault` to every call. `requests` counts the calls of
    the API. With `machines`, so many installations show the same machine. Raises OutOfRange for an unknown fault and
    for a pinned value that does not fit.
    """

    name = "viessmann-simulator"
    readout: Readout

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        pinned: Mapping[str, float | int | str] | None = None,
        with_optional: bool = True,
        machines: int = 1,
        fault: str = "",
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(plant, **serving)
        self.readout = Readout(model, options, plant, pinned=pinned, with_optional=with_optional)
        self.machine = SimulatedVitocal(self.readout)
        self.sign_in = SimulatedSignIn(self._clock)
        self.machines = machines
        if fault and fault not in FAULTS:
            raise OutOfRange("%(fault)s is not one of %(faults)s", fault=fault, faults=", ".join(FAULTS))
        self.fault = FAULTS[fault] if fault else None
        self.faults: deque[Said] = deque()
        self.limits = {DAY_S: 1450, SHORT_S: 120}
        self.asked: list[str] = []
        self._calls: list[float] = []
        self._turn = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def api(self) -> str:
        return f"http://{self.host}:{self.port}{API}"

    @property
    def login(self) -> str:
        return f"http://{self.host}:{self.port}{LOGIN}"

    @property
    def running(self) -> bool:
        return self._server is not None

    def _listen(self) -> int:
        self._server = server = _Server((self.host, self.port), _Exchange)
        server.cloud = self
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=self.name, daemon=True
        )
        self._thread.start()
        return server.server_port

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None

    def answer(self, method: str, path: str, authorization: str, body: bytes) -> Said:
        """What the API answers, good or bad."""
        if self.delay_s:
            time.sleep(self.delay_s)
        with self._turn:
            self.requests += 1
            self.asked.append(f"{method} {path}")
            self._tempo.keep_up()
            refusal = self._refusal(authorization)
            return refusal if refusal is not None else self._content(method, path, body)

    def _refusal(self, authorization: str) -> Said | None:
        now = self._clock()
        self._calls = [at for at in self._calls if at > now - DAY_S]
        for span, most in self.limits.items():
            recent = [at for at in self._calls if at > now - span]
            if len(recent) >= most:
                reset = round((recent[-most] + span) * 1000)
                return error(429, "RATE_LIMIT_EXCEEDED", limitReset=reset, name="limit", requestCountLimit=most)
        self._calls.append(now)
        if not self.sign_in.knows(authorization):
            return Said(401, b'{"error": "EXPIRED TOKEN"}')
        return self.faults.popleft() if self.faults else self.fault

    def _content(self, method: str, path: str, body: bytes) -> Said:
        parts = urlsplit(path).path.strip("/").split("/")
        if method == "GET" and parts == ["equipment", "installations"]:
            return good(installations(self.machines))
        # features/installations/{i}/gateways/{g}/devices/{d}/features[/{name}[/commands/{command}]]
        if len(parts) < 8 or not self._is_ours(parts):
            return error(404, "DEVICE_NOT_FOUND")
        features = self.machine.features()
        if method == "GET" and len(parts) == 8:
            return good(features)
        wanted = next((each for each in features if len(parts) > 8 and each["feature"] == parts[8]), None)
        if wanted is None:
            return error(404, "FEATURE_NOT_FOUND")
        if method == "GET" and len(parts) == 9:
            # no recording shows one feature alone, and clients disagree about its shape: both of them find theirs
            return Said(200, json.dumps({"data": wanted} | wanted).encode())
        if method == "POST" and len(parts) == 11 and parts[9] == "commands":
            return self._command(parts[8], parts[10], body)
        return error(404, "NOT_FOUND")

    def _is_ours(self, parts: list[str]) -> bool:
        places = [(str(each["id"]), each["gateways"][0]["serial"]) for each in installations(self.machines)]
        known = parts[0] == "features" and [parts[1], parts[3], parts[5], parts[7]] == [
            "installations", "gateways", "devices", "features",
        ]  # fmt: skip
        return known and (parts[2], parts[4]) in places and parts[6] == "0"

    def _command(self, feature: str, command: str, body: bytes) -> Said:
        try:
            content = json.loads(body or b"{}")
        except ValueError:
            return error(400, "VALIDATION_ERROR")
        refusal = self.machine.command(feature, command, content) if isinstance(content, dict) else "VALIDATION_ERROR"
        if refusal is not None:
            return error(400, refusal)
        return good({"success": True, "message": None, "reason": "COMMAND_EXECUTION_SUCCESS"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    cloud: ViessmannSimulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is no news."""


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == f"{LOGIN}/authorize":
            status, page = self.server.cloud.sign_in.page(dict(parse_qsl(parts.query)))
            self._send(Said(status, page.encode(), "text/html; charset=utf-8"))
        else:
            self._api("GET", b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_REQUEST:
            self._send(error(400, "VALIDATION_ERROR"))
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        if parts.path == f"{LOGIN}/token":
            status, content = self.server.cloud.sign_in.token(dict(parse_qsl(body.decode("ascii", "replace"))))
            self._send(Said(status, json.dumps(content).encode()))
        elif parts.path == f"{LOGIN}/authorize":
            allowed = b"decision=refuse" not in body
            place = self.server.cloud.sign_in.decide(dict(parse_qsl(parts.query)), allowed)
            self._send(Said(302 if place else 400, b"", "text/plain"), place)
        else:
            self._api("POST", body)

    def _api(self, method: str, body: bytes) -> None:
        if not self.path.startswith(f"{API}/"):
            self._send(error(404, "NOT_FOUND"))
            return
        authorization = self.headers.get("Authorization", "")
        self._send(self.server.cloud.answer(method, self.path.removeprefix(API), authorization, body))

    def _send(self, answer: Said, location: str | None = None) -> None:
        self.send_response(answer.status)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: Any) -> None:
        """A simulator is quiet."""
