"""Renews the tables of the documentation that follow from the program: machines, what they need, and all addresses.

python -m docs.tables
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app import create_app
from app.config import Config
from app.services.rights import Access
from app.system import assemble
from app.web import access
from drivers.catalogue import Catalogue
from drivers.model import Model

FOLDER = Path(__file__).parents[1]
README, ADDRESSES = FOLDER / "README.md", FOLDER / "docs" / "addresses.md"
MACHINES = FOLDER / "docs" / "machines.md"
PROTOCOLS = {
    "modbus_tcp": "Modbus TCP",
    "luxtronik": "its own TCP protocol",
    "ebusd": "ebusd, its TCP line protocol",
    "viessmann": "the maker's cloud",
}
WHO = {
    Access.PUBLIC: "everybody",
    Access.OWN_ACCOUNT: "every account, about itself",
    Access.READING: "every account · token: read",
    Access.CONTROLLING: "owner, installer · token: control",
    Access.OWNING: "owner",
    Access.SCRAPING: "every account · token: metrics",
}


def machines() -> str:
    """One row per model, with how far its registers are confirmed."""
    rows = ["| machine | protocol | registers | of two sources | can be set |", "|---|---|---|---|---|"]
    rows += [_machine(model) for model in sorted(Catalogue(), key=lambda model: model.title.casefold())]
    return "\n".join(rows)


def _machine(model: Model) -> str:
    registers = list(model.registers.values())
    confirmed = sum(register.confirmed for register in registers)
    settable = sum(register.write is not None for register in registers)
    share = f"{confirmed} ({100 * confirmed // len(registers)} %)"
    return f"| {model.title} | {PROTOCOLS[model.driver]} | {len(registers)} | {share} | {settable} |"


def at_the_unit() -> str:
    """One row per model: what its form says about switching its interface on."""
    rows = ["| machine | what to do there |", "|---|---|"]
    models = sorted(Catalogue(), key=lambda model: model.title.casefold())
    rows += [f"| {model.title} | {' '.join(model.setup['en'].split())} |" for model in models]
    return "\n".join(rows)


def addresses() -> str:
    """One row per address and method, with who may call it."""
    with tempfile.TemporaryDirectory() as folder:
        system = assemble(Config(Path(folder)))
        rows = list(_rows(create_app(system, "to look at")))
        system.database.close()
    return "\n".join(["| address | method | who |", "|---|---|---|", *rows])


def _rows(app: Flask) -> Iterator[str]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        who = access.decision(app, rule.endpoint)
        assert who is not None
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        yield f"| `{rule.rule}` | {', '.join(methods)} | {WHO[who]} |"


def renewed(text: str, name: str, table: str) -> str:
    """The text with this table between its marks."""
    begin, end = f"<!-- {name}: made by docs/tables.py -->", f"<!-- {name}: end -->"
    assert begin in text and end in text, f"the marks of {name} are gone"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{table}\n{end}", text, flags=re.DOTALL)


def files() -> dict[Path, str]:
    """Every file with a made table, as it should be."""
    return {
        README: renewed(README.read_text(encoding="utf-8"), "machines", machines()),
        MACHINES: renewed(MACHINES.read_text(encoding="utf-8"), "at the unit", at_the_unit()),
        ADDRESSES: renewed(ADDRESSES.read_text(encoding="utf-8"), "addresses", addresses()),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
