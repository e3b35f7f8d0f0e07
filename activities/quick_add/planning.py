"""From a draft to a task, a meeting or a note: what was chosen is looked up again, because only what the person sees
counts. And back: the toast's Undo."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, Tag
from activities.guests import Guests
from activities.mentions import mentioned_in
from activities.models import Meeting, Note, Task
from activities.quick_add.chips import MEETING, NOTE, TASK, Draft, refuse_without_words
from deals.models import Deal
from foundation.errors import Refused
from users.models import User

RECORDS: dict[str, Any] = {"account": Account, "contact": Contact, "deal": Deal}
KINDS: dict[str, Any] = {TASK: Task, MEETING: Meeting, NOTE: Note}
USUAL_MINUTES = 60


def plan_drafted(drafted: Draft, *, by: Any, at: datetime) -> Any:
    """The task, the meeting or the note. Refused without words for a title, and for somebody whom the person may not
    give tasks. The client gets the tags in the same step."""
    refuse_without_words(drafted)
    fields = dict(drafted.fields)
    for name, model in RECORDS.items():
        key = fields.pop(f"{name}_id", None)
        if key is not None:
            fields[name] = model.objects.visible_to(by).filter(pk=key).first()
    with transaction.atomic():
        made = _PLANNED[drafted.becomes](drafted, fields, by=by, at=at)
        if drafted.tags and made.account is not None:
            _label(made.account, add=drafted.tags, by=by, at=at)
    return made


def take_back(made: Any, *, tags: Collection[int] = (), by: Any, at: datetime) -> None:
    """As it was before the line: the task or the meeting is cancelled, the note goes, and so do the tags it gave."""
    with transaction.atomic():
        if tags and made.account is not None:
            _label(made.account, drop=tags, by=by, at=at)
        if isinstance(made, Note):
            made.take_back(by=by, at=at)
        else:
            made.cancel(_("Taken back"), by=by, at=at)


def _task(drafted: Draft, fields: dict[str, Any], *, by: Any, at: datetime) -> Task:
    owner_id = fields.pop("owner_id", None)
    if owner_id is not None and owner_id != by.pk:
        fields["owner"] = _assignable(owner_id, by)
    return Task.plan(title=drafted.title, by=by, at=at, **fields)


def _meeting(drafted: Draft, fields: dict[str, Any], *, by: Any, at: datetime) -> Meeting:
    """An hour, unless the line says how long. A colleague and the contact are invited; nobody is written to."""
    begin = drafted.starts_at
    assert begin is not None
    length = timedelta(minutes=fields.get("estimate") or USUAL_MINUTES)
    people = User.objects.active().visible_to(by).filter(pk=fields.get("owner_id")).order_by("pk")
    contact = fields.get("contact")
    guests = Guests(people=tuple(people), contacts=(contact,) if contact is not None else ())
    links = {name: fields[name] for name in RECORDS if name in fields}
    planned: Meeting = Meeting.plan(
        title=drafted.title, owner=by, starts_at=begin, ends_at=begin + length, guests=guests, by=by, at=at, **links
    )  # fmt: skip
    return planned


def _note(drafted: Draft, fields: dict[str, Any], *, by: Any, at: datetime) -> Note:
    links = {name: fields[name] for name in RECORDS if name in fields}
    mentioned = [person.pk for person in mentioned_in(drafted.title)]
    return Note.add(drafted.title, mentioned=mentioned, by=by, at=at, **links)


def _label(
    account: Account, *, add: Collection[int] = (), drop: Collection[int] = (), by: Any, at: datetime
) -> None:
    """Refused where the person may not change the client any more."""
    if not by.reaches(account, "accounts.change"):
        raise Refused(_("You may not change the tags of this client."))
    had = set(account.tags.order_by("pk").values_list("pk", flat=True))
    wanted = Tag.objects.filter(pk__in=(had | set(add)) - set(drop)).order_by("pk")
    account.label_with(wanted, by=by, at=at)


def _assignable(key: int, by: Any) -> User:
    person = User.objects.active().filter(pk=key).first()
    if person is None or not by.reach("activities.assign").covers_person(person.pk):
        raise Refused(_("You may not give tasks to this person."))
    return person


_PLANNED: dict[str, Any] = {TASK: _task, MEETING: _meeting, NOTE: _note}
