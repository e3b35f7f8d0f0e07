"""Automatic actions: a verb of a room, or one of the engine's own, in a savepoint of the step."""

import logging
from datetime import timedelta
from typing import Any

from django.core.exceptions import FieldError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.automation import all_actions, subject
from foundation.errors import LOST_SERVER, Refused
from foundation.facts import MAX_DEPTH
from foundation.models import Event
from processes.graph.model import Node
from processes.running import own_actions
from processes.running.doing import Doing

logger = logging.getLogger(__name__)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


def act(doing: Doing, token: int, node: Node, attempt: int = 0) -> None:
    """Take the action and go on. A refusal is an incident at once; other failures are tried again, then are one."""
    from processes.engine.advance import Finish
    from processes.running.ordering import fail, said

    doing.settle()
    try:
        with transaction.atomic():
            _run(doing, node)
    except Refused as refusal:
        fail(doing, token, node, refusal.message)
    except LOST_SERVER:
        raise
    except Exception as trouble:  # whatever a room's verb raises is this action's failure, not the engine's
        logger.exception("Action %s of run %s failed", node.data.get("action"), doing.run.pk)
        if attempt >= len(PAUSES):
            return fail(doing, token, node, said(trouble))
        again = {"attempt": attempt + 1, "why": said(trouble)[:300]}
        due = doing.at + PAUSES[attempt]
        doing.troubled[str(token)] = 1  # it may leave a timer behind
        doing.changes.jobs.append(
            {"run_id": None, "token": token, "kind": "retry", "data": again, "due_at": due}
        )
    else:
        doing.forget()
        doing.ahead.append(Finish(token))


def _run(doing: Doing, node: Node) -> None:
    name = node.data["action"]
    arguments = {key: doing.values.filled(value) for key, value in (node.data.get("arguments") or {}).items()}
    if name in own_actions.OWN:
        return own_actions.OWN[name](doing, node, arguments)
    action = all_actions().get(name)
    if action is None:
        raise Refused(_("The action “%(name)s” is no longer there.") % {"name": name})
    subject_id = _subject_for(action.subject, doing)
    cause = doing.because()
    if cause.depth >= MAX_DEPTH:
        raise Refused(in_circle(cause))
    action.run(subject_id, arguments, by=doing.by, at=doing.at, cause=cause)


def _subject_for(kind: str, doing: Doing) -> int:
    """The run's own record, or the one it belongs to: the client of a deal."""
    if kind == doing.run.subject_kind:
        return doing.run.subject_id
    rows = subject(doing.run.subject_kind).model._default_manager.filter(pk=doing.run.subject_id).order_by()
    try:
        found = rows.values_list(f"{kind}_id", flat=True).first()
    except FieldError:
        found = None
    if found is None:
        raise Refused(_("This record has no %(kind)s for the action to be taken on.") % {"kind": kind})
    return int(found)


def in_circle(event: Any) -> str:
    """What to say of processes that set each other off, by name, the latest last."""
    names: list[str] = []
    looked = 0
    while event is not None and looked <= MAX_DEPTH:
        looked += 1
        if (name := event.payload.get("process")) and name not in names:
            names.insert(0, name)
        event = Event.objects.filter(pk=event.cause_id).first() if event.cause_id else None
    return _(
        "Stopped: processes set each other off without end: %(names)s. Give one of them a condition that ends this."
    ) % {"names": ", ".join(f"“{name}”" for name in names)}
