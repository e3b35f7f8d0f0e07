"""What a merge moves that no foreign key names: addresses as a whole, one preferred point, custom fields that name
the client, pairs of possible duplicates, the timeline. And how each goes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.custom.definitions import definitions
from accounts.custom.homes import served
from accounts.merging.fields import ALL, Choices
from accounts.merging.ledger import set_aside
from accounts.models import Address, ContactPoint, DuplicatePair, Merge, MergeMove, PairState

TIMELINE, PREFERRED = "foundation.EventSubject", "is_preferred"

COPY_EVENTS = """
    INSERT INTO foundation_eventsubject (kind, subject_id, at, event_id)
    SELECT DISTINCT kind, %s::bigint, at, event_id FROM foundation_eventsubject
    WHERE kind = %s AND subject_id = ANY(%s)
    ON CONFLICT DO NOTHING
"""
SHARED_EVENTS = """
    SELECT DISTINCT mine.event_id FROM foundation_eventsubject AS theirs
    JOIN foundation_eventsubject AS mine ON mine.kind = theirs.kind AND mine.subject_id = %s
        AND mine.at = theirs.at AND mine.event_id = theirs.event_id
    WHERE theirs.kind = %s AND theirs.subject_id = ANY(%s)
"""
TAKE_EVENTS_BACK = """
    DELETE FROM foundation_eventsubject AS mine USING foundation_eventsubject AS theirs
    WHERE mine.kind = theirs.kind AND mine.subject_id = %s AND mine.at = theirs.at AND mine.event_id = theirs.event_id
        AND theirs.kind = %s AND theirs.subject_id = ANY(%s) AND NOT mine.event_id = ANY(%s)
"""
REDIRECT = """
    UPDATE {table} SET custom = jsonb_set(custom, ARRAY[%s], to_jsonb(%s::bigint))
    WHERE custom @> jsonb_build_object(%s::text, %s::bigint) {only} RETURNING id
"""


def usual_addresses(survivor: Any, addresses: Mapping[int, Sequence[Any]]) -> str:
    """Of the record that says most about where it is; the survivor's where several say as much."""

    def parts(key: int) -> int:
        return sum(bool(part) for each in addresses.get(key, ()) for part in each.parts)

    return str(max(addresses, key=lambda key: (parts(key), key == survivor.pk), default=survivor.pk))


def choose_addresses(done: Merge, survivor: Any, records: Sequence[Any], choices: Choices) -> None:
    """An address is taken as a whole: those of the records that were not chosen are set aside."""
    of: dict[int, list[Any]] = {each.pk: [] for each in records}
    for address in Address.objects.filter(account__in=of).order_by("pk"):
        of[address.account_id].append(address)
    chosen = choices.get("addresses", "")
    if chosen not in {ALL, *map(str, of)}:
        chosen = usual_addresses(survivor, of)
    aside = [each.pk for key, rows in of.items() if chosen != ALL and str(key) != chosen for each in rows]
    if chosen == ALL:
        seen = {each.parts for each in of[survivor.pk]}
        for key in sorted(of.keys() - {survivor.pk}):
            aside += [each.pk for each in of[key] if each.parts in seen]
            seen |= {each.parts for each in of[key]}
    set_aside(done, Address, aside, field="account")


def prefer_one_point(done: Merge, groups: Sequence[dict[str, Any]]) -> None:
    """One way to reach somebody is preferred: the survivor's, else the oldest."""
    for group in groups:
        rows = ContactPoint.objects.filter(account__in=group["account"], is_preferred=True)
        rows = rows.filter(contact__in=group["contact"]) if group["contact"] else rows.filter(contact=None)
        whose = "contact_id" if group["contact"] else "account_id"
        preferred = sorted(
            rows.values_list("pk", whose), key=lambda row: (row[1] != done.survivor_id, row[0])
        )
        demoted = [pk for pk, _whose in preferred[1:]]
        if demoted:
            MergeMove.objects.create(
                merge=done, model="accounts.ContactPoint", field=PREFERRED, from_id=0, ids=demoted
            )
            ContactPoint.objects.filter(pk__in=demoted).update(is_preferred=False)


