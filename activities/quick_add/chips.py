"""What a line would become: chips for what was understood, each to be fixed, and what the verbs take."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused

AS_WORDS = "words"  # these words belong to the title
NOTHING = "none"
FIX = "fix_"
TASK, MEETING, NOTE = "task", "meeting", "note"


@dataclass(frozen=True)
class Chip:
    """One thing understood. `is_open`: it can be meant in several ways and nobody has said which."""

    name: str
    label: Any
    icon: str
    options: tuple[tuple[str, str], ...]
    value: str
    is_open: bool = False

    @property
    def field(self) -> str:
        return FIX + self.name

    @property
    def said(self) -> str:
        return dict(self.options)[self.value]


@dataclass
class Draft:
    line: str
    title: str = ""
    chips: list[Chip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    becomes: str = TASK
    is_meeting: bool = False  # it reads like one, whether or not it has an hour
    starts_at: datetime | None = None
    tags: dict[int, str] = field(default_factory=dict)  # the client gets them


def refuse_without_words(drafted: Draft) -> None:
    if not drafted.title:
        raise Refused(_("Say what is to be done: no words are left for the title."))
    if drafted.becomes == NOTE and not any(drafted.fields.get(f"{name}_id") for name in ("account", "deal")):
        raise Refused(_("Say which client or deal the note is about."))
