"""A client's portrait and qualification: what is asked of it, what was answered, and the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Account, Answer, Criterion
from accounts.models.criterion import Part, Word
from users.dates import short_day

MOST = 100
LOOK = {Word.YES: ("tag-good", "check"), Word.NO: ("tag-bad", "x"), Word.UNKNOWN: ("", "question-mark")}


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion with a client's answer; `about` says who wrote it down and when."""

    pk: int
    question: str
    help_text: str
    word: str
    called: str
    look: str
    icon: str
    note: str
    about: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """`score` is the weight of what was answered with yes, in percent; None where nothing counts."""

    portrait: list[Asked]
    qualification: list[Asked]
    score: int | None
    answered: int

    @property
    def total(self) -> int:
        return len(self.qualification)

    def __bool__(self) -> bool:
        return bool(self.portrait or self.qualification)


def criteria_json() -> ArraySubquery:
    """For annotating accounts: what is asked of each and its answers, as JSON."""
    mine = Answer.objects.filter(criterion=OuterRef("pk"), account=OuterRef(OuterRef("pk")))
    answer = mine.values(json=JSONObject(word="word", note="note", at="answered_at", by="answered_by__name"))
    asked = Criterion.objects.filter(is_retired=False).order_by("part", "position", "pk")
    return ArraySubquery(
        asked.values(
            json=JSONObject(
                pk="pk",
                question="question",
                help_text="help_text",
                part="part",
                role="role",
                weight="weight",
                answer=Subquery(answer),
            )
        )[:MOST]
    )


def portrait_of(account: Account) -> Portrait:
    """From what `criteria_json` read: those of the client's roles, in words."""
    rows = [row for row in account.shown_criteria if not row["role"] or row["role"] in account.roles]  # type: ignore[attr-defined]
    scored = [row for row in rows if row["part"] == Part.QUALIFICATION]
    words = [(row["weight"], (row["answer"] or {}).get("word", Word.UNKNOWN)) for row in scored]
    total = sum(weight for weight, _word in words)
    positive = sum(weight for weight, word in words if word == Word.YES)
    return Portrait(
        portrait=[_shown(row) for row in rows if row["part"] == Part.PORTRAIT],
        qualification=[_shown(row) for row in scored],
        score=(200 * positive + total) // (2 * total) if total else None,
        answered=sum(1 for _weight, word in words if word != Word.UNKNOWN),
    )


def answer_all(account: Account, said: Mapping[int, tuple[str, str]], *, by: Any, at: datetime) -> None:
    """Write down several answers at once: {criterion: (word, note)}."""
    with transaction.atomic():
        for criterion in Criterion.objects.filter(pk__in=said, is_retired=False).order_by("pk"):
            Answer.give(account, criterion, *said[criterion.pk], by=by, at=at)


def _shown(row: dict[str, Any]) -> Asked:
    answer = row["answer"] or {"word": Word.UNKNOWN, "note": "", "at": None, "by": ""}
    word = Word(answer["word"])
    look, icon = LOOK[word]
    moment = parse_datetime(answer["at"]) if answer["at"] else None
    day = short_day(timezone.localdate(moment), timezone.localdate()) if moment else ""
    about = f"{answer['by']}, {day}" if day else ""
    return Asked(
        row["pk"],
        row["question"],
        row["help_text"],
        word.value,
        str(word.label),
        look,
        icon,
        answer["note"],
        about,
    )
