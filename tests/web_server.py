"""A web server on the loopback that answers, asks for a password, sends elsewhere, dribbles or floods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import orjson

USER, PASSWORD = "admin", "a secret word"
NONCE, REALM = "60dc2c5f", "shellypro3em-0001"


class WebServer:
    """`pages`: path with its query → content (an object becomes JSON), or what is done with the request."""

    def __init__(self, pages: Mapping[str, Any], protection: str = "") -> None:
        self.pages = dict(pages)
        self.protection = protection
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.ending = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> WebServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        serving = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

            def do_GET(self) -> None:
                serving.asked.append(self.path)
                serving.sent.append(self.headers.get("Authorization", ""))
                if serving.protection and not serving.lets_in(self):
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", serving.challenge())
                    self.end_headers()
                    return
                page = serving.pages.get(self.path)
                if page is None:
                    self.send_error(404)
                elif callable(page):
                    page(self)
                else:
                    body = page if isinstance(page, bytes) else orjson.dumps(page)
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

        return Handler

    def challenge(self) -> str:
        if self.protection == "digest":
            return f'Digest qop="auth", realm="{REALM}", nonce="{NONCE}", algorithm=SHA-256'
        return f'Basic realm="{REALM}"' if self.protection == "basic" else "Bearer"

    def lets_in(self, request: BaseHTTPRequestHandler) -> bool:
        given = request.headers.get("Authorization", "")
        if self.protection == "basic":
            return given == "Basic YWRtaW46YSBzZWNyZXQgd29yZA=="
        if self.protection == "bearer":
            return given == f"Bearer {PASSWORD}"
        fields = dict(re.findall(r'(\w+)="?([^",]*)', given))

        def digest(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        first = digest(f"{USER}:{REALM}:{PASSWORD}")
        second = digest(f"GET:{request.path}")
        right = digest(f"{first}:{NONCE}:{fields.get('nc')}:{fields.get('cnonce')}:auth:{second}")
        return given.startswith("Digest ") and fields.get("response") == right


def redirect(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", to)
        request.end_headers()

    return answer


def dribble(server: Callable[[], WebServer]) -> Callable[[BaseHTTPRequestHandler], None]:
    """A byte now and then, for as long as the test lasts; each comes before a time-out of the socket."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not server().ending.wait(0.05):
            try:
                request.wfile.write(b" ")
                request.wfile.flush()
            except OSError:
                return

    return answer


def silence(server: Callable[[], WebServer]) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(_: BaseHTTPRequestHandler) -> None:
        server().ending.wait(30)

    return answer
