"""Every kind of channel makes an address that Apprise understands, and no failure repeats a secret."""

from __future__ import annotations

import html
import subprocess
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from app.messages import Invalid
from app.notify import delivery
from app.notify.delivery import Undelivered
from app.notify.kinds import KINDS
from tests.notify.conftest import SECRET
from tests.notify.receivers import mail_receiver, web_receiver
from tests.servers import refusing_port
from tests.tools import required
from tests.victoriametrics import free_port
from tests.waiting import eventually

FIELDS = {
    "email": {
        "host": "mail.example.org",
        "port": "587",
        "security": "starttls",
        "user": "a@example.org",
        "password": "p/w:@",
        "from": "a@example.org",
        "to": "b@example.org",
    },
    "ntfy": {"server": "https://ntfy.sh", "topic": "my topic", "token": "tk_abcdefghijklmnopqrstuvwxyz123"},
    "telegram": {"token": "123456789:AAEabcdefabcdefabcdefabcdefabcdefabc", "chat": "-100123456"},
    "signal": {"server": "http://127.0.0.1:8080", "from": "+491701234567", "to": "+491701234568, +491701234569"},
    "discord": {"webhook": "https://discord.com/api/webhooks/123456789012345678/abcdefabcdefabcdefabcdefabcdefabcdef"},
    "matrix": {"server": "https://matrix.org", "user": "berta", "password": "p:w", "room": "#house:matrix.org"},
    "pushover": {"user_key": "u" * 30, "token": "a" * 30},
    "webhook": {"url": "https://example.org/hook?key=1"},
    "apprise": {"url": "json://127.0.0.1/hook"},
}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"mqtt"}))
def test_what_somebody_types_makes_an_address(kind: str) -> None:
    delivery.check(kind, FIELDS[kind])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "understood"),
        ("nonsense://x", "understood"),
        ("syslog://", "refused"),
        ("dbus://", "refused"),
        ("windows://", "refused"),
        ("macosx://", "refused"),
        ("msteams://a/b/c/?template=/etc/passwd", "refused"),
        ("json://127.0.0.1/hook?redirect=yes", "refused"),
        ("tgram://x", "understood"),
        ("http://[", "understood"),
        ("", "understood"),
    ],
)
def test_what_leads_nowhere_or_acts_on_this_computer_is_refused(url: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        delivery.check("apprise", {"url": url})


def test_what_a_machine_says_is_text_also_where_a_message_is_html() -> None:
    title, body = "Warning: Keller <b> & Bad", "Fault 7 <script src=//x>\nline 2 > 1 & more\n[1-2]"
    with mail_receiver(SECRET) as post:
        address = f"mailto://127.0.0.1:{post.port}?from=a@example.org&to=b@example.org&mode=insecure&format=html"
        delivery.send("apprise", {"url": address}, title, body, "warning")
    part = post.got[0].get_body(("html",))
    assert part is not None and post.got[0]["Subject"] == title
    text = part.get_content().strip()
    assert "<" not in text.replace("<br/>", "")
    assert html.unescape(text.replace("<br/>", "\n")).replace("\xa0", " ") == body


def test_a_message_reaches_a_real_mqtt_broker(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", encoding="utf-8")
    broker = subprocess.Popen([required("mosquitto", "mosquitto"), "-c", str(config)], stderr=subprocess.DEVNULL)
    got: list[bytes] = []
    listening = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    listening.on_connect = lambda client, *_: client.subscribe("house/heat")
    listening.on_message = lambda client, _, message: got.append(message.payload)
    try:
        assert eventually(lambda: _reached(listening, port), 10)
        listening.loop_start()
        fields = {"host": "127.0.0.1", "port": str(port), "security": "none", "topic": "house/heat"}
        delivery.check("mqtt", fields)

        def arrived() -> bool:  # the listener may still be subscribing
            delivery.send("mqtt", fields, "Too cold", "Hot water 31 °C", "warning")
            time.sleep(0.2)
            return bool(got)

        assert eventually(arrived, 15)
        assert "Hot water 31 °C" in got[0].decode()
    finally:
        listening.disconnect()
        listening.loop_stop()
        broker.terminate()
        broker.wait()


def _reached(client: mqtt.Client, port: int) -> bool:
    try:
        return client.connect("127.0.0.1", port) == mqtt.MQTT_ERR_SUCCESS
    except OSError:
        return False


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("webhook", {"url": "http://127.0.0.1:PORT/" + SECRET}),
        ("webhook", {"url": f"http://user:{SECRET}@127.0.0.1:PORT/x?token={SECRET}"}),
        ("apprise", {"url": f"json://127.0.0.1:PORT/{SECRET}?+X-Key={SECRET}"}),
        ("ntfy", {"server": "http://127.0.0.1:PORT", "topic": SECRET, "token": f"tk_{SECRET}"}),
        ("email", {**FIELDS["email"], "host": "127.0.0.1", "port": "PORT", "security": "none", "password": SECRET}),
        ("matrix", {"server": "http://127.0.0.1:PORT", "user": "u", "password": SECRET, "room": "#house"}),
    ],
)
def test_a_failure_names_no_secret(kind: str, fields: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    with refusing_port() as port:
        filled = {name: value.replace("PORT", str(port)) for name, value in fields.items()}
        with pytest.raises(Undelivered) as failure:
            delivery.send(kind, filled, "title", "body", "info")
    assert str(failure.value.reason)
    assert SECRET not in str(failure.value.reason) + caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:PORT/there", "file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_message_is_not_sent_on_to_where_the_other_side_says(status: int, elsewhere: str) -> None:
    with web_receiver() as chosen, web_receiver() as other:
        chosen.status, chosen.location = status, elsewhere.replace("PORT", str(other.port))
        with pytest.raises(Undelivered):
            delivery.send("webhook", {"url": chosen.address + "/hook"}, "title", "body", "info")
        assert (len(chosen.paths), other.paths) == (1, [])
