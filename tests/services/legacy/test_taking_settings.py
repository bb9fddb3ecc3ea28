"""Channels, the account and the settings of the program before this one, with what was secret there."""

from __future__ import annotations

import pytest
from werkzeug.security import generate_password_hash

from app.config import load
from app.services import accounts, channels
from app.store import write_rules
from tests.services.legacy import ancestor
from tests.services.legacy.taken import left, take


def test_a_channel_is_taken_with_its_password_opened(system, old):
    take(system, old)
    (channel,) = (each.channel for each in channels.all_of_them(system))
    assert (channel.kind, channel.name) == ("email", "E-Mail")
    assert channel.shown["to"] == "anna@example.org"
    assert system.channel_secrets.get(channel.secret) == {"password": "hidden"}


def test_telegram_and_discord_are_channels_here_too(system, tmp_path):
    telegram = {"enabled": True, "bot_token": "123456789:abcdefg_hijklmnop", "chat_ids": ["42"]}
    discord = {"enabled": False, "webhook_url": "https://discord.com/api/webhooks/1/abc"}
    old = ancestor.make(tmp_path / "old", telegram=telegram, discord=discord, email={})
    take(system, old)
    found = [each.channel for each in channels.all_of_them(system)]
    assert {each.kind: each.enabled for each in found} == {"telegram": True, "discord": False}


def test_what_stands_there_besides_is_named(system, tmp_path):
    old = ancestor.make(
        tmp_path / "old",
        mqtt={"broker": "127.0.0.1", "topic_prefix": "idm", "qos": 1, "tls_ca_cert": ""},
        dashboards=[{"name": "Tafel", "layout": 2, "charts": [{"title": "Bild", "zoom": 1, "queries": []}]}],
        annotations=[{"id": "n", "time": 1_700_000_000, "text": "x", "author": "A"}],
    )
    found = left(take(system, old))
    assert {("setting", "mqtt.qos"), ("chart", "Tafel: layout"), ("chart", "Tafel: Bild: zoom")} <= found.keys()
    assert ("setting", "mqtt.tls_ca_cert") not in found
    assert any(kind == "note" and what.endswith(": author") for kind, what in found)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (None, "sealed, and .secret.key is not in the folder"),
        (b"nonsense", ".secret.key is no key"),
        (b"A" * 43 + b"=", "sealed with another key"),
    ],
)
def test_without_the_right_key_a_channel_is_left_and_it_is_said(system, tmp_path, key, says):
    old = ancestor.make(tmp_path / "old", with_key=False)
    if key is not None:
        (old / ".secret.key").write_bytes(key)
    assert says in left(take(system, old))["channel", "email"]
    assert channels.all_of_them(system) == []


def test_the_administrator_signs_in_with_the_password_of_before(system, old):
    take(system, old)
    user = accounts.who(system, "admin", ancestor.PASSWORD)
    assert user is not None
    assert user.role == "owner"


@pytest.mark.parametrize(
    "hashed", ["sha256$salt$abcdef", "md5$x$y", "bcrypt:12$x$y", "plain", "scrypt:many:8:1$salt$abc", "$$"]
)
def test_a_password_hashed_in_an_unsupported_way_is_left(system, tmp_path, hashed):
    old = ancestor.make(tmp_path / "old", web={"admin_password_hash": hashed})
    assert "hashed in a way" in left(take(system, old))["account", "admin"]
    assert accounts.first_start(system)


def test_the_password_that_the_older_program_came_with_opens_nothing_here(system, tmp_path):
    hashed = generate_password_hash("admin", "scrypt")
    old = ancestor.make(tmp_path / "old", web={"admin_password_hash": hashed})
    assert "came with" in left(take(system, old))["account", "admin"]
    assert accounts.first_start(system)


def test_settings_are_taken_where_there_are_such(system, old):
    report = take(system, old)
    assert (system.config.folder / "config.yaml").read_text() == "victoriametrics: http://127.0.0.1:8428\n"
    assert "" in write_rules.stops(system.database.connection())
    assert ("setting", "colour") in left(report)
    assert ("channel", "webdav") in left(report)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://example.org/vm/write?db=x", "https://example.org/vm"),
        ("http://127.0.0.1:8428/api/v1/import/prometheus", "http://127.0.0.1:8428"),
        ("http://127.0.0.1:99999/write", None),
        ("http://[::1/write", None),
        ("http://a b/write", None),
        ("file:///etc/passwd", None),
        (5, None),
    ],
)
def test_the_address_of_victoriametrics_is_taken_only_when_the_program_starts_with_it(system, tmp_path, url, base):
    report = take(system, ancestor.make(tmp_path / "old", metrics={"url": url}))
    assert load(system.config.folder, {}).victoriametrics == (base or "")
    assert (("setting", "metrics.url") in left(report)) == (base is None)


@pytest.mark.parametrize(
    ("before", "added"), [("port: 8181\n", True), ('{"port": 8181}\n', False), ("port: 8181\n...\n", False)]
)
def test_the_settings_that_are_there_stay_as_they_are(system, old, before, added):
    path = system.config.folder / "config.yaml"
    path.write_text(before)
    path.chmod(0o640)
    report = take(system, old)
    assert path.read_text() == before + ("victoriametrics: http://127.0.0.1:8428\n" if added else "")
    assert path.stat().st_mode & 0o777 == 0o640
    assert (("setting", "metrics.url") in left(report)) is not added


def test_a_password_in_the_address_of_victoriametrics_is_never_shown(system, tmp_path):
    old = ancestor.make(tmp_path / "old", metrics={"url": "http://anna:hidden@127.0.0.1:8428/api/v1/write"})
    report = take(system, old)
    assert "hidden@127.0.0.1:8428" in (system.config.folder / "config.yaml").read_text()
    assert not any("hidden" in str(each) for each in report.found)
