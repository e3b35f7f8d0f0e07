"""What an import did, or would do: counts, problems by row, unknown names once per name."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_PROBLEMS = 1_000
MAX_UNKNOWN = 500
SHOWN_ROWS = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "reason": self.reason}


@dataclass
class Unknown:
    """A name the file uses and we do not know, with the rows that use it."""

    field: str
    column: str
    name: str
    count: int = 0
    rows: list[int] = dataclasses.field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "column": self.column,
            "name": self.name,
            "count": self.count,
            "rows": self.rows,
        }


@dataclass
class Outcome:
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    also_created: dict[str, int] = dataclasses.field(default_factory=dict)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    problems_left_out: int = 0
    unknown: dict[tuple[str, str], Unknown] = dataclasses.field(default_factory=dict)

    def count(self, made: str) -> None:
        self.also_created[made] = self.also_created.get(made, 0) + 1

    def add_problem(self, problem: Problem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1

    def add_unknown(self, field_name: str, column: str, name: str, row: int) -> None:
        key = (field_name, name)
        if key not in self.unknown and len(self.unknown) >= MAX_UNKNOWN:
            return
        unknown = self.unknown.setdefault(key, Unknown(field_name, column, name))
        unknown.count += 1
        if len(unknown.rows) < SHOWN_ROWS:
            unknown.rows.append(row)

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "problems": [problem.as_json() for problem in self.problems],
        }
        if self.problems_left_out:
            found["problems_left_out"] = self.problems_left_out
        if self.unknown:
            found["unknown"] = [unknown.as_json() for unknown in self.unknown.values()]
        if self.also_created:
            found["also_created"] = self.also_created
        return found


class RejectedRows:
    """The rejected rows as they were, with a column that says why: mend them and import the file again.

    A cell a spreadsheet would run as a formula gets an apostrophe before it; reading takes it away again.
    """

    def __init__(self, headers: Sequence[str], reason_heading: str) -> None:
        self.text = io.StringIO()
        self.writer = csv.writer(self.text)
        self.writer.writerow([safe(cell) for cell in (*headers, reason_heading)])
        self.count = 0

    def add(self, cells: Sequence[str], reason: str) -> None:
        self.count += 1
        self.writer.writerow([safe(cell) for cell in (*cells, reason)])

    def content(self) -> bytes:
        return b"\xef\xbb\xbf" + self.text.getvalue().encode("utf-8", "replace")


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
