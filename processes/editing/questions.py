"""What a task asks people to fill in, as rows of its form: a field of the record, or a question of its own."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from foundation.automation import Field
from processes.editing.around import Around, Options
from processes.editing.forms import EditForm, Part
from processes.questions import KINDS, OWN

MOST = 30
MOST_OPTIONS = 50
LONGEST = {"label": 120, "help": 200, "options": 2_000}


@dataclass
class Question:
    """One row. `of_record` is the field it fills in, empty for a question of its own, which has a `name`."""

    id: str
    of_record: str = ""
    name: str = ""
    label: str = ""
    kind: str = "text"
    is_required: bool = False
    help: str = ""
    options: str = ""
    error: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def asked(self) -> dict[str, Any]:
        """As the outline keeps it."""
        said: dict[str, Any] = {"name": self.of_record or self.name}
        if self.label:
            said["label"] = self.label
        if not self.of_record:
            said["kind"] = self.kind
            if self.kind == "choice":
                said["options"] = self.listed()
        if self.is_required:
            said["is_required"] = True
        if self.help:
            said["help"] = self.help
        return self.more | said

    def listed(self) -> list[str]:
        lines = (" ".join(line.split()) for line in self.options.splitlines())
        return list(dict.fromkeys(line for line in lines if line))[:MOST_OPTIONS]


class Questions:
    """The rows, from a block or from what was sent, with what a button does to them."""

    def __init__(self, around: Around, kept: Any, said: Any = None) -> None:
        self.around = around
        self.rows = [_kept(each) for each in kept or () if each.get("name")] if said is None else _sent(said)
        if said is not None:
            self._press(*str(said.get("again", "")).partition(":")[::2])
        for number, row in enumerate(self.rows):
            row.id = f"ask-{number}"

    @property
    def kinds(self) -> Options:
        return list(KINDS.items())

    @property
    def has_room(self) -> bool:
        return len(self.rows) < MOST

    @property
    def fields(self) -> Options:
        """Of the record; one that is gone stays while a row asks for it."""
        known = dict(self.around.writable)
        gone = [row.of_record for row in self.rows if row.of_record and row.of_record not in known]
        fields: dict[str, Field] = self.around.fields
        kept = [(name, fields[name].label if name in fields else _gone(name)) for name in gone]
        return [*known.items(), *kept]

    def asked(self) -> list[dict[str, Any]] | None:
        return [row.asked() for row in self.rows] or None

    def is_sound(self) -> bool:
        """Marks the rows that cannot be kept, and gives each new question a name."""
        here = {row.name for row in self.rows}
        taken = {name.removeprefix(OWN) for name in self.around.own_fields} | here
        seen: set[str] = set()
        for row in self.rows:
            if not row.of_record and row.label and not row.name:
                row.name = _name_of(row.label, taken)
                taken.add(row.name)
            row.error = self._trouble(row, seen)
            seen.add(row.of_record or row.label.casefold())
        return not any(row.error for row in self.rows)

    def _trouble(self, row: Question, seen: set[str]) -> str:
        if not row.of_record and not row.label:
            return _("Say what is asked.")
        if (row.of_record or row.label.casefold()) in seen:
            return _("This is asked twice here.")
        if not row.of_record and row.kind == "choice" and len(row.listed()) < 2:
            return _("Give at least two answers to choose from, one a line.")
        return ""

    def _press(self, what: str, number: str) -> None:
        if what == "ask-add" and self.has_room:
            self.rows.append(Question(""))
        if not number.isdigit() or int(number) >= len(self.rows):
            return
        place = int(number)
        there = place + {"ask-up": -1, "ask-down": 1}.get(what, 0)
        if what == "ask-remove":
            del self.rows[place]
        elif 0 <= there < len(self.rows):
            self.rows.insert(there, self.rows.pop(place))


class QuestionsMixin(EditForm):
    def prepare(self) -> None:
        super().prepare()
        self.questions = Questions(
            self.around, self.value.get("fields"), self.data if self.is_bound else None
        )

    def questions_part(self) -> Part:
        title = _("What is to be filled in")
        return Part("processes/editing/part_questions.html", title=title, rows=[self.questions])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.questions.is_sound():
            wrong = next(row for row in self.questions.rows if row.error)
            self.add_error(None, f"{_('What is to be filled in')}: {wrong.error}")
        return said


def _kept(asked: dict[str, Any]) -> Question:
    name = str(asked["name"])
    shown = {"name", "label", "kind", "is_required", "help", "options"}
    options = [each if isinstance(each, str) else each[1] for each in asked.get("options") or ()]
    return Question(
        "",
        of_record=name if "." in name else "",
        name="" if "." in name else name,
        label=str(asked.get("label") or ""),
        kind=str(asked.get("kind") or "text"),
        is_required=bool(asked.get("is_required")),
        help=str(asked.get("help") or ""),
        options="\n".join(options),
        more={key: value for key, value in asked.items() if key not in shown},
    )


def _sent(said: Any) -> list[Question]:
    rows = []
    for number in range(MOST):
        key = f"ask-{number}"
        if f"{key}-of" not in said:
            continue
        text = {
            name: said.get(f"{key}-{name}", "").replace("\x00", "")[:most] for name, most in LONGEST.items()
        }
        name, kind = said.get(f"{key}-name", ""), said.get(f"{key}-kind", "")
        of_record = said.get(f"{key}-of", "")
        rows.append(
            Question(
                key,
                of_record=of_record[:60],
                name=name if re.fullmatch(r"[a-z_][a-z0-9_]{0,39}", name) else "",
                label=" ".join(text["label"].split()),
                kind=kind if kind in KINDS else "text",
                is_required=bool(said.get(f"{key}-required")),
                help=" ".join(text["help"].split()),
                options=text["options"],
            )
        )
    return rows


def _name_of(label: str, taken: set[str]) -> str:
    """A name for a new question, of its label where that has Latin letters; unlike all others of the process."""
    stem = slugify(label).replace("-", "_")[:30].strip("_")
    stem = stem if re.match(r"[a-z]", stem) else "question"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name


def _gone(name: str) -> str:
    return _("no longer there (%(name)s)") % {"name": name}
