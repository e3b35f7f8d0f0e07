"""What whoever takes a client over must know: put together when it is read, within what the reader may see.

Upper rooms offer sections; each reads its lines for many clients at once, so that a whole portfolio is a page.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Answer, Contact, ContactPoint, Criterion
from accounts.models.criterion import Word
from accounts.phones import shown
from foundation.facts import from_payload
from foundation.statements import array_text

MOST = 5
LAST = """
    SELECT account.id, event.at, event.name, event.actor_name, event.payload
    FROM unnest(%s::bigint[]) AS account (id)
    CROSS JOIN LATERAL (
        SELECT told.at, told.id, told.name, told.actor_name, told.payload
        FROM (SELECT event_id, at FROM foundation_eventsubject
              WHERE kind = 'account' AND subject_id = account.id
              ORDER BY at DESC, event_id DESC LIMIT 200) AS subject
        JOIN foundation_event AS told ON told.id = subject.event_id AND told.at = subject.at
        WHERE told.name = ANY(%s)
        ORDER BY told.at DESC, told.id DESC LIMIT %s) AS event
    ORDER BY account.id, event.at DESC, event.id DESC
"""
# Where somebody spoke with the client, or wrote down what was agreed.
CONTACTS = ["call.logged", "note.added", "message.logged", "meeting.held", "task.finished"]


class Line(NamedTuple):
    text: str
    note: str = ""
    url: str = ""


class Lines(NamedTuple):
    title: str
    lines: list[Line]


Read = Callable[[Sequence[int], Any, datetime], Mapping[int, list[Line]]]


@dataclass(frozen=True)
class Section:
    """`read(clients, reader, at)` gives lines by client, in at most two statements."""

    key: str
    title: Any
    read: Read
    order: int = 100


class Dossier(NamedTuple):
    account: Account
    to: str
    sections: list[Lines]


_sections: dict[str, Section] = {}


def offer(section: Section) -> None:
    _sections[section.key] = section


def register() -> None:
    offer(Section("contacts", gettext_lazy("Whom to speak with"), _people, order=20))
    offer(Section("last", gettext_lazy("Last contacts and what was agreed"), _last, order=30))
    offer(Section("questions", gettext_lazy("Open questions"), _questions, order=50))


def dossiers(accounts: Sequence[Account], to: Mapping[int, str], reader: Any, at: datetime) -> list[Dossier]:
    """Those of these clients, which the reader sees; sections without a line are left out."""
    keys = [account.pk for account in accounts]
    read = [
        (str(section.title), section.read(keys, reader, at))
        for section in sorted(_sections.values(), key=lambda each: (each.order, each.key))
    ]
    return [
        Dossier(
            account,
            to.get(account.pk, ""),
            [Lines(title, lines[account.pk]) for title, lines in read if lines.get(account.pk)],
        )
        for account in accounts
    ]


def _people(keys: Sequence[int], reader: Any, at: datetime) -> dict[int, list[Line]]:
    """Who is there still, with the way they prefer and how to reach them that way first."""
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(contact__account__in=keys).order_by("-is_preferred", "pk"):
        points[point.contact_id or 0].append(point)
    found: dict[int, list[Line]] = defaultdict(list)
    people = Contact.objects.filter(account__in=keys, has_left=False).order_by("account", "sort_key", "pk")
    for person in people:
        if len(found[person.account_id]) < MOST:
            ways = [_way(point) for point in points[person.pk][:2]]
            prefers = person.get_preferred_channel_display()
            if prefers:
                ways.insert(0, _("prefers %(channel)s") % {"channel": prefers})
            name = f"{person.name}, {person.position}" if person.position else person.name
            found[person.account_id].append(Line(name, " · ".join(ways)))
    return found


def _way(point: ContactPoint) -> str:
    return shown(point.value) if point.kind == "phone" else point.value


def _last(keys: Sequence[int], reader: Any, at: datetime) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(LAST, [array_text(keys), CONTACTS, MOST])
        for key, moment, name, actor, payload in cursor.fetchall():
            said = from_payload(name, json.loads(payload) if isinstance(payload, str) else payload)
            day = formats.date_format(timezone.localtime(moment).date(), "SHORT_DATE_FORMAT")
            found[key].append(Line(said.sentence() if said else name, f"{day}, {actor}"))
    return found


def _questions(keys: Sequence[int], reader: Any, at: datetime) -> dict[int, list[Line]]:
    """What the company wants to know about such a client and nobody has answered."""
    asked = list(Criterion.objects.filter(is_retired=False).order_by("part", "position", "pk"))
    if not asked:
        return {}
    known = Answer.objects.filter(account__in=keys).exclude(word=Word.UNKNOWN).order_by()
    answered = set(known.values_list("account_id", "criterion_id"))
    roles = dict(Account.objects.filter(pk__in=keys).order_by().values_list("pk", "roles"))
    return {
        key: [
            Line(each.question)
            for each in asked
            if (not each.role or each.role in roles.get(key, [])) and (key, each.pk) not in answered
        ][:MOST]
        for key in keys
    }
