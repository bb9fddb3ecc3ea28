"""How many answers one account may have in the making: the threads of the web server are for everybody."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from app.services.rights import Access
from app.web import access

AT_ONCE = 6
"""As many as one browser asks for by itself; the web server has eight threads."""

TRY_AGAIN_S = 1


class Turns:
    """So many for each; nobody waits for one."""

    def __init__(self, of_one: int) -> None:
        self._of_one = of_one
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, who: str) -> bool:
        with self._lock:
            if self._taken[who] >= self._of_one:
                return False
            self._taken[who] += 1
            return True

    def give_back(self, who: str) -> None:
        with self._lock:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]


def add_to(app: Flask) -> None:
    """After the guard of access. What is public costs little, and is not counted."""
    app.extensions["turns"] = Turns(AT_ONCE)

    @app.before_request
    def take() -> None:
        if access.decision(app, request.endpoint) in (None, Access.PUBLIC):
            return
        who = visitor()
        if not _turns().take(who):
            said = gettext("This account has too many requests in work at once. Try again in a moment.")
            raise TooManyRequests(said, retry_after=TRY_AGAIN_S)
        g.turn_of = who

    @app.after_request
    def keep_while_it_is_sent(response: Response) -> Response:
        who = g.get("turn_of") if response.is_streamed else None
        if who is not None:
            g.pop("turn_of")
            turns = _turns()  # a response is closed after its request
            response.call_on_close(lambda: turns.give_back(who))
        return response

    @app.teardown_request
    def give_back(_: BaseException | None) -> None:
        who = g.pop("turn_of", None)
        if who is not None:
            _turns().give_back(who)


def visitor() -> str:
    """The account or token of this request; both have names of their own."""
    if not current_user.is_authenticated:
        return "scraper"  # by the metrics_token of the settings
    return f"token {current_user.name}" if current_user.is_token else f"account {current_user.name}"


def _turns() -> Turns:
    found: Turns = current_app.extensions["turns"]
    return found
