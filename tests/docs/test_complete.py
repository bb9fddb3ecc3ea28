"""The documentation tells every command, setting, metric and address there is, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from app.commands import COMMANDS, main
from app.config import Config
from app.services.own_metrics import Delivered, Health, Polled, families
from docs import tables

FOLDER = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in FOLDER.rglob("*.md")
    if not {".venv", "build", "node_modules"} & set(page.relative_to(FOLDER).parts) and "egg-info" not in str(page)
)
OPERATIONS = (FOLDER / "docs" / "operations.md").read_text(encoding="utf-8")


def table(heading: str) -> str:
    """A section of docs/operations.md."""
    return OPERATIONS.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and sub-command, as it is typed."""
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {each}", command.commands[each]) for each in command.commands)
        else:
            yield name, command


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_told(name: str) -> None:
    assert re.search(rf"`{re.escape(name)}[ `]", table("Commands")), f"{name} is not in docs/operations.md"


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_says_what_it_does(name: str) -> None:
    command = dict(commands())[name]
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option)), "an option says nothing"


@pytest.mark.parametrize("key", [each.name for each in fields(Config) if each.name != "folder"])
def test_every_setting_is_told(key: str) -> None:
    assert f"| `{key}` |" in OPERATIONS


def test_every_metric_of_the_product_is_told() -> None:
    labels = {"heatpump_id": "hp-001"}
    health = Health("1", [Polled(labels, True, 1, 1, 1, 1.0, 1.0)], 1, 1, 1, 1, Delivered(1, 1))
    there = {sample.name for family in families(health) for sample in family.samples}
    told = table("Metrics for Prometheus")
    missing = {name for name in there if name not in told and f"…{name.removeprefix('heatpump_monitor')}" not in told}
    assert len(there) > 10
    assert missing == set()


def test_the_tables_are_as_the_program_is() -> None:
    """`python -m docs.tables` renews them."""
    for path, text in tables.files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: run python -m docs.tables"


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(page: Path) -> set[str]:
    """As web sites make them of headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_changelog_says_each_thing_once() -> None:
    """Two branches that merge without a conflict can leave a line in its old place as well."""
    text = (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = [" ".join(entry.split()) for entry in re.split(r"\n(?=- |#|\n)", text) if entry.startswith("- ")]
    assert len(entries) > 60
    assert [entry for entry in set(entries) if entries.count(entry) > 1] == []
    assert "\n- " not in text.split("## Unreleased", 1)[1].split("\n### ", 1)[0], "an entry stands under no heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(FOLDER)))
def test_no_page_has_the_marks_of_a_merge(page: Path) -> None:
    assert not re.search(r"^(<{7}|>{7}) ", page.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(FOLDER)))
def test_no_link_is_dead(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{link}: there is no such heading"
