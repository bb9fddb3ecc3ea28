"""Accounts of people, and tokens of programs."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from app.web.api.shapes.common import HeatPumpId, Seconds

Role = Literal["owner", "installer", "viewer"]
Scope = Literal["read", "control", "metrics"]
LastDay = Annotated[str, Meta(description="The last day on which it counts, such as 2026-12-31")]


class Person(TypedDict):
    """`heatpumps`: null for all of them."""

    id: int
    username: str
    role: Role
    created_at: Seconds
    expires: LastDay | None
    expired: bool
    heatpumps: list[HeatPumpId] | None
    second_factor: bool


class People(TypedDict):
    people: list[Person]


class _Bounds(TypedDict, total=False):
    expires: LastDay | None
    heatpumps: list[HeatPumpId] | None


class PersonSent(_Bounds):
    username: Annotated[str, Meta(max_length=80)]
    password: str
    role: Role


class PersonChanged(_Bounds, total=False):
    role: Role


class PasswordSent(TypedDict):
    password: str


class Token(TypedDict):
    """`heatpumps`: null for all of them. `used_at` is told to the hour."""

    id: int
    name: str
    scopes: list[Scope]
    made_by: str
    created_at: Seconds
    expires: LastDay | None
    expired: bool
    used_at: Seconds | None
    heatpumps: list[HeatPumpId] | None


class TokenMade(Token):
    key: Annotated[str, Meta(description="Told this once; only its hash is kept")]


class Tokens(TypedDict):
    tokens: list[Token]


class TokenSent(_Bounds):
    name: Annotated[str, Meta(max_length=80)]
    scopes: list[Scope]
