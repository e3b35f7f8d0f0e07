from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.facts import records as facts
from activities.models.authored import Authored, worded
from foundation.errors import Refused, Stale
from foundation.facts import tell


class Note(Authored):
    """What a colleague wants everybody who sees the client to know."""

    text = models.TextField(_("text"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-pk"]
        indexes = Authored.indexes_named("note")

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("activities:note", args=[self.pk])

    @classmethod
    def add(
        cls,
        text: str,
        *,
        by: Any,
        at: datetime,
        mentioned: Collection[int] = (),
        is_pinned: bool = False,
        cause: Any = None,
        **links: Any,
    ) -> "Note":
        """A new note. Who is mentioned sees it, whatever else they see."""
        with transaction.atomic():
            note = cls.written(
                author=by, at=at, text=_said(text), people=mentioned, is_pinned=is_pinned, **links
            )
            note.save(force_insert=True)
            told = facts.NoteAdded(mentioned_ids=sorted(mentioned), **note.named())
            tell(told, by=by, at=at, cause=cause)
        return note

    def edit(
        self,
        text: str,
        *,
        by: Any,
        at: datetime,
        seen: str | None = None,
        mentioned: Collection[int] = (),
        cause: Any = None,
    ) -> None:
        """Other words. `seen` is the text the person began from; another since then is Stale."""
        text = _said(text)
        with transaction.atomic():
            note = self.lock()
            if seen is not None and seen != note.text:
                raise Stale(gettext("Somebody reworded this note meanwhile. Look at it again."))
            if note.text == text:
                return
            new = sorted(set(mentioned) - set(note.team_ids))
            note.text = text
            note.let_see(mentioned)
            note.save(update_fields=["text", "team_ids"])
            tell(facts.NoteEdited(mentioned_ids=new, **note.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def pin(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Keep it on top of the client and the deal."""
        self._stick(True, facts.NotePinned, by=by, at=at, cause=cause)

    def unpin(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        self._stick(False, facts.NoteUnpinned, by=by, at=at, cause=cause)

    def take_back(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """It was added by mistake."""
        with transaction.atomic():
            note = self.lock()
            told = facts.NoteRemoved(**note.named())
            note.delete()
            tell(told, by=by, at=at, cause=cause)

    def named(self) -> dict[str, Any]:
        return {"note_id": self.pk, **self.links()}

    def _stick(self, is_pinned: bool, told: Any, *, by: Any, at: datetime, cause: Any) -> None:
        with transaction.atomic():
            note = self.lock()
            if note.is_pinned == is_pinned:
                return
            note.is_pinned = is_pinned
            note.save(update_fields=["is_pinned"])
            tell(told(**note.named()), by=by, at=at, cause=cause)
        self.is_pinned = is_pinned


def _said(text: str) -> str:
    text = worded(text)
    if not text:
        raise Refused(gettext("Write something first."))
    return text
