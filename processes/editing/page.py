"""What the page of the outline editor shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404

from foundation.errors import Stale
from processes.editing import choices, parts
from processes.editing.around import Around
from processes.editing.cards import Drawing, problems_of
from processes.editing.guards import guards_words
from processes.models import Process, Status

ADD = "add:"


def revision_said(said: Mapping[str, str]) -> int:
    """The revision a form was made from; a form without one was made from none there is."""
    text = said.get("revision", "")
    return int(text) if text.isdigit() and len(text) < 10 else -1


def opened_by_itself(process: Process) -> str:
    """Where somebody who comes to an unfinished draft goes on."""
    if not process.starts:
        return f"{parts.START}{parts.NEW}"
    return "" if process.graph is not None or (process.outline or {}).get("blocks") else f"{ADD}-/blocks/0"


def editor(
    around: Around, *, now: datetime, opened: str = "", form: Any = None, focus: str = ""
) -> dict[str, Any]:
    """`opened`: the key of the part whose form is shown, or “add:<place>” for the menu of kinds."""
    process = around.process
    if opened and form is None and not opened.startswith(ADD):
        try:
            form = parts.form_of(around, opened)
        except Http404:
            opened = ""
    for asked in getattr(form, "asked", {}).values():
        asked.count = asked.matches(now) if asked.rows or asked.kept else None
    found = problems_of(process)
    drawing = Drawing(around, found, opened, form)
    return {
        "process": process,
        "around": around,
        "subject": around.subject_label,
        "opened": opened,
        "form": form,
        "focus": focus or (opened if not opened.startswith(ADD) else ""),
        "adds_at": opened.removeprefix(ADD) if opened.startswith(ADD) else "",
        "new_start": form if opened == f"{parts.START}{parts.NEW}" else None,
        "guards": guards_words(process),
        "settings_form": form if opened == parts.SETTINGS else None,
        "starts": drawing.starts(now),
        "outline": drawing.outline(),
        "kinds": choices.KINDS,
        "problems": found,
        "errors": sum(each.is_error for each in found),
        "is_drawn": process.graph is not None,
        "is_changed": is_changed(process),
        "Status": Status,
    }


def is_changed(process: Process) -> bool:
    """Is the draft something else than what is carried out?"""
    current = process.current
    if current is None:
        return True
    return bool(
        current.starts != process.starts
        or current.drawing != process.drawing
        or (process.graph is None and current.outline != process.outline)
        or (process.graph is not None and current.graph != process.graph)
    )


class Undoing:
    """The last thing taken away from a draft, kept in the person's session until something else changes."""

    KEY = "process_undo"

    def __init__(self, session: Any) -> None:
        self.session = session

    def keep(self, process: Process, before: dict[str, Any]) -> None:
        self.session[self.KEY] = {"pk": process.pk, "revision": process.draft_revision, "before": before}

    def of(self, process: Process) -> dict[str, Any]:
        """What was before. Stale where the draft has changed since, or nothing was kept."""
        from django.utils.translation import gettext as _

        kept = self.session.get(self.KEY) or {}
        if kept.get("pk") != process.pk or kept.get("revision") != process.draft_revision:
            raise Stale(_("The draft was changed since, so this can no longer be taken back."))
        del self.session[self.KEY]
        before: dict[str, Any] = kept["before"]
        return before
