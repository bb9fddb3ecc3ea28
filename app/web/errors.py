"""When something cannot be done: a page or JSON that says what, where, and what to do."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.messages import Conflict, Invalid, NotFound, Rejected, Unavailable
from app.store import keeping
from app.web.access import asks_for_json
from app.web.formats import clock
from app.web.languages import of_the_browser, opening, sentence
from app.web.parts import system
from drivers.errors import BadCatalogue

log = logging.getLogger(__name__)


def add_to(app: Flask) -> None:
    app.register_error_handler(Rejected, _rejected)
    app.register_error_handler(CSRFError, _foreign_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(BadCatalogue, _bad_catalogue)
    app.register_error_handler(keeping.NotKept, _not_kept)
    app.register_error_handler(InternalServerError, _broken)


def status_of(error: Rejected) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Unavailable):
        return 503
    return 409 if isinstance(error, Conflict) else 400


def _rejected(error: Rejected) -> ResponseReturnValue:
    if isinstance(error, Invalid):
        return _answer(status_of(error), f"{error.field}: {sentence(error.message)}", field=error.field)
    return _answer(status_of(error), opening(error.message))


def _foreign_form(error: CSRFError) -> ResponseReturnValue:
    if asks_for_json():
        return _answer(400, gettext("The header X-CSRFToken is missing or out of date."))
    return _answer(400, gettext("This form is out of date, or it was not sent from our own page."))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's own errors, with the headers that belong to them, such as Allow."""
    if error.code is None or error.code < 400:
        return error
    ours = error.code == 403 or (error.code == 429 and error.description is not type(error).description)
    response = _answer(error.code, str(error.description) if ours else _said(error.code))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _bad_catalogue(error: BadCatalogue) -> ResponseReturnValue:
    log.error("the catalogue cannot be used: %s", error)
    return _answer(500, gettext("A file of the register catalogue breaks a rule: %(what)s", what=str(error)))


def _not_kept(error: keeping.NotKept) -> ResponseReturnValue:
    """A full disk, mostly. Nothing here may ask the database again."""
    if not keeping.comes_from_outside(error):
        raise error
    log.error("%s %s: nothing can be kept: %s", request.method, request.path, error)
    with force_locale(of_the_browser()):
        said = gettext("Nothing can be kept just now (%(reason)s). Is there room on the disk?", reason=str(error))
        return _answer(503, said, plain=True)


def _broken(error: InternalServerError) -> ResponseReturnValue:
    """A failure of our own: the log has the details. Nothing here may ask the database again."""
    with force_locale(of_the_browser()):
        at = clock(system().clock())
        said = gettext("Something went wrong on our side at %(time)s. The log has the details.", time=at)
        return _answer(500, said, plain=True)


def _said(code: int) -> str:
    """What happened, for errors that carry no sentence of their own."""
    sentences = {
        400: gettext("What was sent cannot be understood."),
        401: gettext("Nobody is signed in here, or the sign-in has ended."),
        404: gettext("There is nothing at this address."),
        405: gettext("%(method)s is not possible here.", method=request.method),
        413: gettext("What was sent is too large."),
        415: gettext("What was sent is of a kind that is not understood here."),
        429: gettext("That was too often in a short time."),
        500: gettext("Something went wrong on our side. The log has the details."),
        503: gettext("The program cannot answer that just now."),
    }
    return str(sentences.get(code) or gettext("This cannot be done (error %(code)d).", code=code))


def _heading(code: int) -> str:
    headings = {
        400: gettext("That did not work"),
        401: gettext("Sign in first"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        405: gettext("Not possible"),
        409: gettext("Already there"),
        413: gettext("Too large"),
        429: gettext("Too often"),
        503: gettext("Not just now"),
    }
    return str(headings.get(code) or gettext("Something went wrong"))


def _advice(code: int) -> str:
    advice = {
        400: gettext("Go back, load the page again, and try once more."),
        401: gettext("Sign in, then do it again."),
        403: gettext("Sign in with the owner's account, or ask the owner."),
        404: gettext("It may have been removed, or the address has a typing mistake."),
        405: gettext("Use the buttons of the page instead of its address."),
        413: gettext("Send less than 1 MB at once."),
        429: gettext("Wait a moment, then try once more."),
    }
    return str(advice.get(code) or gettext("Try again in a minute. The heat pumps go on being read meanwhile."))


def _answer(code: int, said: str, plain: bool = False, **facts: Any) -> Response:
    if asks_for_json():
        return Response(orjson.dumps({"error": said, **facts}), code, content_type="application/json")
    page = render_template(
        "errors/error.html", code=code, heading=_heading(code), said=said, advice=_advice(code), plain=plain
    )
    return Response(page, code, content_type="text/html; charset=utf-8")
