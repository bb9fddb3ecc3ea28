"""One HTTP exchange: what it may reach, and that it ends whatever the other side does."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from drivers import web
from drivers.errors import BadAnswer, DriverError, Unreachable
from tests.drivers.cloud import MadServer, http
from tests.servers import LOOPBACK, Farewell, Step, refusing_port

TIMEOUT_S = 0.3
GOOD = http(b'{"data": []}')


def _ask(server: MadServer) -> web.Reply:
    base = web.base_of(f"{server.url}/iot/v2/")
    assert base is not None
    return web.ask(base, "GET", "/features", TIMEOUT_S, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/iot",
        "http://192.168.1.4/iot",
        "ftp://127.0.0.1/",
        "https://",
        "https://name:word@example.org/",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://example.org:0/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: other",
        "127.0.0.1:80",
        "",
    ],
)
def test_only_encrypted_addresses_and_this_machine_are_asked(url: str) -> None:
    assert web.base_of(url) is None


@pytest.mark.parametrize(
    ("url", "port", "secure"),
    [
        ("https://example.org/iot/v2", 443, True),
        ("http://127.0.0.1:8080/iot/v2/", 8080, False),
        ("http://localhost/iot/v2", 80, False),
        ("http://[::1]:81/iot/v2", 81, False),
    ],
)
def test_an_address_is_taken_apart(url: str, port: int, secure: bool) -> None:
    base = web.base_of(url)
    assert base is not None
    assert (base.port, base.secure, base.path) == (port, secure, "/iot/v2")


def test_an_answer_is_delivered_with_its_status() -> None:
    with MadServer([http(b"no", "503 Busy")]) as server:
        assert _ask(server) == web.Reply(503, b"no")
        assert server.requests[0].startswith(b"GET /iot/v2/features HTTP/1.1\r\n")


def test_a_redirect_is_not_followed() -> None:
    with MadServer([http(b"", "302 Found", "Location: http://192.0.2.1/")], [GOOD]) as server:
        assert _ask(server).status == 302
        assert len(server.requests) == 1


FAULTS: list[tuple[str, Sequence[Step], type[DriverError], str]] = [
    ("hangs up", [Farewell.HANG_UP], Unreachable, "closed the connection"),
    ("resets", [Farewell.RESET], Unreachable, "closed the connection"),
    ("resets in the middle", [GOOD[:40], Farewell.RESET], Unreachable, "closed the connection"),
    ("stops in the middle", [GOOD[:-3], Farewell.HANG_UP], Unreachable, "closed the connection"),
    ("says nothing", [5.0], Unreachable, "did not answer within 0.3 s"),
    ("falls silent in the middle", [GOOD[:-3], 5.0], Unreachable, "did not answer within 0.3 s"),
    (
        "trickles without an end",
        [step for _ in range(500) for step in (b"HTTP/1.1 200 OK\r\nX: 1\r\n"[:1], 0.02)],
        Unreachable,
        "did not answer within 0.3 s",
    ),
    (
        "sends endless head lines",
        [b"HTTP/1.1 200 OK\r\n", *[step for _ in range(90) for step in (b"X: 1\r\n", 0.02)]],
        Unreachable,
        "did not answer within 0.3 s",
    ),
    ("speaks no HTTP", [b"\x00\x01\x02 hello\r\n\r\n", Farewell.HANG_UP], BadAnswer, "as a web server does"),
    (
        "never stops",
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1_000_000] * 9, Farewell.HANG_UP],
        BadAnswer,
        "more than 8000000 bytes",
    ),
]


@pytest.mark.parametrize(("fault", "kind", "said"), [pytest.param(*rest, id=name) for name, *rest in FAULTS])
def test_an_exchange_ends_whatever_the_other_side_does(
    fault: Sequence[Step], kind: type[DriverError], said: str
) -> None:
    with MadServer(fault, [GOOD]) as server:
        with pytest.raises(kind, match=said):
            _ask(server)
        if kind is BadAnswer or "closed" in said:
            assert _ask(server).status == 200


def test_an_answer_may_come_byte_by_byte() -> None:
    with MadServer([step for byte in GOOD for step in (bytes([byte]), 0.0005)]) as server:
        base = web.base_of(server.url)
        assert base is not None
        assert web.ask(base, "GET", "/", 10, {}).content == b'{"data": []}'


def test_a_port_where_nobody_listens_is_told() -> None:
    with refusing_port() as port:
        base = web.base_of(f"http://{LOOPBACK}:{port}")
        assert base is not None
        with pytest.raises(Unreachable, match="refuses the connection"):
            web.ask(base, "GET", "/", TIMEOUT_S, {})


def test_a_server_without_a_certificate_is_not_trusted() -> None:
    with MadServer([b"HTTP/1.1 200 OK\r\n\r\n", Farewell.HANG_UP]) as server:
        base = web.base_of(f"https://{LOOPBACK}:{server.port}")
        assert base is not None
        with pytest.raises(Unreachable, match="closed the connection"):
            web.ask(base, "GET", "/", 5, {})


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        server = threading.Thread(target=_shake_hands, args=(listener, context))
        server.start()
        base = web.base_of(f"https://{LOOPBACK}:{port}")
        assert base is not None
        with pytest.raises(BadAnswer, match=r"shows a certificate that is not valid \(self-signed certificate\)"):
            web.ask(base, "GET", "/", 5, {})
        server.join(10)


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection, suppress(OSError):
        context.wrap_socket(connection, server_side=True).close()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return folder / "both.pem"
