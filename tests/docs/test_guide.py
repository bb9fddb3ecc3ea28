"""The guide uses the words that the pages show, in both languages, and leaves out no page that the header leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.web import navigation, settings_hub

FOLDER = Path(__file__).parents[2]
GUIDE = {language: (FOLDER / "docs/guide" / f"{language}.md").read_text(encoding="utf-8") for language in ("en", "de")}
IN_BOTH_LANGUAGES = {"MQTT", "VictoriaMetrics", "PNG", "CSV", "–"}
ABOUT_THE_TEXT = {"italics", "kursiv"}
"""The only words in italics that no page shows: they say what italics mean."""


def sentences() -> dict[str, tuple[str, ...]]:
    """Every English sentence of the pages → what is shown for it in German, one and several."""
    with (FOLDER / "app/translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    found = {}
    for message in catalogue:
        english, german = message.id, message.string
        for text in english if isinstance(english, tuple) else (english,):
            found[text] = german if isinstance(german, tuple) else (german,)
    return found


SENTENCES = sentences()
SHOWN = {"en": set(SENTENCES), "de": {text for texts in SENTENCES.values() for text in texts}}


def chapters(language: str) -> list[str]:
    return re.findall(r"^## (.+)$", GUIDE[language], re.MULTILINE)


def in_italics(text: str) -> set[str]:
    """What the guide says that a page shows; `*Settings → Backup*` are two words of pages."""
    found = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", re.sub(r"`[^`]*`|\*\*|^\s*\*\s", "", text, flags=re.MULTILINE))
    return {" ".join(each.split()) for path in found for each in path.split(" → ")} - ABOUT_THE_TEXT


def is_shown(words: str, texts: Iterable[str]) -> bool:
    """A number in the words stands for a placeholder of the sentence."""
    if words in texts:
        return True
    with_gaps = (re.sub(r"%\\\(\w+\\\)[sd]", r"\\S+", re.escape(text)) for text in texts if "%(" in text)
    return bool(re.search(r"\d", words)) and any(re.fullmatch(each, words) for each in with_gaps)


def entries() -> list[str]:
    """What the header, the page of the settings and the menu of the account lead to."""
    pages = [title() for _, title in navigation.PAGES]
    settings = [entry.title() for section in settings_hub.SECTIONS for entry in section.entries]
    return [*pages, *settings, "Settings", "Log of changes"]


def test_both_languages_have_the_same_chapters() -> None:
    assert len(chapters("en")) == len(chapters("de")) > 15
    for language, other in (("en", "de"), ("de", "en")):
        assert f"]({other}.md)" in GUIDE[language]
    for english, german in zip(GUIDE["en"].split("\n## ")[1:], GUIDE["de"].split("\n## ")[1:], strict=True):
        title = f"{english.splitlines()[0]} / {german.splitlines()[0]}"
        assert re.findall(r"images/([\w-]+)\.png", english) == [
            name.removesuffix("-de") for name in re.findall(r"images/([\w-]+)\.png", german)
        ], title
        for steps in (r"^\d\. ", r"^- ", r"^\| "):
            pattern = re.compile(steps, re.MULTILINE)
            assert len(pattern.findall(english)) == len(pattern.findall(german)), title


@pytest.mark.parametrize("language", GUIDE)
def test_what_is_in_italics_is_what_a_page_shows(language: str) -> None:
    missing = {each for each in in_italics(GUIDE[language]) if not is_shown(each, SHOWN[language])}
    assert missing <= IN_BOTH_LANGUAGES


@pytest.mark.parametrize("entry", entries())
def test_every_page_of_the_navigation_is_in_the_guide(entry: str) -> None:
    assert entry in in_italics(GUIDE["en"]), f"{entry} is not in docs/guide/en.md"
    if entry not in IN_BOTH_LANGUAGES:
        assert in_italics(GUIDE["de"]) & set(SENTENCES[entry]), f"{entry} is not in docs/guide/de.md"
    else:
        assert entry in in_italics(GUIDE["de"])


def test_the_glossary_has_the_german_words_of_the_pages() -> None:
    glossary = (FOLDER / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in glossary.splitlines() if line.startswith("| ")][1:]
    words = [word for row in rows for word in re.split(r", | \(|\)", row[2].strip()) if word not in ("", "–")]
    assert len(words) > 30
    pages = "\n".join(SHOWN["de"]).casefold()
    assert {word for word in words if word.casefold() not in pages} == set()
