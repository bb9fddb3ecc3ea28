"""The list of registers that a machine exports is read line by line, bounded, and nothing in it is trusted."""

from __future__ import annotations

import pytest

from drivers.register_list import LARGEST_BYTES, MOST_LINES, Listed, NoRegisterList, parse

HEADING = (
    "Title\tRegister type\tRegister\tDivision factor\tUnit\tSize of variable\tMin value\tMax value\tDefault value\n"
)
OUTSIDE = "Aktuelle Außentemperatur (BT1)\tMODBUS_INPUT_REGISTER\t1\t10\t°C\t2\t0\t0\t0"
STARTS = "Compressor starter\tMODBUS_INPUT_REGISTER\t1083\t1\t\t3\t0\t0\t0"
CURVE = "Heating curve climate system 1\tMODBUS_HOLDING_REGISTER\t26\t1\t\ts8\t0\t15\t9"
FILE = HEADING + "\n".join([OUTSIDE, STARTS, CURVE])


@pytest.mark.parametrize(
    "content",
    [
        FILE.encode(),
        ("\ufeff" + FILE).encode(),
        FILE.encode("cp1252"),
        FILE.encode("utf-16"),
        FILE.replace("\n", "\r\n").encode(),
        "\n".join([OUTSIDE, STARTS, CURVE]).encode(),
    ],
)
def test_a_list_is_read_in_every_encoding(content: bytes) -> None:
    found = parse(content)
    assert list(found.registers.values()) == [
        Listed("input", 1, "Aktuelle Außentemperatur (BT1)", 1, 10),
        Listed("input", 1083, "Compressor starter", 2, 1),
        Listed("holding", 26, "Heating curve climate system 1", 1, 1),
    ]
    assert found.unreadable == 0


@pytest.mark.parametrize(
    "line",
    [
        "broken\tMODBUS_INPUT_REGISTER\t227\t1\th\t6 0 0",
        "short\tMODBUS_INPUT_REGISTER\t227",
        "negative\tMODBUS_INPUT_REGISTER\t-1\t1\t\t2",
        "too far\tMODBUS_INPUT_REGISTER\t65536\t1\t\t2",
        "huge\tMODBUS_INPUT_REGISTER\t" + "9" * 5000 + "\t1\t\t2",
        "no number\tMODBUS_INPUT_REGISTER\t１\t1\t\t2",
        "no factor\tMODBUS_INPUT_REGISTER\t7\t0\t\t2",
        "no size\tMODBUS_INPUT_REGISTER\t7\t1\t\t7",
        "no table\tMODBUS_NONSENSE\t7\t1\t\t2",
    ],
)
def test_a_line_that_makes_no_sense_is_counted_and_left_out(line: str) -> None:
    found = parse(f"{FILE}\n{line}".encode())
    assert (len(found.registers), found.unreadable) == (3, 1)


def test_coils_are_none_of_our_business() -> None:
    found = parse(f"{FILE}\nx\tMODBUS_COIL\t7\t1\t\t4\ny\tMODBUS_DISCRETE_INPUT\t8\t1\t\t4".encode())
    assert (len(found.registers), found.unreadable) == (3, 0)


def test_a_title_is_a_short_text_on_one_line() -> None:
    found = parse(f"{'<b>' * 100}\x07\x1b\tMODBUS_INPUT_REGISTER\t5\t1\t\t2".encode())
    title = found.registers["input", 5].title
    assert title == ("<b>" * 100)[:120]


def test_of_two_lines_about_one_register_the_first_counts() -> None:
    again = OUTSIDE.replace("\t10\t", "\t1\t")
    assert parse(f"{FILE}\n{again}".encode()).registers["input", 1].factor == 10


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "names no register"),
        (b"\x00\x01\x02" * 1000, "names no register"),
        (HEADING.encode(), "names no register"),
        (b"timestamp,temp_outside\n2024-01-01T00:00:00Z,1.0\n", "names no register"),
        (OUTSIDE.replace("\t", ";").encode(), "names no register"),
        (b"x" * (LARGEST_BYTES + 1), "larger"),
        (b"\n" * (MOST_LINES + 1), "more lines"),
    ],
)
def test_another_file_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NoRegisterList, match=why):
        parse(content)
