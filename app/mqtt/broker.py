"""One connection to an MQTT broker: made again with growing pauses, and what is wrong with it in words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.messages import Message

if TYPE_CHECKING:
    from paho.mqtt.client import Client

TIMEOUT_S = 5.0
KEEP_ALIVE_S = 30
BAD_PASSWORD, NOT_AUTHORIZED = 0x86, 0x87
"""Reason codes of MQTT 5, into which paho turns those of MQTT 3.1.1 as well."""

MOST_WAITING = 5_000
"""Messages that were handed over and did not leave yet; a new connection gets everything that holds then anyway."""


class BrokerLost(Exception):
    """There is no connection, or none any more; `said` tells why, never with a password."""

    def __init__(self, template: str, **facts: object) -> None:
        self.said = Message(template, facts)
        super().__init__(str(self.said))


@dataclass(frozen=True, slots=True)
class Account:
    """`url` is mqtt://host or mqtts://host; `authority` a file of certificates to trust, "" for the usual ones."""

    url: str
    user: str
    password: str
    authority: str

    @property
    def secure(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (8883 if self.secure else 1883)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


class Broker:
    """Used by one thread. `heard` gets topic and content of what was subscribed to, and whether the broker had kept it.

    The broker keeps no messages for us while we are away (a clean session).
    """

    def __init__(
        self, account: Account, name: str, will: tuple[str, str], heard: Callable[[str, bytes, bool], None]
    ) -> None:
        self._account = account
        self._name = name
        self._will = will
        self._heard = heard
        self._client: Client | None = None
        self._said: BrokerLost | None = None
        self._welcome = False

    def connect(self) -> None:
        """Returns when the broker has let us in. Raises BrokerLost."""
        from paho.mqtt.client import Client  # who publishes nothing need not carry it
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(CallbackAPIVersion.VERSION2, client_id=self._name, clean_session=True)
        client.max_queued_messages_set(MOST_WAITING)
        client.connect_timeout = TIMEOUT_S
        client.will_set(*self._will, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_message = lambda _, __, message: self._heard(message.topic, bytes(message.payload), message.retain)
        if self._account.user:
            client.username_pw_set(self._account.user, self._account.password or None)
        self._said, self._welcome = None, False
        try:
            if self._account.secure:
                client.tls_set_context(_proven(self._account))
            client.connect(self._account.host, self._account.port, KEEP_ALIVE_S)
        except (OSError, ValueError) as error:
            raise _explained(self._account, error) from error
        self._client = client
        for _ in range(round(TIMEOUT_S * 10)):
            self.attend(0.1)
            if self._welcome:
                return
        self.close()
        raise _silent(self._account)

    def subscribe(self, topic: str) -> None:
        if self._client is not None:
            self._client.subscribe(topic, qos=0)

    def publish(self, topic: str, content: str) -> None:
        """Retained, and delivered at least once; an empty content removes what was retained."""
        if self._client is not None:
            self._client.publish(topic, content, qos=1, retain=True)

    def say(self, topic: str, content: str) -> None:
        """To those who listen now; whoever comes later does not learn of it."""
        if self._client is not None:
            self._client.publish(topic, content, qos=1, retain=False)

    def attend(self, seconds: float) -> None:
        """Send what waits, and listen for so long. Raises BrokerLost."""
        if self._client is None:
            raise BrokerLost("%(address)s has ended the connection", address=self._account.address)
        code = self._client.loop(seconds)
        while code == 0 and self._said is None and self._client.want_write():
            code = self._client.loop(0.01)
        if self._said is not None or code != 0:
            said = self._said or BrokerLost("%(address)s has ended the connection", address=self._account.address)
            self.close()
            raise said

    def close(self) -> None:
        """Without a last will: whoever closes has said what there was to say."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop(0.1)
            self._client = None

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if not reason.is_failure:
            self._welcome = True
        elif reason.value in (BAD_PASSWORD, NOT_AUTHORIZED):
            self._said = BrokerLost("%(address)s does not accept the user and password", address=self._account.address)
        else:
            facts: dict[str, object] = {"address": self._account.address, "reason": str(reason)}
            self._said = BrokerLost("%(address)s refuses us: %(reason)s", **facts)


def _proven(account: Account) -> ssl.SSLContext:
    """How to speak TLS with this broker. Its certificate is tried first: over a bad one, paho leaves a socket open."""
    context = _trusting(account.authority)
    with socket.create_connection((account.host, account.port), TIMEOUT_S) as line:
        context.wrap_socket(line, server_hostname=account.host).close()
    return context


def _trusting(authority: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority or None)
    except OSError as error:
        raise OSError(error.errno, f"{authority} cannot be used as certificates: {error.strerror or error}") from error


def _explained(account: Account, error: Exception) -> BrokerLost:
    address = account.address
    if isinstance(error, ssl.SSLCertVerificationError):
        said = "%(address)s shows a certificate that is not to be trusted: %(reason)s"
        return BrokerLost(said, address=address, reason=error.verify_message)
    if isinstance(error, ssl.SSLError):
        reason = error.reason or str(error)
        return BrokerLost("%(address)s does not speak TLS as it should: %(reason)s", address=address, reason=reason)
    if isinstance(error, ConnectionRefusedError):
        return BrokerLost("%(address)s refuses the connection", address=address)
    if isinstance(error, TimeoutError):
        return _silent(account)
    reason = getattr(error, "strerror", None) or str(error)
    return BrokerLost("%(address)s cannot be reached: %(reason)s", address=address, reason=reason)


def _silent(account: Account) -> BrokerLost:
    return BrokerLost(
        "%(address)s did not answer within %(seconds)s s", address=account.address, seconds=f"{TIMEOUT_S:g}"
    )
