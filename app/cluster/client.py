"""VictoriaMetrics over HTTP: pushing samples, and asking for them again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import requests

from app import metric
from app.cluster import lines
from app.cluster.lines import Key, Line
from app.messages import Unavailable

CONNECT_TIMEOUT_S, QUERY_TIMEOUT_S, IMPORT_TIMEOUT_S = 3.0, 10.0, 20.0
"""Somebody waits in front of a page for a query, and nobody for an import."""

ACCEPTED = 204
LONGEST = "50y"
"""How far back a server is asked; it finds nothing when this reaches before 1970."""


class CannotBeAsked(Unavailable):
    """It takes samples but does not give them out, as vmagent does."""


class VictoriaMetrics:
    """One server or cluster. Addresses are bases: `write` of /api/v1/import, `read` of /api/v1/query."""

    def __init__(self, write: str, read: str = "") -> None:
        self._write = write.rstrip("/")
        self._read = (read or write).rstrip("/")
        self._session = requests.Session()
        # the address in the settings is the whole truth: a proxy variable meant for something else must not count
        self._session.trust_env = False

    @property
    def address(self) -> str:
        """Where samples go, without a password."""
        return without_password(self._write or self._read)

    def push(self, series: Iterable[Line]) -> None:
        """Hand over these samples. Raises Unavailable; whether they have arrived is unsure then."""
        if not self._write:
            raise Unavailable("no victoriametrics is configured that samples could be pushed to")
        address = f"{self._write}/api/v1/import"
        answer = self._ask(address, lines.encoded(series), IMPORT_TIMEOUT_S)
        if answer.status_code != ACCEPTED:
            raise _refused(address, answer)

    def times(self, labels: Mapping[str, str], start: int, end: int) -> dict[Key, set[int]]:
        """Which samples with these labels are there, start <= time <= end (UTC seconds).

        Raises CannotBeAsked for a server that only takes samples, else Unavailable.
        """
        address = f"{self._read}/api/v1/export"
        # VictoriaMetrics remembers for ten seconds that nothing matched a selector; so none is like the one before
        match = selector(labels, f'__name__=~"{metric.PREFIX}.+"', f'asked!="{uuid4()}"')
        answer = self._ask(address, {"match[]": match, "start": start, "end": end}, IMPORT_TIMEOUT_S)
        if answer.status_code in (400, 404, 405):
            raise CannotBeAsked("%(address)s does not say which samples it has", address=without_password(address))
        if answer.status_code != requests.codes.ok:
            raise _refused(address, answer)
        try:
            return lines.times_of(answer.content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _not_victoriametrics(address) from error

    def query(self, kind: str, **arguments: Any) -> list[dict[str, Any]]:
        """The result of /api/v1/query or /api/v1/query_range (`kind`). Raises Unavailable."""
        address = f"{self._read}/api/v1/{kind}"
        # the defaults would move the ends of the range and hide the last half minute
        exact = {"nocache": "1", "latency_offset": "1ms"}
        answer = self._ask(address, arguments | exact, QUERY_TIMEOUT_S)
        if answer.status_code != requests.codes.ok:
            raise _refused(address, answer)
        try:
            result: list[dict[str, Any]] = orjson.loads(answer.content)["data"]["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise _not_victoriametrics(address) from error
        return result

    def span_without(self, prefix: str, label: str) -> tuple[int, int] | None:
        """First and last UTC second of the series of such names that lack this label. Raises Unavailable."""
        match = _lacking(prefix, label)
        ends = [
            self.query("query", query=f"{outer}({inner}_over_time({match}[{LONGEST}]))")
            for outer, inner in (("min", "tfirst"), ("max", "tlast"))
        ]
        if not all(ends):
            return None
        try:
            first, last = (math.floor(float(result[0]["value"][1])) for result in ends)
        except (ValueError, OverflowError, KeyError, TypeError, IndexError) as error:
            raise _not_victoriametrics(f"{self._read}/api/v1/query") from error
        return first, last

    def names_without(self, prefix: str, label: str) -> list[str]:
        """The names of these series. Raises Unavailable."""
        result = self.query("query", query=f"count(last_over_time({_lacking(prefix, label)}[{LONGEST}])) by (__name__)")
        return sorted(each["metric"]["__name__"] for each in result)

    def samples_without(self, prefix: str, label: str, start: int, end: int) -> dict[str, list[tuple[int, float]]]:
        """Name → (UTC second, value) of these series, start <= time < end, in order of time. Raises Unavailable."""
        address = f"{self._read}/api/v1/export"
        asked = {"match[]": _lacking(prefix, label), "start": start, "end": f"{end - 0.001:.3f}"}
        answer = self._ask(address, asked, IMPORT_TIMEOUT_S)
        if answer.status_code != requests.codes.ok:
            raise _refused(address, answer)
        try:
            return lines.samples_of(answer.content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _not_victoriametrics(address) from error

    def close(self) -> None:
        self._session.close()

    def _ask(self, address: str, body: Any, timeout_s: float) -> requests.Response:
        try:
            return self._session.post(address, body, timeout=(CONNECT_TIMEOUT_S, timeout_s), allow_redirects=False)
        except requests.Timeout as error:
            raise Unavailable(
                "VictoriaMetrics at %(address)s did not answer in time; is it overloaded, or is the address wrong?",
                address=without_password(address),
            ) from error
        except requests.RequestException as error:
            raise Unavailable(
                "VictoriaMetrics at %(address)s cannot be reached; check that it runs and the key victoriametrics",
                address=without_password(address),
            ) from error


def selector(labels: Mapping[str, str], *conditions: str) -> str:
    """A series selector of MetricsQL; an empty label means that there is no such label."""
    pairs = [f"{name}={_quoted(value)}" for name, value in labels.items()]
    return "{" + ",".join([*conditions, *pairs]) + "}"


def _lacking(prefix: str, label: str) -> str:
    # VictoriaMetrics remembers for ten seconds that nothing matched a selector; so none is like the one before
    return selector({label: ""}, f'__name__=~"{prefix}.+"', f'asked!="{uuid4()}"')


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _refused(address: str, answer: requests.Response) -> Unavailable:
    said = " ".join(answer.text.split())[:200]
    return Unavailable(
        "VictoriaMetrics at %(address)s refuses with %(code)d: %(said)s; check its log and the key victoriametrics",
        address=without_password(address),
        code=answer.status_code,
        said=said,
    )


def _not_victoriametrics(address: str) -> Unavailable:
    return Unavailable(
        "what answers at %(address)s is not VictoriaMetrics; check the key victoriametrics",
        address=without_password(address),
    )


def without_password(address: str) -> str:
    """As it may be shown."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
