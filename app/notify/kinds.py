"""The kinds of channels: which fields each has, and the Apprise address that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from app.messages import Message

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a channel. What is secret is never shown again; `choices`: the only values, each with its title."""

    id: str
    title: Message
    hint: Message | None = None
    secret: bool = False
    required: bool = True
    choices: Mapping[str, Message] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`address`: fields → the address that Apprise understands."""

    id: str
    title: str
    fields: tuple[Field, ...]
    address: Callable[[Fields], str]

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(field.id for field in self.fields if field.secret)


def _q(text: str) -> str:
    return quote(text, safe="")


def _login(fields: Fields) -> str:
    user, secret = fields.get("user", ""), fields.get("password", "")
    if not user:
        return ""
    return f"{_q(user)}:{_q(secret)}@" if secret else f"{_q(user)}@"


def _server(fields: Fields) -> str:
    port = fields.get("port", "")
    return f"{fields['host']}:{port}" if port else fields["host"]


def _email(fields: Fields) -> str:
    security = fields.get("security", "starttls")
    mode = {"tls": "ssl", "starttls": "starttls", "none": "insecure"}[security]
    scheme = "mailto" if security == "none" else "mailtos"
    query = {"smtp": fields["host"], "from": fields["from"], "to": fields["to"], "mode": mode, "format": "text"}
    return f"{scheme}://{_login(fields)}{_server(fields)}?{urlencode(query, quote_via=quote)}"


def _web(fields: Fields, secure: str, plain: str) -> tuple[str, str, str]:
    """Scheme, host with port, and path of a server that is named by its http or https address."""
    parts = urlsplit(fields["server"])
    return (plain if parts.scheme == "http" else secure), parts.netloc, parts.path.rstrip("/")


def _ntfy(fields: Fields) -> str:
    scheme, host, _ = _web(fields, "ntfys", "ntfy")
    login = f"{_q(fields['token'])}@" if fields.get("token") else _login(fields)
    return f"{scheme}://{login}{host}/{_q(fields['topic'])}"


def _matrix(fields: Fields) -> str:
    scheme, host, _ = _web(fields, "matrixs", "matrix")
    login = _login(fields) if fields.get("user") else f"{_q(fields['password'])}@"
    return f"{scheme}://{login}{host}/{_q(fields['room'])}"


def _signal(fields: Fields) -> str:
    scheme, host, _ = _web(fields, "signals", "signal")
    to = "/".join(_q(number.strip()) for number in fields["to"].split(","))
    return f"{scheme}://{_login(fields)}{host}/{_q(fields['from'])}/{to}"


def _webhook(fields: Fields) -> str:
    parts = urlsplit(fields["url"])
    scheme = "json" if parts.scheme == "http" else "jsons"
    # what begins with a minus is sent along; the rest would be taken as settings of Apprise
    query = urlencode([(f"-{name}", value) for name, value in parse_qsl(parts.query, keep_blank_values=True)])
    return f"{scheme}://{parts.netloc}{parts.path}{'?' if query else ''}{query}"


def _mqtt(fields: Fields) -> str:
    scheme = "mqtts" if fields.get("security") == "tls" else "mqtt"
    return f"{scheme}://{_login(fields)}{_server(fields)}/{quote(fields['topic'])}"


_HOST = Field("host", Message("Server"), Message("Host name or IP address."))
_PORT = Field("port", Message("Port"), Message("Empty: the usual one."), required=False)
_USER = Field("user", Message("User"), required=False)
_PASSWORD = Field("password", Message("Password"), secret=True, required=False)
_NONE, _TLS = Message("not encrypted"), Message("TLS")

KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind(
            "email",
            "E-Mail",
            (
                _HOST,
                _PORT,
                Field(
                    "security",
                    Message("Encryption"),
                    choices={"starttls": Message("STARTTLS"), "tls": _TLS, "none": _NONE},
                ),
                _USER,
                _PASSWORD,
                Field("from", Message("Sender")),
                Field("to", Message("Recipients"), Message("Several with commas.")),
            ),
            _email,
        ),
        Kind(
            "ntfy",
            "ntfy",
            (
                Field("server", Message("Server"), Message("Such as https://ntfy.sh.")),
                Field("topic", Message("Topic"), Message("Whoever knows it can read along."), secret=True),
                Field("token", Message("Access token"), secret=True, required=False),
                _USER,
                _PASSWORD,
            ),
            _ntfy,
        ),
        Kind(
            "telegram",
            "Telegram",
            (
                Field("token", Message("Token of the bot"), Message("From @BotFather."), secret=True),
                Field("chat", Message("Chat ID")),
            ),
            lambda fields: f"tgram://{fields['token']}/{_q(fields['chat'])}",
        ),
        Kind(
            "signal",
            "Signal",
            (
                Field(
                    "server", Message("Server"), Message("Of your signal-cli-rest-api, such as http://127.0.0.1:8080.")
                ),
                _USER,
                _PASSWORD,
                Field("from", Message("Sender"), Message("The telephone number that is registered there.")),
                Field("to", Message("Recipients"), Message("Telephone numbers or groups, several with commas.")),
            ),
            _signal,
        ),
        Kind(
            "discord",
            "Discord",
            (Field("webhook", Message("Webhook address"), Message("From the settings of the channel."), secret=True),),
            lambda fields: fields["webhook"],
        ),
        Kind(
            "matrix",
            "Matrix",
            (
                Field("server", Message("Server"), Message("Such as https://matrix.org.")),
                Field("user", Message("User"), Message("Empty with an access token."), required=False),
                Field("password", Message("Password or access token"), secret=True),
                Field("room", Message("Room"), Message("Such as #house:matrix.org.")),
            ),
            _matrix,
        ),
        Kind(
            "pushover",
            "Pushover",
            (
                Field("user_key", Message("User key"), secret=True),
                Field("token", Message("Token of the application"), secret=True),
            ),
            lambda fields: f"pover://{fields['user_key']}@{fields['token']}",
        ),
        Kind(
            "webhook",
            "Webhook",
            (Field("url", Message("Address"), Message("It gets the message as JSON by POST."), secret=True),),
            _webhook,
        ),
        Kind(
            "mqtt",
            "MQTT",
            (
                _HOST,
                _PORT,
                Field("security", Message("Encryption"), choices={"none": _NONE, "tls": _TLS}),
                _USER,
                _PASSWORD,
                Field("topic", Message("Topic")),
            ),
            _mqtt,
        ),
        Kind(
            "apprise",
            "Apprise",
            (
                Field(
                    "url",
                    Message("Apprise address"),
                    Message("For every other service; its documentation says how the address is made."),
                    secret=True,
                ),
            ),
            lambda fields: fields["url"],
        ),
    )
}

WEB_ADDRESSES = frozenset({"server", "webhook"})
"""Fields that must be an http or https address; so must the `url` of a webhook."""

REFUSED_SCHEMES = frozenset(
    {"dbus", "glib", "gio", "gnome", "growl", "kde", "macosx", "qt", "syslog", "windows", "file", "workflow"}
)
"""What would act on this computer instead of sending a message somewhere."""

REFUSED_PARAMETERS = frozenset({"template", "pgppub", "pgpprv", "keyfile", "file", "redirect"})
"""What would read a file of this computer, or follow the other side to another one."""
