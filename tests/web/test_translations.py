"""Every sentence that readers see has its German, and nothing else has."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

REPOSITORY = Path(__file__).parents[2]
GERMAN = REPOSITORY / "app" / "translations" / "de" / "LC_MESSAGES" / "messages.po"
FOLDERS = ("app", "drivers", "templates")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(
        (
            "Message",
            "Unreachable",
            "BadAnswer",
            "NotOffered",
            "Refused",
            "OutOfRange",
            "NotFound",
            "Rejected",
            "NoRegisterList",
        )
    ),
    "Unavailable": None,
    "BrokerLost": None,
    **dict.fromkeys(("Invalid", "Conflict"), (2,)),
}


def extracted() -> Catalog:
    """All sentences of app/, drivers/ and templates/, as babel.cfg says."""
    catalog = Catalog(locale="de")
    with (REPOSITORY / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    for name, line, sentence, comments, context in extract_from_dir(
        REPOSITORY, methods, options, KEYWORDS, directory_filter=_ours
    ):
        catalog.add(sentence, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _ours(folder: str) -> bool:
    return Path(folder).relative_to(REPOSITORY).parts[0] in FOLDERS


def translated() -> Catalog:
    with GERMAN.open("rb") as file:
        return pofile.read_po(file, locale="de")


def ids(catalog: Catalog) -> set[object]:
    return {message.id for message in catalog if message.id}


def test_every_sentence_is_translated() -> None:
    assert ids(extracted()) - ids(translated()) == set()


def test_no_translation_has_lost_its_sentence() -> None:
    german = translated()
    assert ids(german) - ids(extracted()) == set()
    assert not german.obsolete


def test_no_translation_is_empty_or_a_guess() -> None:
    unfinished = [message.id for message in translated() if message.id and (message.fuzzy or not _complete(message))]
    assert unfinished == []


def test_a_translation_uses_exactly_the_facts_of_its_sentence() -> None:
    for message in translated():
        english, german = (
            " ".join(each) if isinstance(each, tuple | list) else each for each in (message.id, message.string)
        )
        if message.id:
            assert _facts(german) == _facts(english), message.id


def test_the_compiled_translations_are_up_to_date() -> None:
    compiled = io.BytesIO()
    mofile.write_mo(compiled, translated())
    with GERMAN.with_suffix(".mo").open("rb") as kept:
        assert _strings(mofile.read_mo(kept)) == _strings(mofile.read_mo(io.BytesIO(compiled.getvalue())))


@pytest.mark.parametrize("folder", FOLDERS)
def test_sentences_are_found_in_every_folder(folder: str) -> None:
    assert any(name.startswith(f"{folder}/") for message in extracted() for name, _ in message.locations)


def _complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(texts) and all(texts)


def _facts(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[a-z]", text))


def _strings(catalog: Catalog) -> list[tuple[str, str]]:
    return sorted((str(message.id), str(message.string)) for message in catalog if message.id)
