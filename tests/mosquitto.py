"""A real MQTT broker on the loopback."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from tests.tools import required
from tests.waiting import eventually

USER, PASSWORD = "monitor", "a secret word"


class Mosquitto:
    """A real broker on the loopback, and everything that somebody sees who listens to it."""

    def __init__(self, folder: Path, *, password: bool = False, tls: bool = False) -> None:
        self.port = _free_port()
        self.authority = folder / "ca.pem"
        self.seen: dict[str, str] = {}
        """The last content of each topic; what was taken back is not in it."""
        self.heard: list[tuple[str, str]] = []
        self._tls = tls
        lines = [f"listener {self.port} 127.0.0.1", f"allow_anonymous {str(not password).lower()}"]
        if password:
            words = folder / "passwords"
            command = [required("mosquitto_passwd", "mosquitto"), "-b", "-c", str(words), USER, PASSWORD]
            subprocess.run(command, check=True, capture_output=True)
            lines.append(f"password_file {words}")
        if tls:
            key = folder / "key.pem"
            made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
            alternative = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(self.authority)]
            subprocess.run([required("openssl", "openssl"), *made, *alternative], check=True, capture_output=True)
            lines += [f"certfile {self.authority}", f"keyfile {key}"]
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text("\n".join([*lines, "user root", "persistence false"]) + "\n", encoding="utf-8")
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        self._client: mqtt.Client | None = None
        self._listeners: list[mqtt.Client] = []

    def start(self) -> None:
        command = [required("mosquitto", "mosquitto"), "-c", str(self._settings)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        assert eventually(self._listens, 20)
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.on_connect = lambda client, *_: client.subscribe("#")
        client.on_message = lambda _, __, message: self._note(message)
        if self._password:
            client.username_pw_set(USER, PASSWORD)
        if self._tls:
            client.tls_set(str(self.authority))
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        self._client = client

    def stop(self) -> None:
        for client in [*self._listeners, *([self._client] if self._client else [])]:
            client.disconnect()
            client.loop_stop()
        self._listeners.clear()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def publish(self, topic: str, content: object) -> None:
        self.say(topic, json.dumps(content), retain=True)

    def say(self, topic: str, content: str | bytes, *, retain: bool = False) -> None:
        assert self._client is not None
        self._client.publish(topic, content, qos=1, retain=retain).wait_for_publish(10)

    def listener(self, *topics: str) -> list[str]:
        """The topics of what somebody gets who listens from now on, growing."""
        got: list[str] = []
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.on_connect = lambda client, *_: [client.subscribe(topic) for topic in topics]
        client.on_message = lambda _, __, message: got.append(message.topic)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        self._listeners.append(client)
        return got

    def told(self, topic: str) -> list[Any]:
        """Every JSON message of this topic, oldest first."""
        return [json.loads(content) for where, content in list(self.heard) if where == topic]

    def _note(self, message: Any) -> None:
        if message.payload:
            self.heard.append((message.topic, message.payload.decode("utf-8", "replace")))
            self.seen[message.topic] = message.payload.decode("utf-8", "replace")
        else:
            self.seen.pop(message.topic, None)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    running = Mosquitto(tmp_path)
    running.start()
    yield running
    running.stop()
