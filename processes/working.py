"""Stories of work and of runs: done, taken, handed on, reminded; and what whoever repairs a run may do."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation.automation import all_actions
from foundation.errors import Refused
from foundation.facts import tell
from processes import facts
from processes.engine.advance import Cancel, Endless, Finish, Place
from processes.graph.model import Kind, Node
from processes.models import Incident, Job, Run, StepLog, Subscription, WorkItem
from processes.notices import tell_of_nudge
from processes.querysets import role_keys
from processes.questions import writable
from processes.running import acting, ordering, reading
from processes.running.deciding import APPROVED, DECLINED, RETURNED, outcome_of
from processes.running.doing import Doing
from processes.running.step import step
from processes.running.writing import NotHeld

NUDGE_PAUSE = timedelta(hours=4)
MOST_NAMED = 20


def finish(
    item: WorkItem,
    *,
    by: Any,
    at: datetime,
    outcome: str = "",
    comment: str = "",
    answers: Mapping[str, Any] | None = None,
    checked: Any = None,
) -> Run:
    """Do a piece of work: the step runs at once, so the next page shows what comes next.

    `outcome` of an approval: approved, declined or returned; the last two want a comment. Refused for whoever
    does not hold the work, and for the second of two who answer: the statement that writes the step looks whether
    it is still theirs, and takes everything back where it is not.
    """
    try:
        with step(item.run_id, by=by, at=at) as doing:
            if item.token not in doing.state.tokens:
                raise NotHeld
            node = doing.graph.nodes[item.node]
            comment = comment.strip()
            _refuse_what_is_missing(item, node, outcome, comment, answers or {}, doing)
            doing.changes.done = {
                "id": item.pk,
                "roles": role_keys(by) if item.assignee_id is None else [],
                "outcome": outcome,
                "comment": comment,
                "answers": dict(answers or {}),
                "checked": list(checked or []),
            }
            if answers:
                doing.run.data = {
                    **doing.run.data,
                    **{f"{node.key}.{name}": v for name, v in answers.items()},
                }
            told = facts.ProcessWorkFinished(
                **doing.named(), work=item.name, outcome=outcome, comment=comment[:500]
            )
            doing.event = doing.tell(told)
            if answers and outcome not in (DECLINED, RETURNED):
                _write_record(doing, node, answers)
            _go_on(doing, item, node, outcome)
        return doing.run
    except NotHeld:
        _held(item, by)
        raise Refused(_("This has changed meanwhile. Look at it again.")) from None
    except Endless as endless:
        raise Refused(
            _(
                "The process would go round without waiting for anything, at “%(node)s”. Tell whoever is responsible."
            )
            % {"node": endless}
        ) from endless


def _write_record(doing: Doing, node: Node, answers: Mapping[str, Any]) -> None:
    """What was answered about the record itself is written by the verb of its own room, which may refuse it."""
    kind = doing.run.subject_kind
    known = writable(kind)
    asked = {field["name"] for field in node.data.get("fields") or () if field.get("name") in known}
    said = {name.removeprefix(f"{kind}."): answers[name] for name in asked if name in answers}
    if said:
        told = {"by": doing.by, "at": doing.at, "cause": doing.because()}
        all_actions()[f"{kind}.change"].run(doing.run.subject_id, said, **told)
        doing.forget()


def _go_on(doing: Doing, item: WorkItem, node: Node, outcome: str) -> None:
    rule = node.data.get("rule") or {"need": "one"}
    if node.kind is Kind.APPROVAL and rule.get("need", "one") != "one":
        siblings = list(
            WorkItem.objects.filter(run=doing.run, token=item.token)
            .exclude(state="withdrawn")
            .order_by("place")
        )
        said = [outcome if each.pk == item.pk else each.outcome for each in siblings]
        whole = outcome_of(rule, said)
        if not whole:
            following = next((each for each in siblings if each.state == WorkItem.State.LATER), None)
            if rule.get("need") == "order" and following is not None:
                following.state, following.opened_at = WorkItem.State.OPEN, doing.at
                following.save(update_fields=["state", "opened_at"])
            return
        outcome = whole
    doing.take(Finish(item.token, outcome=outcome))


def _held(item: WorkItem, by: Any) -> WorkItem:
    """The work as it is now, under the lock of its run."""
    kept = WorkItem.objects.get(pk=item.pk)
    if kept.state == WorkItem.State.DONE:
        who = kept.done_by.name if kept.done_by else ""
        raise Refused(_("%(name)s has done this meanwhile.") % {"name": who})
    if kept.state != WorkItem.State.OPEN:
        raise Refused(_("This is no longer needed, or its turn has not come."))
    if not kept.is_with(by, role_keys(by) if kept.assignee_id is None else ()):
        raise Refused(_("This is for somebody else to do."))
    return kept


def _refuse_what_is_missing(
    item: WorkItem, node: Node, outcome: str, comment: str, answers: Mapping[str, Any], doing: Doing
) -> None:
    if item.kind == "approval":
        offered = {APPROVED, DECLINED} | {
            flow.outcome for flow in doing.graph.out_of(node.key) if flow.outcome
        }
        if outcome not in offered:
            raise Refused(_("Say whether you approve."))
        if outcome in (DECLINED, RETURNED) and not comment:
            raise Refused(_("Say why, so that it can be put right."))
    missing = [
        field.get("label") or field["name"]
        for field in node.data.get("fields", ())
        if field.get("is_required") and answers.get(field["name"]) in (None, "", [])
    ]
    if missing and outcome in ("", APPROVED):
        raise Refused(_("Fill in: %(fields)s.") % {"fields": ", ".join(missing)})


def take(item: WorkItem, *, by: Any, at: datetime) -> None:
    """Somebody of the role, or of several people who may do it, makes it theirs; the others no longer hold it."""
    with transaction.atomic():
        run = reading.locked(item.run_id)
        kept = _held(item, by)
        if run is None:
            raise Refused(_("This is no longer needed, or its turn has not come."))
        kept.assignee, kept.is_told = by, True
        kept.save(update_fields=["assignee", "is_told"])
        shared_with(kept).update(state=WorkItem.State.WITHDRAWN)
        StepLog.objects.create(
            run_id=kept.run_id, process_id=run.process_id, at=at, node=kept.node, what="taken", actor_id=by.pk,
            actor_name=by.get_full_name(), seconds=max(0, int((at - kept.opened_at).total_seconds())),
        )  # fmt: skip


def shared_with(item: WorkItem) -> QuerySet[WorkItem]:
    """The same work as others hold it, of whom one is enough; of an approval each answers for themselves."""
    others = WorkItem.objects.filter(
        run=item.run_id, token=item.token, kind="task", state=WorkItem.State.OPEN
    )
    return others.exclude(pk=item.pk)


def delegate(item: WorkItem, to: Any, *, by: Any, at: datetime, reason: str = "") -> None:
    """Hand it on: by whoever holds it, or who may repair runs. The deadline stays."""
    with transaction.atomic():
        run = reading.locked(item.run_id)
        kept = WorkItem.objects.get(pk=item.pk)
        if kept.state != WorkItem.State.OPEN or run is None:
            raise Refused(_("This is no longer needed, or its turn has not come."))
        if not kept.is_with(by, role_keys(by)) and not by.may("processes.repair"):
            raise Refused(_("This is for somebody else to do."))
        if not to.is_active:
            raise Refused(_("%(name)s no longer works here. Choose somebody else.") % {"name": to.name})
        kept.assignee, kept.role, kept.instead_of, kept.is_told = to, "", None, False
        kept.save(update_fields=["assignee", "role", "instead_of", "is_told"])
        _tell_repair(run, "delegate", f"{kept.name} → {to.name}. {reason}".strip(), by=by, at=at)


def nudge(item: WorkItem, *, by: Any, at: datetime, text: str = "") -> None:
    """Remind whoever has it; at most once in four hours, whoever asks."""
    with transaction.atomic():
        run = reading.locked(item.run_id)
        kept = WorkItem.objects.get(pk=item.pk)
        if kept.state != WorkItem.State.OPEN or run is None:
            raise Refused(_("This is no longer needed, or its turn has not come."))
        if kept.nudged_at is not None and at - kept.nudged_at < NUDGE_PAUSE:
            raise Refused(_("They were reminded a short while ago. Call them, or wait a few hours."))
        kept.nudged_at, kept.nudges = at, kept.nudges + 1
        kept.save(update_fields=["nudged_at", "nudges"])
        _tell_repair(run, "nudge", kept.name, by=by, at=at)
        tell_of_nudge(kept, text.strip()[:300], by=by, at=at)


def receive(run: Run, name: str, *, by: Any, at: datetime) -> None:
    """Somebody says that a message came for which the run waits. Refused where it waits for none of that name."""
    waiting = Subscription.objects.filter(run=run, fact=ordering.message(name)).order_by("token")
    with step(run.pk, by=by, at=at) as doing:
        found = waiting.first()
        if found is None:
            raise Refused(_("Nobody waits for “%(name)s” here.") % {"name": name})
        doing.because()
        ordering.finish_wait(doing, found.token, doing.graph.nodes[doing.state.tokens[found.token].node])
        doing.take(doing.ahead.popleft())


# --- repairing


def cancel(run: Run, reason: str, *, by: Any, at: datetime) -> None:
    """Take a run away, with its work and timers. Asks for a reason."""
    if not reason.strip():
        raise Refused(_("Say why it is cancelled."))
    with step(run.pk, by=by, at=at) as doing:
        doing.take(Cancel())
        doing.event = doing.tell(
            facts.ProcessRepaired(**doing.named(), how="cancel", reason=reason.strip()[:300])
        )
    run.refresh_from_db()


def restart(run: Run, token: int, node: str, reason: str, *, by: Any, at: datetime) -> None:
    """Put a token back, or ahead, to another node of its scope."""
    with step(run.pk, by=by, at=at) as doing:
        doing.event = doing.tell(
            facts.ProcessRepaired(**doing.named(), how="restart", reason=reason.strip()[:300])
        )
        try:
            doing.take(Place(token, node))
        except (ValueError, LookupError) as trouble:
            raise Refused(_("It cannot go there from where it stands.")) from trouble


def skip(run: Run, token: int, reason: str, *, by: Any, at: datetime) -> None:
    """Go on as though what waits at a token were done."""
    with step(run.pk, by=by, at=at) as doing:
        if (standing := doing.state.tokens.get(token)) is None:
            raise Refused(_("It has gone on meanwhile."))
        node = doing.graph.nodes[standing.node]
        doing.event = doing.tell(
            facts.ProcessRepaired(**doing.named(), how="skip", reason=reason.strip()[:300])
        )
        outcome = APPROVED if node.kind is Kind.APPROVAL else ""
        flow = doing.graph.out_of(node.key)[-1].key if node.kind is Kind.CHOICE else None
        doing.take(Finish(token, outcome=outcome, flow=flow))


def retry(incident: Incident, *, by: Any, at: datetime) -> None:
    """Try again what failed; the incident is solved, and comes back if it fails again."""
    with step(incident.run_id, by=by, at=at) as doing:
        _solve(incident, "retry", by=by, at=at)
        standing = doing.state.tokens.get(incident.token or 0)
        if standing is None:
            return
        Job.objects.filter(run=doing.run, token=standing.key).delete()
        doing.event = doing.tell(facts.ProcessRepaired(**doing.named(), how="retry"))
        node = doing.graph.nodes[standing.node]
        if node.kind is Kind.ACTION:
            acting.act(doing, standing.key, node)
        else:
            ordering.enter(doing, standing.key, node)
        while doing.ahead:
            doing.take(doing.ahead.popleft())


def solve(incident: Incident, *, by: Any, at: datetime) -> None:
    """Somebody has looked at it and nothing more is to be done."""
    with transaction.atomic():
        _solve(incident, "seen", by=by, at=at)


def _solve(incident: Incident, how: str, *, by: Any, at: datetime) -> None:
    Incident.objects.filter(pk=incident.pk, solved_at=None).update(solved_at=at, solved_by=by, solution=how)


def _tell_repair(run: Run, how: str, reason: str, *, by: Any, at: datetime) -> None:
    told = facts.ProcessRepaired(
        run_id=run.pk,
        process_id=run.process_id,
        process=run.process.name,
        subject_kind=run.subject_kind,
        subject_id=run.subject_id,
        how=how,
        reason=reason[:300],
    )
    tell(told, by=by, at=at)
