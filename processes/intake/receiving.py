"""A call or a form comes in: whom it is about is found or made, its answers are kept, a run begins.

Everything is one transaction with the row of the call, whose key is the caller's: the second of two that bring the same
key waits for the first and then reads what became of it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation.automation import all_actions, subject
from foundation.errors import Refused
from processes import operations
from processes.intake.opening import call_start
from processes.models import Intake, IntakeCall, Process
from processes.questions import is_own, writable
from processes.running.reading import graph_of
from users.models import User

MOST_A_MINUTE = 60
KEPT = timedelta(days=90)
Outcome = IntakeCall.Outcome


def is_flooded(intake: Intake, at: datetime, *, denied: bool = False) -> bool:
    """More came within a minute than is taken. Those with a wrong secret are counted apart: they shut nobody out."""
    outcome = [Outcome.DENIED] if denied else [Outcome.BEGUN, Outcome.REFUSED]
    lately = intake.calls.filter(at__gt=at - timedelta(minutes=1), outcome__in=outcome)
    return lately.order_by()[:MOST_A_MINUTE].count() >= MOST_A_MINUTE


def note(
    intake: Intake,
    outcome: str,
    *,
    source: str,
    at: datetime,
    by_form: bool = False,
    sentence: str = "",
    said: Mapping[str, Any] | None = None,
) -> None:
    """A call that was turned away at the door; once a minute of those that come too often."""
    lately = intake.calls.filter(at__gt=at - timedelta(minutes=1), outcome=outcome)
    if outcome == Outcome.TOO_MANY and lately.exists():
        return
    brought = {_shown(name): _shown(value) for name, value in list((said or {}).items())[:50]}
    words = {"sentence": _shown(sentence)[:300], "said": brought}
    IntakeCall.objects.create(intake=intake, at=at, outcome=outcome, source=source, by_form=by_form, **words)


def _shown(value: Any) -> str:
    return str(value).replace("\x00", "")[:1000]


def receive(
    intake: Intake,
    *,
    party: Mapping[str, str],
    answers: Mapping[str, Any],
    at: datetime,
    record: int | None = None,
    once_key: str = "",
    source: str = "",
    by_form: bool = False,
) -> IntakeCall:
    """What became of it: a run that began, or why none did. `party`: name, email and phone of whom it is about;
    `record`: its key, where the caller knows it."""
    call = IntakeCall(
        intake=intake, at=at, once_key=once_key, outcome=Outcome.BEGUN, source=source, by_form=by_form,
        said={"record": record} | dict(party) | dict(answers),
    )  # fmt: skip
    with transaction.atomic():
        intake.calls.filter(at__lt=at - KEPT).delete()
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError:
            return intake.calls.select_related("run").get(once_key=once_key)
        try:
            with transaction.atomic():
                call.run = _begun(call, dict(party), answers, record)
        except Refused as refusal:  # the key stays free: what was wrong may be put right and sent again
            call.outcome, call.sentence, call.once_key = Outcome.REFUSED, str(refusal.message)[:300], ""
        call.save(update_fields=["run", "outcome", "sentence", "once_key"])
    return call


def _begun(call: IntakeCall, party: dict[str, str], answers: Mapping[str, Any], record: int | None) -> Any:
    process, at = call.intake.process, call.at
    start = call_start(process)
    if start is None:
        raise Refused(_("“%(name)s” does not begin by calls.") % {"name": process.name})
    told = {"by": User.objects.robot(), "at": at}
    key = _of_key(process, record) if record is not None else _found(call, start, party, told)
    kind, known = process.subject_kind, writable(process.subject_kind)
    of_record = {
        name.removeprefix(f"{kind}."): value
        for name, value in answers.items()
        if name in known and value not in (None, "")
    }
    if of_record:
        all_actions()[f"{kind}.change"].run(key, of_record, **told)
    node = graph_of(process.current_id or 0).start_of(None)
    asked = {each["name"] for each in node.data.get("fields") or () if is_own(each)}
    data = {f"{node.key}.{name}": value for name, value in answers.items() if name in asked}
    return operations.start(process, key, data=data, **told)


def _of_key(process: Process, record: int) -> int:
    if not 0 < record < 2**63 or not _records(process).filter(pk=record).exists():
        raise Refused(_("There is no record %(key)s.") % {"key": record})
    return record


def _found(call: IntakeCall, start: Mapping[str, Any], party: dict[str, str], told: dict[str, Any]) -> int:
    """The one record the e-mail or the phone leads to; a new one where there is none and the process makes them.

    Whoever fills in the form cannot say which of several they are: it is the one known for longest."""
    process = call.intake.process
    finder = all_actions().get(f"{process.subject_kind}.find")
    if finder is None or not (party.get("email") or party.get("phone")):
        raise Refused(_("Say which record it is about: “record” with its key, or “email” or “phone”."))
    found = finder.run(0, party, **told)
    if len(found) > 1 and not call.by_form:
        raise Refused(_("Several records have this e-mail or phone. Name one by “record”."))
    if found:
        return int(found[0])
    maker = all_actions().get(f"{process.subject_kind}.add")
    if maker is None or not start.get("makes_new"):
        raise Refused(_("No record has this e-mail or phone."))
    if process.owner_id is None:
        raise Refused(_("Nobody is responsible for the process, so nobody would get the new record."))
    return int(maker.run(0, party | {"owner": process.owner_id}, **told))


def _records(process: Process) -> Any:
    return subject(process.subject_kind).model._default_manager.all()
