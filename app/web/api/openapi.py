"""The JSON interface for programs: an OpenAPI document, made of what each view says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Rule

from app.services.rights import Access
from app.version import __version__
from app.web import access
from app.web.access import signed_in
from app.web.api import interface
from app.web.api.described import JSON, Description, described, description
from app.web.api.json import answer
from app.web.api.shapes.common import Error

PREFIX = "/api"
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
REF = "#/components/schemas/{name}"
CHANGING = frozenset({"POST", "PUT", "DELETE"})
WHO = {
    Access.PUBLIC: "Everybody, without signing in.",
    Access.READING: "Everybody with an account, and tokens of the scope read.",
    Access.CONTROLLING: "Owners, installers, and tokens of the scope control.",
    Access.OWNING: "Owners only; no token.",
    Access.OWN_ACCOUNT: "Everybody with an account; no token.",
    Access.SCRAPING: "Everybody with an account, and tokens of the scope metrics.",
}
WITH_TOKEN = frozenset({Access.READING, Access.CONTROLLING, Access.SCRAPING})


@interface.get("/openapi.json")
@signed_in
@described("This description", dict[str, Any])
def openapi() -> ResponseReturnValue:
    return answer(document(current_app))


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    rule: Rule
    method: str
    access: Access
    description: Description


def document(app: Flask) -> dict[str, Any]:
    """The whole of it. Raises RuntimeError for a view that does not describe itself."""
    operations = list(_operations(app))
    components = _components(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(path_of(each.rule), {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heat-pump monitor",
            "version": __version__,
            "summary": "Everything that the pages show, as JSON",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operations(app: Flask) -> Iterator[Operation]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith(f"{PREFIX}/"):
            continue
        said, who = description(app, rule.endpoint), access.decision(app, rule.endpoint)
        if said is None or who is None:
            raise RuntimeError(f"{rule.endpoint}: say @described(…)")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Operation(rule, method, who, said)


def _components(operations: Iterable[Operation]) -> dict[str, Any]:
    """Every shape by its name."""
    bodies = [each.description for each in operations]
    shapes = [
        Error,
        *(shape for said in bodies for of in (said.answers, said.sends, said.refuses) for shape in _each(of)),
    ]
    _, components = msgspec.json.schema_components(shapes, ref_template=REF)
    for component in components.values():
        if component.get("type") == "object" and "properties" in component:
            component["additionalProperties"] = False  # what is not told here is not answered, and not taken
    return components


def _each(shapes: Any) -> tuple[Any, ...]:
    if shapes is None:
        return ()
    return shapes if isinstance(shapes, tuple) else (shapes,)


def _schema(*shapes: Any) -> dict[str, Any]:
    """Any of these, by name where they have one."""
    made, _ = msgspec.json.schema_components(shapes, ref_template=REF)
    return {"anyOf": list(made)} if len(made) > 1 else made[0]


def _operation(each: Operation) -> dict[str, Any]:
    said = each.description
    success: dict[str, Any] = {"description": said.summary}
    if said.answers is not None:
        success["content"] = {said.media: {"schema": _schema(*_each(said.answers))}}
    elif said.media != JSON:
        success["content"] = {said.media: {"schema": {"type": "string"}}}
    refusal = {"description": "It was refused, or could not be done"}
    made: dict[str, Any] = {
        "operationId": each.rule.endpoint.rpartition(".")[2],
        "summary": said.summary,
        "description": WHO[each.access],
        "tags": [each.rule.rule.split("/")[2]],
        "parameters": [*_in_path(each.rule), *_behind(said)],
        "responses": {
            str(said.status): success,
            "default": refusal | {"content": {JSON: {"schema": _schema(*_each(said.refuses), Error)}}},
        },
        "security": _security(each),
    }
    if said.sends is not None:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": _schema(said.sends)}}}
    return made


def _security(each: Operation) -> list[dict[str, list[str]]]:
    if each.access is Access.PUBLIC:
        return [{}]
    cookie: dict[str, list[str]] = {"session": [], **({"csrf": []} if each.method in CHANGING else {})}
    return [cookie, {"token": []}] if each.access in WITH_TOKEN else [cookie]


def path_of(rule: Rule) -> str:
    """The address with its parts in braces, such as /api/heatpumps/{heatpump_id}."""
    return _PART.sub(r"{\1}", rule.rule)


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for name, converter in rule._converters.items():
        whole = isinstance(converter, IntegerConverter)
        schema = (
            {"type": "integer", "minimum": 0, "maximum": 2**63 - 1} if whole else {"type": "string", "minLength": 1}
        )
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _behind(said: Description) -> Iterator[dict[str, Any]]:
    """The parameters behind the question mark."""
    if said.asks is None:
        return
    (schema,), components = msgspec.json.schema_components([said.asks], ref_template=REF)
    own = components[schema["$ref"].rpartition("/")[2]]
    for name, of in own["properties"].items():
        yield {"name": name, "in": "query", "required": name in own.get("required", ()), "schema": of}
