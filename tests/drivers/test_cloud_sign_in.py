"""Signing in at a maker's cloud, against a simulated one: what goes well, and each way in which it does not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from drivers import cloud_sign_in
from drivers.errors import BadAnswer, Refused, Unreachable
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.viessmann import machines
from tests.drivers.cloud import (
    CLIENT,
    REDIRECT,
    MadServer,
    UtcClock,
    accounts_in,
    allowed,
    http,
    place,
    signed_in,
    simulated,
    vitocal,
)


@pytest.fixture
def clock() -> UtcClock:
    return UtcClock()


@pytest.fixture
def cloud(clock: UtcClock):  # type: ignore[no-untyped-def]
    with simulated(vitocal(), clock) as simulator:
        yield simulator


def test_a_sign_in_lasts_and_renews_itself(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    assert account.signed_in
    machines(account, 5)
    asked = cloud.sign_in.asked
    clock.now += 3550
    machines(account, 5)
    assert cloud.sign_in.asked == asked + 1
    machines(accounts_in(tmp_path, clock).of(place(cloud)), 5)
    assert cloud.sign_in.asked == asked + 1


def test_a_token_that_the_cloud_calls_expired_is_renewed_once(
    tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    cloud.sign_in.expire()
    assert machines(account, 5)
    assert cloud.requests == 2


def test_a_revoked_sign_in_asks_for_another_and_is_not_tried_again(
    tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    cloud.sign_in.revoke()
    for _ in range(3):
        with pytest.raises(Refused, match="sign in again, in the form of the heat pump"):
            machines(account, 5)
    assert (cloud.requests, cloud.sign_in.asked) == (1, 2)
    assert not account.signed_in
    signed_in(accounts_in(tmp_path, clock), cloud)
    assert machines(account, 5)


def test_without_a_sign_in_nothing_is_asked(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    with pytest.raises(Refused, match="nobody has signed in"):
        machines(accounts_in(tmp_path, clock).of(place(cloud)), 5)
    assert cloud.requests == 0


def test_a_code_lives_twenty_seconds(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    accounts = accounts_in(tmp_path, clock)
    sign_in = accounts.begin(cloud.login, CLIENT, REDIRECT)
    answer = allowed(sign_in.page, cloud)
    clock.now += 21
    with pytest.raises(Refused, match=r"no longer good \(it lives about 20 seconds\); begin the sign-in again"):
        accounts.of(place(cloud)).finish(sign_in, answer, 5)


def test_a_code_is_good_for_the_one_who_began(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    accounts = accounts_in(tmp_path, clock)
    mine, other = (accounts.begin(cloud.login, CLIENT, REDIRECT) for _ in range(2))
    answer = allowed(other.page, cloud)
    with pytest.raises(Refused, match="does not belong to the sign-in that was begun here"):
        accounts.of(place(cloud)).finish(mine, answer, 5)
    with pytest.raises(Refused, match="no longer good"):
        accounts.of(place(cloud)).finish(mine, answer | {"state": mine.state}, 5)


def test_a_state_is_good_for_one_answer(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    accounts = accounts_in(tmp_path, clock)
    sign_in = accounts.begin(cloud.login, CLIENT, REDIRECT)
    assert accounts.answered(sign_in.state) == sign_in
    assert accounts.answered(sign_in.state) is None
    with pytest.raises(Refused, match="does not belong"):
        cloud_sign_in.code_in({"code": "a", "state": ""}, None, clock())


def test_a_refused_consent_is_told(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    accounts = accounts_in(tmp_path, clock)
    sign_in = accounts.begin(cloud.login, CLIENT, REDIRECT)
    with pytest.raises(Refused, match="access was not allowed at the maker's page"):
        accounts.of(place(cloud)).finish(sign_in, allowed(sign_in.page, cloud, yes=False), 5)


def test_an_unknown_client_id_is_told(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    accounts = accounts_in(tmp_path, clock)
    sign_in = accounts.begin(cloud.login, CLIENT, REDIRECT)
    answer = allowed(sign_in.page, cloud)
    cloud.sign_in.unknown_clients.add(CLIENT)
    with pytest.raises(Refused, match="does not know this client id"):
        accounts.of(place(cloud)).finish(sign_in, answer, 5)


def test_a_sign_in_that_took_too_long_is_begun_again(
    tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock
) -> None:
    sign_in = accounts_in(tmp_path, clock).begin(cloud.login, CLIENT, REDIRECT)
    with pytest.raises(Refused, match="took longer than 15 minutes"):
        cloud_sign_in.code_in({"code": "a", "state": sign_in.state}, sign_in, clock() + 901)


@pytest.mark.parametrize("text", ["the-code", " the-code\n", "{whole}", "?code=the-code&state={state}"])
def test_what_was_pasted_may_be_the_code_or_the_whole_address(tmp_path: Path, clock: UtcClock, text: str) -> None:
    sign_in = accounts_in(tmp_path, clock).begin("https://example.org", CLIENT, REDIRECT)
    whole = f"http://localhost:8080/x?code=the-code&state={sign_in.state}"
    found = cloud_sign_in.pasted(text.replace("{whole}", whole).replace("{state}", sign_in.state), sign_in)
    assert cloud_sign_in.code_in(found, sign_in, clock()) == (sign_in, "the-code")


@pytest.mark.parametrize(
    "text", ["", "http://localhost/?state={state}", "http://localhost/?code=x", "code=x&state=other"]
)
def test_what_was_pasted_wrongly_is_refused(tmp_path: Path, clock: UtcClock, text: str) -> None:
    sign_in = accounts_in(tmp_path, clock).begin("https://example.org", CLIENT, REDIRECT)
    with pytest.raises(Refused, match="begin the sign-in again"):
        cloud_sign_in.code_in(cloud_sign_in.pasted(text.replace("{state}", sign_in.state), sign_in), sign_in, clock())


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (http(b"<html>", "502 Bad Gateway"), Unreachable, r"a fault of its own \(502\)"),
        (http(b"<html>"), BadAnswer, "without a word that this program understands"),
        (http(b"{}"), BadAnswer, "without a token"),
        (http(b'{"access_token": "a b\\r\\nX: 1"}'), BadAnswer, "without a token"),
        (http(b'{"error": "slow_down"}', "429 Too Many"), Unreachable, "asks for a pause"),
        (http(b'{"error": "odd"}', "400 Bad"), Refused, r"refuses with 400 \(odd\)"),
    ],
)
def test_an_odd_token_endpoint_is_told_and_keeps_nothing(
    tmp_path: Path, clock: UtcClock, answer: bytes, kind: type[Exception], said: str
) -> None:
    accounts = accounts_in(tmp_path, clock)
    with MadServer([answer]) as server:
        sign_in = accounts.begin(server.url, CLIENT, REDIRECT)
        account = accounts.of(place_at(server.url))
        with pytest.raises(kind, match=said):
            account.finish(sign_in, {"code": "c", "state": sign_in.state}, 5)
        assert not account.signed_in


def place_at(url: str):  # type: ignore[no-untyped-def]
    from drivers.base import Cloud

    return Cloud(url, url, CLIENT, "1", "2", "0")


def test_the_tokens_lie_in_a_private_file_and_nowhere_else(
    tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    machines(account, 5)
    (file,) = (tmp_path / "accounts").glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    tokens = account._tokens.load()
    assert tokens is not None
    for secret in (tokens.access, tokens.refresh):
        assert secret not in repr(tokens) + caplog.text + " ".join(cloud.asked)
        holders = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_text()]
        assert holders == [file]


def test_after_signing_out_nothing_is_asked(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    account.sign_out()
    with pytest.raises(Refused, match="nobody has signed in"):
        machines(account, 5)


def test_a_damaged_token_file_counts_as_no_sign_in(tmp_path: Path, cloud: ViessmannSimulator, clock: UtcClock) -> None:
    account = signed_in(accounts_in(tmp_path, clock), cloud)
    (file,) = (tmp_path / "accounts").glob("*.json")
    file.write_bytes(b'{"access": 7}')
    assert not account.signed_in
