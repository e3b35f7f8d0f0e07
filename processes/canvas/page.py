"""What the page of the canvas shows around the drawing."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.canvas.showing import state_of
from processes.editing.choices import ICONS, LABELS
from processes.models import Process

# Kinds the palette offers: ours, and as the outline calls them for their words.
PALETTE = [
    ("task", "task"), ("approval", "approval"), ("action", "action"), ("choice", "choice"), ("wait", "wait"),
    ("scope", "stage"), ("split", "together"), ("race", "race"), ("each", "repeat"), ("call", "call"), ("end", "end"),
]  # fmt: skip


def page_of(process: Process) -> dict[str, Any]:
    state: dict[str, Any] | None = None
    trouble = ""
    try:
        state = state_of(process)
    except Refused as refusal:
        trouble = refusal.message
    palette = [(kind, ICONS[block], LABELS[block]) for kind, block in PALETTE]
    if process.graph is not None:
        palette.insert(-1, ("join", "arrows-join", _("Wait for all ways")))
    return {
        "process": process,
        "trouble": trouble,
        "is_drawn": process.graph is not None,
        "palette": palette,
        "told": {"state": state, "addresses": _addresses(process), "words": _words()},
    }


def _addresses(process: Process) -> dict[str, str]:
    names = {"save": "canvas_save", "do": "canvas_do", "part": "canvas_part"}
    return {name: reverse(f"processes:{view}", args=[process.pk]) for name, view in names.items()}


def _words() -> dict[str, str]:
    """What the script says."""
    return {
        "saving": _("Saving…"),
        "saved": _("Saved"),
        "unsaved": _("Not saved"),
        "offline": _(
            "The server cannot be reached. What you drew is still here; it is sent again by itself."
        ),
        "choose": _("Choose a step or a line first: what you add comes after it."),
        "choose_end": _("Now choose the step the line leads to. Escape takes it back."),
        "choose_start": _("Choose the step the line begins at."),
        "leave_title": _("Leave the outline?"),
        "leave_yes": _("Go on"),
        "no_form": _("There is nothing to say about this."),
        "problem": _("To put right:"),
        "look": _("Worth a look:"),
        "line": _("Line from “%(source)s” to “%(target)s”"),
        "otherwise": _("otherwise"),
        "approved": _("approved"),
        "returned": _("returned"),
        "declined": _("declined"),
    }
