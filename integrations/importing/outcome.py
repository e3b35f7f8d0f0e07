"""What an import did, or would do: counts, problems by row, unknown names once per name."""

import csv
import dataclasses
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import override

MAX_PROBLEMS = 1_000
MAX_UNKNOWN = 500
MAX_LIKENESSES = 200
SHOWN_ROWS = 20
MAX_KINDS = 200
OTHERS = 5
QUOTED = re.compile(r"“[^”]*”")
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
    known: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        said = {
            "field": self.field,
            "column": self.column,
            "name": self.name,
            "count": self.count,
            "rows": self.rows,
        }
        return said | ({"known": list(self.known)} if self.known else {})


@dataclass
class ProblemKind:
    """Problems of one column that differ only in the value they quote; `others` are some of those values."""

    column: str
    reason: str
    count: int = 0
    others: list[str] = dataclasses.field(default_factory=list)
    rows: list[int] = dataclasses.field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass
class Finding:
    """What an import noticed and does not decide: how often, the first rows, and sums that do not agree."""

    count: int = 0
    rows: list[int] = dataclasses.field(default_factory=list)
    which: list[dict[str, str]] = dataclasses.field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {name: said for name, said in dataclasses.asdict(self).items() if said}


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
    kinds: dict[tuple[str, str], ProblemKind] = dataclasses.field(default_factory=dict)
    updates: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    days: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    proved_days: dict[str, str] = dataclasses.field(default_factory=dict)
    warnings: list[str] = dataclasses.field(default_factory=list)
    likenesses: list[Problem] = dataclasses.field(default_factory=list)
    alike: int = 0
    unknown: dict[tuple[str, str], Unknown] = dataclasses.field(default_factory=dict)
    findings: dict[str, Finding] = dataclasses.field(default_factory=dict)

    def count(self, made: str) -> None:
        self.also_created[made] = self.also_created.get(made, 0) + 1

    def add_problem(self, problem: Problem) -> None:
        self._count_kind(problem)
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1

    def _count_kind(self, problem: Problem) -> None:
        key = (problem.column, QUOTED.sub("“…”", problem.reason))
        if key not in self.kinds and len(self.kinds) >= MAX_KINDS:
            return
        kind = self.kinds.setdefault(key, ProblemKind(problem.column, problem.reason))
        kind.count += 1
        if len(kind.rows) < SHOWN_ROWS and problem.row not in kind.rows:
            kind.rows.append(problem.row)
        quoted = QUOTED.findall(problem.reason)
        if (
            quoted
            and len(kind.others) < OTHERS
            and quoted[0] not in [*kind.others, *QUOTED.findall(kind.reason)]
        ):
            kind.others.append(quoted[0])

    def add_likeness(self, likeness: Problem) -> None:
        """A new row that is like a record there already; imported all the same."""
        self.alike += 1
        if len(self.likenesses) < MAX_LIKENESSES:
            self.likenesses.append(likeness)

    def find(self, name: str, row: int, **which: str) -> None:
        finding = self.findings.setdefault(name, Finding())
        finding.count += 1
        if len(finding.rows) < SHOWN_ROWS:
            finding.rows.append(row)
            if which:
                finding.which.append(which)

    def add_unknown(
        self, field_name: str, column: str, name: str, row: int, known: Sequence[str] = ()
    ) -> None:
        key = (field_name, name)
        if key not in self.unknown and len(self.unknown) >= MAX_UNKNOWN:
            return
        unknown = self.unknown.setdefault(key, Unknown(field_name, column, name, known=known))
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
        if self.alike:
            found["alike"] = self.alike
            found["likenesses"] = [likeness.as_json() for likeness in self.likenesses]
        if self.problems_left_out:
            found["problems_left_out"] = self.problems_left_out
        if self.unknown:
            found["unknown"] = [unknown.as_json() for unknown in self.unknown.values()]
        if self.also_created:
            found["also_created"] = self.also_created
        if self.kinds:
            found["kinds"] = [kind.as_json() for kind in self.kinds.values()]
        if self.findings:
            found["findings"] = {name: each.as_json() for name, each in self.findings.items()}
        beside = {"updates": self.updates, "days": self.days, "warnings": self.warnings}
        found |= {name: said for name, said in beside.items() if said}
        return found


class RejectedRows:
    """The rejected rows as they were, with a column that says why: mend them and import the file again.

    A cell a spreadsheet would run as a formula gets an apostrophe before it; reading takes it away again. They lie
    in a temporary file, since there may be as many as the file has.
    """

    def __init__(self, headers: Sequence[str]) -> None:
        self.file = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace", newline="")  # noqa: SIM115
        self.file.write("\ufeff")
        self.writer = csv.writer(self.file)
        self.width = len(without_reason(headers))
        self.count = 0
        self._write(headers, _("Why the row was rejected"))

    def add(self, cells: Sequence[str], reason: str) -> None:
        self.count += 1
        self._write(cells, reason)

    def content(self) -> Any:
        self.file.flush()
        self.file.seek(0)
        return File(self.file.buffer)  # type: ignore[arg-type]

    def _write(self, cells: Sequence[str], last: str) -> None:
        self.writer.writerow([safe(cell) for cell in (*cells[: self.width], last)])


def without_reason(headers: Sequence[str]) -> list[str]:
    """The headings of the file whose rejected rows this one holds, so that it continues that import."""
    return [*headers[:-1]] if headers and headers[-1] in _reason_headings() else [*headers]


@cache
def _reason_headings() -> frozenset[str]:
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(_("Why the row was rejected"))
    return frozenset(found)


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
