"""What became of each thing that was found: nothing is dropped silently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["taken", "there", "left"]
"""`there`: it was taken before, or exists already. `left`: it stays behind, for the reason that is given."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in the older program's words; `said`: what it became, or why it was left."""

    outcome: Outcome
    kind: str
    what: str
    said: str = ""

    def __str__(self) -> str:
        line = f"{self.outcome:<5}  {self.kind:<10}  {self.what}" + (f": {self.said}" if self.said else "")
        # names come from another program's database: none of them may steer the terminal
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


@dataclass(slots=True)
class Report:
    """In the order in which things were looked at."""

    found: list[Found] = field(default_factory=list)

    def taken(self, kind: str, what: str, said: str = "") -> None:
        self.found.append(Found("taken", kind, what, said))

    def there(self, kind: str, what: str, said: str = "") -> None:
        self.found.append(Found("there", kind, what, said))

    def left(self, kind: str, what: str, why: str) -> None:
        self.found.append(Found("left", kind, what, why))

    def count(self, outcome: Outcome) -> int:
        return sum(each.outcome == outcome for each in self.found)