def prefer_again(step: MergeMove) -> None:
    """Those demoted by the merge are preferred again, where nobody prefers another meanwhile."""
    for point in ContactPoint.objects.filter(pk__in=step.ids, is_preferred=False).order_by("pk"):
        same = ContactPoint.objects.filter(
            account=point.account_id, contact=point.contact_id, is_preferred=True
        )
        if not same.exists():
            ContactPoint.objects.filter(pk=point.pk).update(is_preferred=True)


def redirect_custom(done: Merge, absorbed: Sequence[int]) -> None:
    """Custom fields of whatever record that name an absorbed client name the survivor."""
    for record, model in served().items():
        for key in [each.key for each in definitions(record) if each.kind == "relation"]:
            for old in absorbed:
                ids = _redirect(model, key, old, done.survivor_id)
                if ids:
                    MergeMove.objects.create(
                        merge=done, model=model._meta.label, field=f"custom.{key}", from_id=old, ids=ids
                    )


def redirect_back(step: MergeMove, model: Any, survivor: int) -> None:
    _redirect(model, step.field.partition(".")[2], survivor, step.from_id, only=step.ids)


def move_pairs(done: Merge, absorbed: Sequence[int], at: datetime) -> None:
    """Pairs with third clients become the survivor's; that two are not duplicates stays said."""
    gone, together = set(absorbed), {done.survivor_id, *absorbed}
    old = list(DuplicatePair.objects.filter(first__in=gone).order_by().union(
        DuplicatePair.objects.filter(second__in=gone).order_by()
    ))  # fmt: skip
    mine = list(DuplicatePair.objects.filter(first=done.survivor_id).order_by().union(
        DuplicatePair.objects.filter(second=done.survivor_id).order_by()
    ))  # fmt: skip
    kept = {pair.first_id + pair.second_id - done.survivor_id: pair for pair in mine}
    set_aside(done, DuplicatePair, sorted(pair.pk for pair in old))
    for pair in sorted(old, key=lambda pair: (pair.state != PairState.NOT_DUPLICATE, pair.pk)):
        third = pair.second_id if pair.first_id in gone else pair.first_id
        if third in together:
            continue
        if third not in kept:
            first, second = sorted((third, done.survivor_id))
            kept[third] = DuplicatePair.objects.create(
                first_id=first,
                second_id=second,
                score=pair.score,
                reasons=pair.reasons,
                state=pair.state,
                found_at=pair.found_at,
                decided_at=pair.decided_at,
                decided_by_id=pair.decided_by_id,
            )
        elif pair.state == PairState.NOT_DUPLICATE and kept[third].state == PairState.NEW:
            kept[third].dismiss_quietly(by=pair.decided_by, at=pair.decided_at or at)


def copy_timeline(done: Merge, absorbed: Sequence[int]) -> None:
    """The events of the absorbed are the survivor's too; those it shared with them before are remembered."""
    asked: list[Any] = [done.survivor_id, done.kind, list(absorbed)]
    with connection.cursor() as cursor:
        cursor.execute(SHARED_EVENTS, asked)
        shared = [key for (key,) in cursor.fetchall()]
        cursor.execute(COPY_EVENTS, asked)
    MergeMove.objects.create(merge=done, model=TIMELINE, field="subject_id", from_id=0, ids=shared)


def take_timeline_back(step: MergeMove, done: Merge, absorbed: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_EVENTS_BACK, [done.survivor_id, done.kind, list(absorbed), step.ids])


def _redirect(model: Any, key: str, old: int, new: int, *, only: Sequence[int] | None = None) -> list[int]:
    statement = REDIRECT.format(table=model._meta.db_table, only="" if only is None else "AND id = ANY(%s)")
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, new, key, old, *([] if only is None else [list(only)])])
        return [pk for (pk,) in cursor.fetchall()]
