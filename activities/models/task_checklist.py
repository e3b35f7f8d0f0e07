"""The lines to tick of a task. Mixed into Task."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.errors import Refused

MOST_LINES = 100


class TaskChecklist:
    def add_line(self: Any, text: str) -> Any:
        """One more line at the end."""
        text = " ".join(text.replace("\x00", "").split())[:200]
        if not text:
            raise Refused(_("Say what is to be ticked."))
        with transaction.atomic():
            task = self._locked_open()
            last = task.checklist.aggregate(last=Max("position"))["last"]
            place = 0 if last is None else last + 1
            if place >= MOST_LINES:
                raise Refused(_("A checklist has at most %(n)d lines.") % {"n": MOST_LINES})
            return task.checklist.create(text=text, position=place)

    def tick(self: Any, key: int, *, is_done: bool) -> None:
        """Tick a line, or take the tick away."""
        with transaction.atomic():
            self._locked_open().checklist.filter(pk=key).update(is_done=is_done)

    def remove_line(self: Any, key: int) -> None:
        with transaction.atomic():
            self._locked_open().checklist.filter(pk=key).delete()

    def _locked_open(self: Any) -> Any:
        task = self.locked()
        if not task.is_open:
            raise Refused(_("The task is closed: reopen it to change it."))
        return task
