"""Telling people: who wants it, how it is said to each, one row or one more on a row, and what leaves the house.

Every step is one statement for all people together. The people are locked first, in the order of their keys, so
that their counters of unread notifications stay exact and two tellers never wait for each other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation

from users.models.notification import Channel, Notification
from users.models.user import User
from users.notifications import choices, counting
from users.notifications.kinds import kind_of

GROUPED_WITHIN = timedelta(minutes=5)
Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to tell one person, in their words."""

    person_id: int
    kind: str
    title: str
    text: str
    url: str
    subject: Subject | None = None
    actor_name: str = ""


def notify(
    kind: str,
    people: Iterable[Any],
    say: Callable[[], tuple[str, str]],
    *,
    url: str,
    subject: Subject | None = None,
    by: Any,
    at: datetime,
) -> int:
    """Tell people (or their keys) of one thing; how many were told. Never the one who did it, `by`.

    `say()` gives (title, text) and is called once for each language among them, under that language.
    """
    keys = {getattr(person, "pk", person) for person in people} - {None, getattr(by, "pk", None)}
    if not keys:
        return 0
    with transaction.atomic():
        locked = lock(keys)
        words = {
            language: _said_in(language, say) for language in {each.language for each in locked.values()}
        }
        actor = "" if by is None or by.is_robot else by.get_full_name()
        return len(
            tell_people(
                [
                    Said(person.pk, kind, *words[person.language], url=url, subject=subject, actor_name=actor)
                    for person in locked.values()
                ],
                locked,
                at=at,
            )
        )


def lock(keys: Collection[int]) -> dict[int, User]:
    """Those of these people who work here, locked, with their settings."""
    found = _people(keys).order_by("pk").select_for_update(no_key=True, of=("self",))
    return {person.pk: person for person in found}


def known(keys: Collection[int]) -> dict[int, User]:
    """The same without locking: enough where nothing is grouped, and shorter to wait for."""
    return {person.pk: person for person in _people(keys)} if keys else {}


def _people(keys: Collection[int]) -> QuerySet[User]:
    return User.objects.active().filter(pk__in=keys).select_related("notification_settings").order_by()


def tell_people(said: Sequence[Said], people: dict[int, User], *, at: datetime) -> list[Notification]:
    """Write what is to be told; the rows that were written or grown. What is grouped needs people who are locked."""
    from users.sending import queue

    wishes = choices.wishes(list(people), {each.kind for each in said})
    grouped = {each.subject for each in said if each.subject and kind_of(each.kind).is_grouped}
    muted = choices.muted(list(people), grouped)
    wanted = [
        each
        for each in said
        if each.person_id in people
        and wishes[each.person_id, each.kind]
        and not (each.subject and kind_of(each.kind).is_grouped and (each.person_id, *each.subject) in muted)
    ]
    groups = _groups(wanted, at)
    grown = _grow(groups, wanted, wishes, at)
    fresh = [
        _row(each, wishes[each.person_id, each.kind], at)
        for each in wanted
        if (each.person_id, each.subject) not in groups
    ]
    rows = Notification.objects.bulk_create(fresh)
    counting.add(rows)
    queue([*rows, *grown], people, wishes, at=at)
    return [*rows, *grown]


def _said_in(language: str, say: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    with translation.override(language):
        title, text = say()
        return str(title), str(text)


def _row(said: Said, channels: frozenset[str], at: datetime) -> Notification:
    """A row; where the person wants it by other ways only, it is there to be looked up and rings no bell."""
    kind, key = said.subject or ("", None)
    return Notification(
        person_id=said.person_id,
        kind=said.kind,
        title=said.title[:200],
        text=said.text[:500],
        url=said.url,
        subject_kind=kind,
        subject_id=key,
        actor_name=said.actor_name[:200],
        is_for_digest=Channel.DIGEST in channels,
        at=at,
        read_at=None if Channel.APP in channels else at,
    )


def _groups(said: Sequence[Said], at: datetime) -> dict[tuple[int, Subject | None], Notification]:
    """What each person has not read yet of the same record and a few minutes: the newest of each."""
    told = [each for each in said if each.subject and kind_of(each.kind).is_grouped]
    of_kind: dict[str, set[int]] = defaultdict(set)
    for each in told:
        of_kind[each.subject[0]].add(each.subject[1])  # type: ignore[index]
    found: dict[tuple[int, Subject | None], Notification] = {}
    for kind, keys in of_kind.items():
        rows = (
            Notification.objects.unread()
            .since(at - GROUPED_WITHIN)
            .filter(person_id__in={each.person_id for each in told}, subject_kind=kind, subject_id__in=keys)
            .order_by("at", "pk")
        )
        found.update(
            ((row.person_id, (kind, row.subject_id)), row)  # type: ignore[misc]
            for row in rows
            if kind_of(row.kind).is_grouped
        )
    return found


def _grow(
    groups: dict[tuple[int, Subject | None], Notification],
    said: Sequence[Said],
    wishes: choices.Wishes,
    at: datetime,
) -> list[Notification]:
    """The newest words on the rows there are, and one more on their count; a statement for each wording."""
    alike: dict[tuple[Any, ...], list[Notification]] = defaultdict(list)
    for each in said:
        row = groups.get((each.person_id, each.subject))
        if row is not None:
            for_digest = row.is_for_digest or Channel.DIGEST in wishes[each.person_id, each.kind]
            alike[each.kind, each.title[:200], each.text[:500], each.url, each.actor_name, for_digest].append(
                row
            )
    for (kind, title, text, url, actor_name, for_digest), rows in alike.items():
        changes = {
            "kind": kind,
            "title": title,
            "text": text,
            "url": url,
            "actor_name": actor_name,
            "is_for_digest": for_digest,
            "at": at,
        }
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(count=F("count") + 1, **changes)
        for row in rows:
            vars(row).update(changes, count=row.count + 1)
    return [row for rows in alike.values() for row in rows]
