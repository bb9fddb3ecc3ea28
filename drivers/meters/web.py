"""One bounded GET: so many seconds and bytes and no more, no redirect, no proxy."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import SplitResult, quote, urlsplit

from drivers.errors import BadAnswer, Refused, Unreachable
from drivers.meters import digest

TIMEOUT_S = 5.0
MOST_BYTES = 2_000_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def get(url: str, user: str = "", secret: str = "") -> bytes:
    """The body. With a user, the secret is a password (basic or digest, as the other side asks); else a bearer token.

    Raises Unreachable, Refused (401, 403) and BadAnswer; none of them repeats the secret or what follows a `?`.
    """
    parts = urlsplit(url)
    status, headers, body = _once(parts, f"Bearer {secret}" if secret and not user else None)
    if status == http.client.UNAUTHORIZED and user:  # who is asked knows how it wants the password
        answer = _authorization(headers.get("WWW-Authenticate", ""), user, secret, _target(parts))
        if answer is not None:
            status, _, body = _once(parts, answer)
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        raise Refused("%(address)s asks for a user and password, or for other ones", address=_said(parts))
    if status in _REDIRECTS:
        raise BadAnswer(
            "%(address)s sends us on to another address, which is not followed: enter that one", address=_said(parts)
        )
    if status != http.client.OK:
        raise BadAnswer("%(address)s answers with status %(code)d", address=_said(parts), code=status)
    return body


def _authorization(challenge: str, user: str, secret: str, target: str) -> str | None:
    scheme = challenge.partition(" ")[0].lower()
    if scheme == "digest":
        return digest.authorization(challenge, user, secret, target)
    if scheme == "basic":
        return f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"
    return None


def _once(parts: SplitResult, authorization: str | None) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = _connection(parts)
    try:
        connection.connect()
    except ssl.SSLError as error:
        raise BadAnswer(
            "%(address)s has no certificate that is trusted: %(reason)s", address=_said(parts), reason=error.reason
        ) from error
    except (socket.gaierror, UnicodeError) as error:
        raise Unreachable("the name %(host)s is not known in this network", host=parts.hostname) from error
    except ConnectionRefusedError as error:
        raise Unreachable("%(address)s refuses the connection", address=_said(parts)) from error
    except TimeoutError as error:
        raise Unreachable(
            "nobody answers at %(address)s within %(seconds)g s", address=_said(parts), seconds=TIMEOUT_S
        ) from error
    except OSError as error:
        raise Unreachable(
            "%(address)s cannot be reached: %(reason)s", address=_said(parts), reason=error.strerror or str(error)
        ) from error
    late = threading.Event()
    # a time-out of the socket begins anew with every byte; this one does not
    end = threading.Timer(TIMEOUT_S, _hang_up, (connection.sock, late))
    end.daemon = True
    end.start()
    try:
        headers = {"Accept": "application/json, text/plain, */*", "Connection": "close"}
        if authorization is not None:
            headers["Authorization"] = authorization
        connection.request("GET", _target(parts), headers=headers)
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES + 1)
        if late.is_set():
            raise _too_slow(parts)
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise _too_slow(parts) from error
        raise BadAnswer("%(address)s does not answer as a web server does", address=_said(parts)) from error
    finally:
        end.cancel()
        connection.close()
    if len(body) > MOST_BYTES:
        raise BadAnswer("%(address)s sends more than %(most)d bytes", address=_said(parts), most=MOST_BYTES)
    return answer.status, answer.headers, body


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            host, parts.port or 443, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(host, parts.port or 80, timeout=TIMEOUT_S)


def _hang_up(open_socket: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)


def _too_slow(parts: SplitResult) -> Unreachable:
    return Unreachable("%(address)s did not answer within %(seconds)g s", address=_said(parts), seconds=TIMEOUT_S)


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else path


def _said(parts: SplitResult) -> str:
    """The address without what may be secret in it."""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
