"""The draft as the page shows it: cards in rows, each read back as a sentence, one of them open with its form."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes import operations
from processes.editing import asking
from processes.editing.around import Around
from processes.editing.choices import ICONS, LABELS, REPEATS
from processes.editing.parts import START
from processes.editing.process_forms import entered, stage_of
from processes.graph.blocks import Block, rows_of
from processes.models import Process
from processes.sentences import duration_words, sentence, wait_words

ENDING = frozenset({"end", "back"})


@dataclass
class Row:
    """Blocks one after another, under a heading; `place` is where the “+” puts another, without the position."""

    place: str
    cards: list["Card"]
    heading: str = ""
    branch: str = ""
    form: Any = None
    is_first: bool = True
    is_last: bool = True
    note: str = ""

    @property
    def end(self) -> int:
        return len(self.cards)

    @property
    def is_over(self) -> bool:
        """Nothing can follow the last of its blocks."""
        return bool(self.cards) and self.cards[-1].kind in ENDING


@dataclass
class Card:
    id: str
    kind: str
    name: str
    sentence: str
    position: int
    is_first: bool
    is_last: bool
    rows: list[Row] = field(default_factory=list)
    form: Any = None
    problems: list[Any] = field(default_factory=list)
    has_branches: bool = False

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])

    @property
    def has_error(self) -> bool:
        return any(each.is_error for each in self.problems)


@dataclass
class Start:
    key: str
    place: str
    sentence: str
    form: Any = None
    count_words: str = ""
    is_call: bool = False


@dataclass
class Outright:
    """A problem of the whole draft, which makes no graph at all."""

    sentence: str
    node: str | None = None
    is_error: bool = True


def problems_of(process: Process) -> list[Any]:
    """What stands against publishing; a draft that cannot be read as a whole has that one."""
    found: list[Any] = []
    if not process.starts:
        found.append(Outright(_("Nothing begins it: say when it starts."), is_error=False))
    if process.graph is None and not (process.outline or {}).get("blocks"):
        found.append(Outright(_("It has no steps yet.")))
    try:
        return found + operations.problems(process)
    except Refused as refusal:
        return [*found, Outright(refusal.message)]


class Drawing:
    """Makes the cards of one draft. `opened` is the key of the part whose form is shown, `form` that form."""

    def __init__(self, around: Around, problems: list[Any], opened: str = "", form: Any = None) -> None:
        self.around, self.opened, self.form = around, opened, form
        self.problems: dict[str, list[Any]] = defaultdict(list)
        for each in problems:
            if each.node:
                self.problems[each.node.partition(":")[0]].append(each)

    def outline(self) -> Row:
        blocks = (self.around.process.outline or {"blocks": []})["blocks"]
        return Row("-/blocks", self._cards(blocks))

    def _form_of(self, key: str) -> Any:
        return self.form if key == self.opened else None

    def _cards(self, blocks: list[Block]) -> list[Card]:
        return [self._card(block, place, len(blocks)) for place, block in enumerate(blocks)]

    def _card(self, block: Block, position: int, count: int) -> Card:
        branches = block.get("branches") or []
        problems = list(self.problems[block["id"]])
        for branch in branches:
            problems += self.problems[branch["id"]]
        return Card(
            id=block["id"],
            kind=block["kind"],
            name=str(block.get("name") or ""),
            sentence=self._sentence(block),
            position=position,
            is_first=position == 0,
            is_last=position == count - 1,
            rows=self._rows(block),
            form=self._form_of(block["id"]),
            problems=problems,
            has_branches=bool(branches),
        )

    def _sentence(self, block: Block) -> str:
        if block["kind"] == "choice":
            return _("The first way that fits is taken.")
        if block["kind"] == "race":
            return _("Whatever happens first decides; the rest is dropped.")
        return sentence(block, self.around.names)

    def _rows(self, block: Block) -> list[Row]:
        found = []
        branches = {each["id"]: each for each in block.get("branches") or []}
        order = list(branches)
        for slot, blocks in rows_of(block):
            row = Row(f"{block['id']}/{slot}", self._cards(blocks))
            key = slot.removeprefix("branches:")
            if slot.startswith("branches:"):
                row.branch, row.heading = key, self._branch_words(block["kind"], branches[key])
                row.form = self._form_of(key)
                row.is_first, row.is_last = key == order[0], key == order[-1]
            else:
                row.heading, row.note = slot_words(slot)
            found.append(row)
        return found

    def _branch_words(self, kind: str, branch: dict[str, Any]) -> str:
        name = branch.get("name")
        if kind == "choice":
            when = asking.said(branch.get("when"), self.around.own_fields)
            words = _("If %(when)s") % {"when": when} if when else _("If… (nothing is asked yet)")
        elif kind == "race":
            words = wait_words(branch.get("wait"), self.around.names)
            words = _("First: %(wait)s") % {"wait": words}
        else:
            return str(name or _("At the same time"))
        return f"{name}: {words}" if name else words

    # --- the beginnings

    def starts(self, now: Any) -> list[Start]:
        found = []
        for number, each in enumerate(self.around.process.starts):
            key = f"{START}{number}"
            start = Start(
                key, str(number), start_words(each, self.around), self._form_of(key), is_call="call" in each
            )
            if start.form is None and each.get("when"):
                start.count_words = self.around.count_words(matching_now(each, self.around.kind, now))
            found.append(start)
        return found


def matching_now(start: dict[str, Any], kind: str, now: Any) -> int | None:
    """How many records the condition of a start holds for; None where it cannot be asked."""
    try:
        return int(asking.matching(start.get("when"), kind, now).order_by().count())
    except Refused:
        return None


def start_words(start: dict[str, Any], around: Around) -> str:
    """“A deal enters Sales: Proposal, and its amount is over 100,000”."""
    record = around.subject_label
    stage, rest = entered(start, around)
    when = asking.said(rest)
    of_stage = stage_of(around)
    if "button" in start:
        roles = ", ".join(str(dict(around.roles).get(key, key)) for key in start.get("roles") or ())
        return _("%(roles)s press a button") % {"roles": roles} if roles else _("Somebody presses a button")
    if "call" in start:
        return _("A form or a call from outside") if start.get("form") else _("A call from outside")
    if stage is not None and of_stage is not None:
        options = dict(around.options_of_field(around.fields[of_stage[1]]))
        text = _("A %(record)s enters “%(stage)s”") % {"record": record, "stage": options.get(stage, "?")}
    elif "fact" in start:
        text = str(around.names.facts.get(start["fact"], start["fact"]))
    elif start.get("field"):
        text = _day_words(start, around)
    else:
        text = str(dict(REPEATS).get(start.get("schedule", ""), start.get("schedule", "")))
    return _("%(start)s, and %(when)s") % {"start": text, "when": when} if when else text


def _day_words(start: dict[str, Any], around: Around) -> str:
    offset = start.get("offset") or {"amount": 0, "unit": "days"}
    said = {
        "time": duration_words(offset),
        "day": around.names.fields.get(start["field"], start["field"]),
    }
    if not offset.get("amount"):
        return _("On the day: %(day)s") % said
    return (
        _("%(time)s before: %(day)s") % said if offset["amount"] < 0 else _("%(time)s after: %(day)s") % said
    )


def slot_words(slot: str) -> tuple[str, str]:
    """The heading of a row within a block, and what happens after it."""
    match slot:
        case "declined":
            return _("If declined"), _("Then it ends.")
        case "returned":
            return _("If returned for changes"), _("Then it comes back for approval.")
        case "else":
            return _("Otherwise"), ""
    return "", ""
