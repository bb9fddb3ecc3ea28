"""How many answers one account may have in the making: the threads of the web server are for everybody."""

from __future__ import annotations

from collections import Counter
from threading import Condition

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from app.services.rights import Access
from app.web import access

AT_ONCE, WAITING = 4, 8
"""Two of the web server's fourteen threads are left for others. A browser asks for six things at a time, and what it no
longer wants, because somebody has gone on to another page, is in work as well."""

LONGEST_WAIT_S = 20.0
TRY_AGAIN_S = 1


class Turns:
    """So many for each, and so many more who wait for one, at most so long."""

    def __init__(self, of_one: int = AT_ONCE, waiting: int = WAITING, longest_s: float = LONGEST_WAIT_S) -> None:
        self._of_one = of_one
        self._most_waiting = waiting
        self._longest_s = longest_s
        self._taken: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = Condition()

    def take(self, who: str) -> bool:
        with self._changed:
            if not self._has_room(who) and not self._waited(who):
                return False
            self._taken[who] += 1
            return True

    def give_back(self, who: str) -> None:
        with self._changed:
            _one_less(self._taken, who)
            self._changed.notify_all()

    def waiting(self, who: str) -> int:
        """How many requests."""
        return self._waiting[who]

    def _has_room(self, who: str) -> bool:
        return self._taken[who] < self._of_one

    def _waited(self, who: str) -> bool:
        if self._waiting[who] >= self._most_waiting:
            return False
        self._waiting[who] += 1
        try:
            return self._changed.wait_for(lambda: self._has_room(who), self._longest_s)
        finally:
            _one_less(self._waiting, who)


def _one_less(counts: Counter[str], who: str) -> None:
    counts[who] -= 1
    if not counts[who]:
        del counts[who]


def add_to(app: Flask) -> None:
    """After the guard of access. What is public costs little, and is not counted."""
    app.extensions["turns"] = Turns()

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
