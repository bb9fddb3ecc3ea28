"""Nobody who is signed in keeps the others waiting: so many requests of one account at once, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import NoReturn

import pytest
from flask import Flask, Response

from app.services import accounts, tokens
from app.system import System
from app.web import turns
from app.web.access import signed_in
from tests.waiting import eventually
from tests.web.people import Visitor

PAGE = "/compare/"
"""Stands for any; its view is another one in these tests."""


class Slow:
    """A view that works until it is let go."""

    def __init__(self, app: Flask) -> None:
        self.go, self.begun = Event(), Semaphore(0)

        def view() -> str:
            self.begun.release()
            assert self.go.wait(30)
            return "done"

        app.view_functions["compare.page"] = signed_in(view)


@pytest.fixture
def slow(app: Flask) -> Iterator[Slow]:
    made = Slow(app)
    yield made
    made.go.set()


@pytest.mark.parametrize(("language", "said"), [("en", "too many requests in work"), ("de", "zu viele Anfragen")])
def test_one_account_takes_no_more_turns_than_leave_room_for_others(
    app: Flask, system: System, owner: Visitor, viewer: Visitor, slow: Slow, language: str, said: str
) -> None:
    key = tokens.make(system, accounts.named(system, "berta"), "viktor", ["read"], None, None)
    session = viewer.client.get_cookie("session")
    assert session is not None
    cookie = {"Cookie": f"session={session.value}"}
    every = turns.AT_ONCE + turns.WAITING
    with ThreadPoolExecutor(every) as many:
        working = [many.submit(app.test_client(use_cookies=False).get, PAGE, headers=cookie) for _ in range(every)]
        for _ in range(turns.AT_ONCE):
            assert slow.begun.acquire(timeout=30)
        assert eventually(lambda: app.extensions["turns"].waiting("account viktor") == turns.WAITING)
        for path in ("/api/heatpumps", "/"):
            refused = viewer.get(path, headers={"Accept-Language": language})
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1"), path
            assert said in refused.text, path
        assert viewer.get("/static/app.css").status_code == 200
        assert owner.get("/api/heatpumps").status_code == 200
        bearer = {"Authorization": f"Bearer {key}"}
        assert app.test_client().get("/api/heatpumps", headers=bearer).status_code == 200
        slow.go.set()
        assert {each.result().status_code for each in working} == {200}
    assert viewer.get("/api/heatpumps").status_code == 200


def test_what_fails_gives_its_turn_back(app: Flask, viewer: Visitor) -> None:
    def broken() -> NoReturn:
        raise RuntimeError("broken")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["compare.page"] = signed_in(broken)
    for path, status in ((PAGE, 500), ("/people/", 403), ("/heatpumps/hp-099", 404)):
        assert [viewer.get(path).status_code for _ in range(turns.AT_ONCE + 1)] == [status] * (turns.AT_ONCE + 1)
    assert [viewer.client.post("/logout").status_code for _ in range(turns.AT_ONCE + 1)] == [400] * (turns.AT_ONCE + 1)
    assert viewer.get("/api/heatpumps").status_code == 200


def test_a_turn_lasts_until_the_answer_is_sent(app: Flask, viewer: Visitor) -> None:
    app.extensions["turns"] = turns.Turns(longest_s=0.1)
    app.view_functions["compare.page"] = signed_in(lambda: Response(iter(["piece", "piece"])))
    sending = [viewer.client.get(PAGE) for _ in range(turns.AT_ONCE)]
    assert viewer.get("/api/heatpumps").status_code == 429
    for each in sending:
        each.close()
    assert viewer.get("/api/heatpumps").status_code == 200
