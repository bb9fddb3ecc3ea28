"""German and English: which one a reader gets, and numbers and times in it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from app.messages import Message
from app.services import accounts
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import formats
from app.web.languages import opening, sentence
from drivers.errors import OutOfRange, Unreachable
from tests.web.conftest import NOW
from tests.web.people import PASSWORD, Visitor, lose, tell


@pytest.mark.parametrize(
    ("accepted", "heading"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "Anmelden"),
        ("de-AT", "Anmelden"),
        ("en-GB", "Sign in"),
        ("fr-FR,fr", "Sign in"),
        ("fr,de;q=0.5", "Anmelden"),
        ("", "Sign in"),
        ("*", "Sign in"),
        ("nonsense;;;q=x", "Sign in"),
    ],
)
def test_at_first_the_browser_chooses_the_language(visitor: Visitor, accepted: str, heading: str) -> None:
    page = visitor.get("/login", headers={"Accept-Language": accepted}).text
    assert f"<h1>{heading}</h1>" in page


def test_a_choice_is_kept_for_the_session(visitor: Visitor) -> None:
    assert visitor.post("/language", {"language": "de", "next": "/login"}).location == "/login"
    assert '<html lang="de"' in visitor.get("/login", headers={"Accept-Language": "en"}).text


def test_a_choice_is_kept_with_the_account(app: Flask, owner: Visitor, system: System) -> None:
    owner.post("/language", {"language": "de", "next": "/"})
    user = accounts.who(system, "berta", PASSWORD)
    assert user is not None
    assert user.language == "de"
    elsewhere = Visitor(app)
    elsewhere.sign_in("berta")
    assert '<html lang="de"' in elsewhere.get("/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("language", ["fr", "", "DE", "de_DE", "../de", "<script>"])
def test_an_unknown_language_changes_nothing(owner: Visitor, language: str) -> None:
    assert owner.post("/language", {"language": language, "next": "/"}).status_code == 302
    assert '<html lang="en"' in owner.get("/").text


def test_the_language_switch_never_leads_to_another_site(visitor: Visitor) -> None:
    assert visitor.post("/language", {"language": "de", "next": "//evil.example"}).location == "/"


def test_numbers_and_words_are_those_of_the_language(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add()
    tell(system, pump, NOW, {"temp_outside": -2.5, "energy_heat_total": 12345.67, "operating_mode": "heating"})
    english = owner.get(f"/heatpumps/{pump.id}").text
    owner.post("/language", {"language": "de"})
    german = owner.get(f"/heatpumps/{pump.id}").text
    for text in ("-2.5", "12,345.7", "Heating", "Outdoor temperature"):
        assert text in english
    for text in ("-2,5", "12.345,7", "Heizen", "Außentemperatur"):
        assert text in german


def test_a_drivers_reason_is_told_in_the_language(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add(enabled=True)
    lose(
        system,
        pump,
        NOW - 60,
        Unreachable("nobody answers at %(address)s within %(seconds)g s", address="x:1", seconds=5),
    )
    owner.post("/language", {"language": "de"})
    assert "Unter x:1 antwortet innerhalb von 5 s niemand" in owner.get("/").text


@pytest.mark.parametrize(
    ("value", "decimals", "english", "german"),
    [
        (20.78248, 1, "20.8", "20,8"),
        (20.25, 1, "20.3", "20,3"),
        (-20.25, 1, "-20.3", "-20,3"),
        (0, 0, "0", "0"),
        (0.0, 2, "0.00", "0,00"),
        (-0.04, 1, "0.0", "0,0"),
        (1234567.891, 2, "1,234,567.89", "1.234.567,89"),
        (21, 1, "21.0", "21,0"),
        (65535, 0, "65,535", "65.535"),
        (1e-7, 2, "0.00", "0,00"),
    ],
)
def test_a_number_has_its_decimals_in_both_languages(
    app: Flask, value: float, decimals: int, english: str, german: str
) -> None:
    for language, wanted in (("en", english), ("de", german)):
        with app.test_request_context(), force_locale(language):
            assert formats.number(value, decimals) == wanted


DAY_S = 86_400


@pytest.mark.parametrize(
    ("at", "english", "german"),
    [
        (NOW, "14:03", "14:03"),
        (NOW - 14 * 3600, "00:03", "00:03"),
        (NOW - 15 * 3600, "20 Nov, 23:03", "20. Nov., 23:03"),
        (NOW - 200 * DAY_S, "5 May, 15:03", "5. Mai, 15:03"),
        (NOW - 400 * DAY_S, "17 Oct 2024, 15:03", "17. Okt. 2024, 15:03"),
    ],
)
def test_a_time_is_the_owners_and_as_short_as_it_may_be(app: Flask, at: int, english: str, german: str) -> None:
    for language, wanted in (("en", english), ("de", german)):
        with app.test_request_context(), force_locale(language):
            assert formats.moment(at, NOW) == wanted


@pytest.mark.parametrize(
    "kept",
    [
        Message("nobody answers at %(address)s within %(seconds)g s", {"address": "x"}),
        Message("nobody answers at %(address)s within %(seconds)g s", {"address": "x", "seconds": "many"}),
        Message("100 % of it", {}),
    ],
)
def test_a_sentence_of_an_older_version_is_shown_as_it_is(app: Flask, kept: Message) -> None:
    with app.test_request_context():
        assert sentence(kept) == kept.template


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (Message("a heat pump needs a name"), "A heat pump needs a name"),
        (Message("%(value)s is not a number", {"value": "abc"}), "abc is not a number"),
    ],
)
def test_a_sentence_opens_with_a_capital_but_a_value_stays_as_it_is(app: Flask, said: Message, wanted: str) -> None:
    with app.test_request_context():
        assert opening(said) == wanted


@pytest.mark.parametrize(
    ("limit", "english", "german"),
    [
        (95.0, "95", "95"),
        (21.5, "21.5", "21,5"),
        (-0.0625, "-0.0625", "-0,0625"),
        (0.0, "0", "0"),
        (1e300, "1e+300", "1e+300"),
        (math.inf, "inf", "inf"),
        (math.nan, "nan", "nan"),
    ],
)
def test_a_number_in_a_sentence_is_written_in_the_language(app: Flask, limit: float, english: str, german: str) -> None:
    said = OutOfRange("%(sensor)s: %(value)s is above the maximum %(limit)s", sensor="x", value=99, limit=limit)
    with app.test_request_context():
        with force_locale("en"):
            assert sentence(said).endswith(f"maximum {english}")
        with force_locale("de"):
            assert sentence(said).endswith(f"Maximum {german}")


def test_a_number_whose_sentence_says_how_keeps_to_that(app: Flask) -> None:
    said = Unreachable("nobody answers at %(address)s within %(seconds)g s", address="pump", seconds=5.0)
    with app.test_request_context(), force_locale("de"):
        assert "5 s" in sentence(said)
