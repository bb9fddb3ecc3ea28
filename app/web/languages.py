"""German and English: which one a reader gets, and our sentences in it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request, session
from flask_babel import format_decimal, get_locale, gettext
from flask_login import current_user

from app.messages import Message, Sentence

LANGUAGES = {"de": "Deutsch", "en": "English"}
SMALLEST, WIDEST = 1e-6, 1e12
"""Numbers that anybody would read digit by digit."""


def chosen() -> str:
    """The account's language, else the session's, else the browser's, else English."""
    if current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return of_the_browser()


def of_the_browser() -> str:
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    return request.accept_languages.best_match(("en", *LANGUAGES)) or "en"


def _written(fact: object, words: Mapping[str, object] | None) -> object:
    if isinstance(fact, Message):
        return sentence(fact, words)
    return _Written(fact) if isinstance(fact, float) else fact


class _Written(float):
    """A number that is written in the reader's language where a sentence does not say how: 95, or 21,5."""

    def __str__(self) -> str:
        value = float(self)
        readable = value == 0 or SMALLEST <= abs(value) < WIDEST  # infinity is not, and what is no number neither
        return str(format_decimal(value, "0.######")) if readable else repr(value)


def current() -> str:
    """The language of this request: de or en."""
    return str(get_locale())


def opening(said: Sentence, words: Mapping[str, object] | None = None) -> str:
    """The sentence as the first one of a paragraph; a name or a value at its beginning stays as it is."""
    text = sentence(said, words)
    return text if gettext(said.template).startswith("%(") else text[:1].upper() + text[1:]


def sentence(said: Sentence, words: Mapping[str, object] | None = None) -> str:
    """A sentence in the reader's language; `words` stand in for facts that only we would understand."""
    facts = {name: _written(fact, words) for name, fact in {**said.facts, **(words or {})}.items()}
    try:
        return str(gettext(said.template) % facts)
    except (KeyError, TypeError, ValueError):
        return said.template  # kept by an older version, with other facts
