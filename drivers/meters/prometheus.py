"""One value of a Prometheus page of metrics, or of an instant query to a Prometheus."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from drivers.errors import BadAnswer
from drivers.meters import web
from drivers.meters.json_answer import found, number, parsed

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SELECTOR = re.compile(rf"({_NAME})(?:\{{(.*)\}})?", re.ASCII)
_LABEL = re.compile(rf'\s*({_NAME})\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.ASCII)


def exposed(body: bytes, selector: str) -> float:
    """The value of the one sample that this selector, such as power{phase="1"}, finds. Raises BadAnswer."""
    from prometheus_client.parser import text_string_to_metric_families  # only who has such a meter needs it

    name, labels = parts_of(selector)
    try:
        families = list(text_string_to_metric_families(body.decode()))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise BadAnswer("the answer is no page of Prometheus metrics") from error
    values = [
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return number(_only(values, selector), selector)


def parts_of(selector: str) -> tuple[str, dict[str, str]]:
    """A metric's name and its labels. Raises BadAnswer for what is no selector."""
    whole = _SELECTOR.fullmatch(selector.strip())
    if whole is None:
        raise BadAnswer('%(selector)s is no metric such as power{phase="1"}', selector=selector)
    labels, rest = {}, whole[2] or ""
    while rest.strip():
        label = _LABEL.match(rest)
        if label is None:
            raise BadAnswer('%(selector)s is no metric such as power{phase="1"}', selector=selector)
        labels[label[1]] = re.sub(r"\\(.)", r"\1", label[2])
        rest = rest[label.end() :]
    return whole[1], labels


def asked(address: str, query: str, user: str, secret: str) -> float:
    """The result of an instant query at /api/v1/query below this address. Raises DriverError."""
    content = parsed(web.get(f"{address.rstrip('/')}/api/v1/query?query={quote(query, safe='')}", user, secret))
    result = found(content, "/data/result")
    if found(content, "/data/resultType") == "scalar":
        return number(found(result, "/1"), query)
    series = result if isinstance(result, list) else []
    return number(found(_only(series, query), "/value/1"), query)


def _only(values: list[Any], what: str) -> Any:
    if len(values) != 1:
        raise BadAnswer("%(what)s finds %(count)d values instead of one", what=what, count=len(values))
    return values[0]
