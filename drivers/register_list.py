"""The list of its own registers that a machine exports: tab-separated lines, read without trusting them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_BYTES = 1_000_000
MOST_LINES = 20_000
LONGEST_TITLE = 120

TABLES = {"MODBUS_INPUT_REGISTER": "input", "MODBUS_HOLDING_REGISTER": "holding"}
OTHER_TABLES = frozenset({"MODBUS_COIL", "MODBUS_DISCRETE_INPUT"})

WORDS = {"1": 1, "2": 1, "3": 2, "4": 1, "5": 1, "6": 2, "s8": 1, "s16": 1, "s32": 2, "u8": 1, "u16": 1, "u32": 2}
"""Size codes of an export, and the words that such a value takes; newer firmware writes them out."""

_NUMBER = re.compile(r"[0-9]{1,5}")


class NoRegisterList(ValueError):
    """This is no such list; the message says why (English, and the key of its translation)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: a register of this machine, as it calls it; `factor` is what the raw number is divided by."""

    table: str
    at: int
    title: str
    words: int
    factor: int


@dataclass(frozen=True, slots=True)
class RegisterList:
    """The registers by table and address, and how many lines could not be understood."""

    registers: dict[tuple[str, int], Listed]
    unreadable: int


def parse(content: bytes) -> RegisterList:
    """The list in this file. Columns: title, table, register, factor, unit, size, and limits, which are not used.

    Raises NoRegisterList for anything else.
    """
    if len(content) > LARGEST_BYTES:
        raise NoRegisterList("the file is larger than a list of registers can be")
    lines = _text(content).splitlines()
    if len(lines) > MOST_LINES:
        raise NoRegisterList("the file has more lines than a list of registers can have")
    registers: dict[tuple[str, int], Listed] = {}
    unreadable = 0
    for cells in _rows(lines):
        listed = _listed(cells)
        if listed is None:
            unreadable += 1
        else:
            registers.setdefault((listed.table, listed.at), listed)
    if not registers:
        raise NoRegisterList("the file names no register: it is not the list that the heat pump exports")
    return RegisterList(registers, unreadable)


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(lines: list[str]) -> Iterator[list[str]]:
    """The cells of the lines that are about a register that we can read; the heading and other tables are none."""
    for line in lines:
        cells = [cell.strip().strip('"') for cell in line.split("\t")]
        if len(cells) > 1 and cells[1].startswith("MODBUS_") and cells[1] not in OTHER_TABLES:
            yield cells


def _listed(cells: list[str]) -> Listed | None:
    if len(cells) < 6 or cells[1] not in TABLES:
        return None
    words = WORDS.get(cells[5])
    if words is None or not _NUMBER.fullmatch(cells[2]) or not _NUMBER.fullmatch(cells[3]):
        return None
    at, factor = int(cells[2]), int(cells[3])
    if at > 0xFFFF or factor < 1:
        return None
    title = "".join(letter for letter in cells[0] if letter.isprintable())[:LONGEST_TITLE]
    return Listed(TABLES[cells[1]], at, title, words, factor)
