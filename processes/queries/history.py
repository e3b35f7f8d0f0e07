"""Lines of a run's history in words."""

from typing import Any

from django.utils.translation import gettext as _

from processes.graph.model import Graph, Kind
from processes.models import StepLog, WorkItem
from processes.queries import words

ICONS = {
    "done": "circle-check", "left": "circle-off", "failed": "alert-triangle", "late": "alert-circle", "warned": "clock",
    "reminded": "bell", "taken": "hand-grab", "escalated": "stairs-up", "given": "user-share",
    "moved": "arrow-right-circle",
}  # fmt: skip
OUTCOME_ICONS = {"approved": "thumb-up", "declined": "circle-x", "returned": "arrow-back-up"}


def entry(line: StepLog, graph: Graph, work: WorkItem | None) -> dict[str, Any]:
    """Who, when, what, how long; with `work`, what was said there."""
    from processes.queries.work_page import answers_of

    node = graph.nodes.get(line.node)
    return {
        "at": line.at,
        "event_id": line.event_id,
        "icon": OUTCOME_ICONS.get(line.note) or ICONS.get(line.what, "circle-dot"),
        "sentence": sentence(line, graph),
        "is_bad": line.what in ("failed", "late"),
        "who": work.done_by.name if work and work.done_by else line.actor_name,
        "took": words.lasted(line.seconds) if line.seconds else "",
        "comment": work.comment if work else "",
        "answers": answers_of(work, node) if work else [],
    }


def sentence(line: StepLog, graph: Graph) -> str:
    node = graph.nodes.get(line.node)
    said = {"step": words.step_title(node), "why": line.note}
    match line.what:
        case "done" if node is not None and node.kind is Kind.APPROVAL:
            return f"{said['step']}: {words.outcome_text(line.note)}"
        case "done" if node is not None and node.kind is Kind.WAIT:
            return _("The wait is over: %(step)s") % said
        case "done":
            return _("Done: %(step)s") % said
        case "left":
            return _("No longer needed: %(step)s") % said
        case "failed":
            return _("Could not be done: %(step)s. %(why)s") % said
        case "late":
            return _("The deadline has passed: %(step)s") % said
        case "warned":
            return _("Warned that the deadline comes near: %(step)s") % said
        case "reminded":
            return _("Reminded: %(step)s") % said
        case "escalated":
            return _("The head was told: %(step)s") % said
        case "taken":
            return _("Taken: %(step)s") % said
        case "given":
            return _("Given to somebody else: %(step)s") % said
        case "moved":
            return _("Moved to another version: %(why)s") % said
    return f"{said['step']}: {line.what}"
