"""What a view of the JSON interface takes and answers, said beside it; openapi.py tells it to programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Description:
    """`summary` is one sentence. `answers` is the shape of a success (several: one of them), None without a body.

    `sends` is the shape of the body, `asks` that of the parameters behind the address. `refuses` is what a refusal may
    be besides an Error. `media` is the answer's type.
    """

    summary: str
    answers: Any
    status: int
    sends: Any
    asks: Any
    refuses: Any
    media: str


def described(
    summary: str,
    answers: Any = None,
    *,
    status: int | None = None,
    sends: Any = None,
    asks: Any = None,
    refuses: Any = None,
    media: str = JSON,
) -> Callable[[View], View]:
    """Without `status` a success is 200, or 204 when it has no body."""
    usual = 204 if answers is None and media == JSON else 200

    def keep(view: View) -> View:
        view.description = Description(  # type: ignore[attr-defined]
            summary, answers, usual if status is None else status, sends, asks, refuses, media
        )
        return view

    return keep


def description(app: Flask, endpoint: str) -> Description | None:
    """None when the view of this endpoint does not say."""
    return getattr(app.view_functions[endpoint], "description", None)
