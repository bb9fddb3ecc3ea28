"""Trying passwords is slow, survives a restart, and shuts nobody out for good."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.services import throttle
from app.system import System, assemble
from tests.disk import full_disk
from tests.web.conftest import NOW
from tests.web.people import PASSWORD, Visitor, account


def tries(app: Flask, name: str, times: int, address: str = "192.168.1.66") -> list[int]:
    """The answers to so many wrong passwords from one address, each from a browser without cookies."""
    return [wrong(app, name, address) for _ in range(times)]


def wrong(app: Flask, name: str, address: str, password: str = "wrong") -> int:
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor.sign_in(name, password).status_code


def test_after_some_mistakes_there_is_a_pause_that_says_how_long(app: Flask, visitor: Visitor) -> None:
    assert tries(app, "berta", 6) == [401] * 5 + [429]
    visitor.client.environ_base["REMOTE_ADDR"] = "192.168.1.66"
    answer = visitor.sign_in("berta")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "try again in 1 s" in answer.text


def test_an_account_that_does_not_exist_answers_the_same(app: Flask, visitor: Visitor) -> None:
    assert tries(app, "berta", 7, "192.168.1.66") == tries(app, "nobody", 7, "192.168.1.77")


def test_pauses_grow_and_end(app: Flask, visitor: Visitor, system: System) -> None:
    now = NOW
    system.clock = lambda: now
    waits = []
    for _ in range(14):
        while wrong(app, "berta", "192.168.1.66") == 429:
            now += 1
        waits.append(now)
    pauses = [after - before for before, after in pairwise(waits)]
    assert pauses[:4] == [0, 0, 0, 0]
    assert pauses[4:11] == [1, 2, 4, 8, 16, 32, 64]
    now += 900
    assert wrong(app, "berta", "192.168.1.66", "a long pass phrase") == 302


def test_counting_survives_a_restart(tmp_path: Path) -> None:
    def started() -> tuple[System, Flask]:
        system = assemble(Config(tmp_path))
        system.clock = lambda: NOW
        return system, create_app(system, "a secret of this test")

    system, app = started()
    account(system, "berta", "owner")
    tries(app, "berta", 5)
    system.database.close()
    system, app = started()
    assert tries(app, "berta", 1) == [429]
    system.database.close()


def test_strangers_cannot_shut_the_owner_out(app: Flask, owner: Visitor, system: System) -> None:
    """The owner's own browser is counted by itself; on another one the pause is a minute at most."""
    now = NOW
    system.clock = lambda: now
    for number in range(60):
        wrong(app, "berta", f"192.168.1.{number}")
        now += 61
    assert wrong(app, "berta", "192.168.1.1", "wrong") in (401, 429)
    owner.post("/logout")
    assert owner.sign_in("berta").location == "/"
    for number in range(60):
        wrong(app, "berta", f"192.168.2.{number}")
        now += 61
    assert wrong(app, "berta", "192.168.3.1", "a long pass phrase") == 302


def test_a_known_browser_cannot_try_for_ever_either(app: Flask, owner: Visitor) -> None:
    owner.post("/logout")
    answers = [owner.sign_in("berta", "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_browser_known_for_one_account_is_nobody_special_for_another(
    app: Flask, system: System, owner: Visitor
) -> None:
    account(system, "viktor", "viewer")
    thief = Visitor(app)
    thief.sign_in("viktor")
    thief.post("/logout")
    tries(app, "berta", 6, "192.168.1.5")
    assert thief.sign_in("berta", "wrong").status_code == 429


def test_an_own_account_buys_no_more_tries_at_another(app: Flask, system: System, visitor: Visitor) -> None:
    account(system, "viktor", "viewer")
    answers = []
    for _ in range(4):
        answers += [wrong(app, f"victim{len(answers)}", "192.168.1.66")]
        answers += [wrong(app, "viktor", "192.168.1.66", "a long pass phrase")]
    assert wrong(app, "victim", "192.168.1.66") == 401
    assert wrong(app, "victim2", "192.168.1.66") == 429


def test_a_pause_is_no_longer_when_the_clock_is_set_back(app: Flask, visitor: Visitor, system: System) -> None:
    tries(app, "berta", 5)
    system.clock = lambda: NOW - 1_000_000
    with pytest.raises(throttle.TooManyTries) as pause:
        throttle.count(system, [throttle.account("berta")])
    assert pause.value.wait_s == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.168.1.5", "192.168.1.6", False),
        ("not an address", "not an address", True),
    ],
)
def test_an_ipv6_household_is_one_address(one: str, other: str, same: bool) -> None:
    assert (throttle.address(one) == throttle.address(other)) is same


def test_what_is_typed_as_a_name_is_not_kept(app: Flask, visitor: Visitor, system: System) -> None:
    wrong(app, "my password by mistake", "192.168.1.66")
    dump = "\n".join(system.database.connection().iterdump())
    assert "by mistake" not in dump and "192.168.1.66" not in dump


def test_a_full_disk_signs_nobody_in_and_says_so_but_whoever_is_signed_in_can_look(
    app: Flask, owner: Visitor, system: System
) -> None:
    stranger = Visitor(app)
    token = stranger.token()
    system.clock = lambda: NOW + 7200
    with full_disk(0):
        answer = stranger.client.post("/login", data={"csrf_token": token, "username": "berta", "password": PASSWORD})
        seen = owner.get("/account/")
    assert (answer.status_code, "make room on the disk" in answer.text) == (503, True)
    assert seen.status_code == 200


def test_behind_a_proxy_the_visitors_own_address_counts(system: System) -> None:
    from dataclasses import replace

    system.config = replace(system.config, behind_https=True)
    app = create_app(system, "a secret of this test")
    account(system, "berta", "owner")

    def sent(address: str) -> int:
        visitor = Visitor(app)
        base = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"6.6.6.6, {address}"}
        visitor.client.environ_base.update(base)
        return visitor.sign_in(f"nobody{address}", "wrong").status_code

    assert [sent("203.0.113.5") for _ in range(6)] == [401] * 5 + [429]
    assert sent("203.0.113.6") == 401
