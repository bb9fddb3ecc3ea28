"""One message to one channel, through Apprise. What is secret about the channel stays here."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from app.messages import Invalid, Message
from app.notify.kinds import KINDS, REFUSED_PARAMETERS, REFUSED_SCHEMES, Fields

LONGEST_FAILURE = 300
SHORTEST_SECRET = 3
HIDDEN = "•••"

_turn = threading.Lock()


class Undelivered(Exception):
    """The channel did not take the message; `reason` says why, without its secrets."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    type: str
    content: bytes


def send(kind: str, fields: Fields, title: str, body: str, severity: str, attachment: Attachment | None = None) -> None:
    """Takes as long as the other side does, some seconds at most. Raises Undelivered."""
    apprise = _apprise()
    address = KINDS[kind].address(fields)
    service = _service(apprise, address)
    if service is None:
        raise Undelivered(Message("the address of the channel is not understood"))
    types = {"info": "info", "warning": "warning", "critical": "failure", "recovered": "success"}
    with _Heard() as heard:
        try:
            files = None if attachment is None else _files(apprise, attachment)
            written = service.resolve_format(apprise.NotifyFormat.TEXT)
            blended = service.title_maxlen <= 0  # it has no titles, and puts them into the text
            good = service.notify(
                body=_as(apprise, written, body),
                title=_as(apprise, written, title) if blended else title,
                body_format=written,
                body_passthrough=False,
                notify_type=apprise.NotifyType(types[severity]),
                attach=files,
            )
        except Exception as error:  # noqa: BLE001  the edge of a library: whatever fails in it is a failed delivery
            heard.said.append(f"{type(error).__name__}: {error}")
            good = False
    if not good:
        reason = hidden(" · ".join(heard.said) or "no reason given", kind, fields, address)
        raise Undelivered(Message("%(why)s", {"why": reason}))


def _as(apprise: Any, written: Any, text: str) -> str:
    """Where a service sends HTML, lines must stay lines, and a `<` of a machine's text a `<`.

    Some services refuse the whole message otherwise.
    """
    return str(apprise.conversion.convert_between(apprise.NotifyFormat.TEXT, written, text))


def _files(apprise: Any, attachment: Attachment) -> Any:
    from apprise.attachment import memory

    made: Any = memory.AttachMemory
    files = apprise.AppriseAttachment()
    files.add(made(content=attachment.content, name=attachment.name, mimetype=attachment.type))
    return files


def prepare() -> None:
    """Load what sending needs, so that the first message does not wait for it."""
    _apprise()


def check(kind: str, fields: Fields) -> None:
    """Raises Invalid, naming the field, when no channel can be made of these."""
    address = KINDS[kind].address(fields)
    field = KINDS[kind].fields[0].id
    scheme = address.partition(":")[0].lower()
    try:
        asked = {name.lower() for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
    except ValueError:
        raise Invalid(field, "is no address that can be understood") from None
    if scheme in REFUSED_SCHEMES or asked & REFUSED_PARAMETERS:
        raise Invalid(field, "must lead to a service in the network; what acts on this computer is refused")
    apprise = _apprise()
    if _service(apprise, address) is None:
        raise Invalid(field, "is no address that can be understood")


def hidden(text: str, kind: str, fields: Fields, address: str) -> str:
    """The text without anything that is secret about this channel, on one line."""
    secrets = {fields[name] for name in KINDS[kind].secrets if fields.get(name)} | {address}
    for secret in list(secrets):
        secrets |= _parts(secret)
    secrets -= {value for name, value in fields.items() if name not in KINDS[kind].secrets}
    secrets |= {quote(secret, safe="") for secret in secrets} | {unquote(secret) for secret in secrets}
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    return re.sub(r"\s+", " ", text).strip()[:LONGEST_FAILURE]


def _parts(secret: str) -> set[str]:
    """What of an address could be a token: everything but the name of a web or mail server."""
    if "://" not in secret:
        return set()
    try:
        parts = urlsplit(secret)
        host = parts.hostname or ""
    except ValueError:
        return set()
    found = {each for each in (parts.username, parts.password, parts.path, parts.query) if each}
    found |= {piece for piece in parts.path.split("/") if piece} | {value for _, value in parse_qsl(parts.query)}
    return (
        found
        if "." in host or host == "localhost"
        else found | {host, secret.split("://", 1)[1].split("/", maxsplit=1)[0]}
    )


def _service(apprise: Any, address: str) -> Any:
    """The service that this address names; None when there is none."""
    asset = apprise.AppriseAsset(
        app_id="Heat-pump monitor",
        app_desc="Heat-pump monitor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,  # a message and its token go to the address that was entered, and nowhere else
    )
    with _Heard():
        try:
            return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        except Exception:  # noqa: BLE001  the edge of a library: it must not fail on what somebody typed
            return None


def _apprise() -> Any:
    """Imported when it is first needed: it costs 20 MB, and most of the time nobody sends anything."""
    with _turn:
        return _loaded()


@cache
def _loaded() -> Any:
    _keep_quiet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of modules that it only imports
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1")  # this is when it loads its services
    return apprise


def _keep_quiet() -> logging.Logger:
    """Apprise repeats addresses in its own log; what failed is said by us, without them."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # below that it names paths
    return logger


class _Heard(logging.Handler):
    """What Apprise complains about in this thread meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.said.append(record.getMessage())

    def __enter__(self) -> _Heard:
        _keep_quiet().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
