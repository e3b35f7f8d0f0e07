"""What the wizard shows before anything is given: what there is, and what everybody would have afterwards."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.handing_over.planning import CLIENT
from accounts.models.hand_over import HandOver, HandOverPart
from foundation.keyset import Page, keyset_page
from foundation.money import money_text, number_text
from users.handing_over import Kind, kinds, mentions
from users.models import User

SAMPLE, PAGE = 5, 25
WORTH = "worth"

GIVEN = """
    SELECT part.to_id, said.key, sum(said.value::numeric)::bigint
    FROM accounts_handoverpart AS part, jsonb_each_text(part.counts) AS said
    WHERE part.hand_over_id = %s GROUP BY 1, 2
"""
WORTHS = "SELECT to_id, sum(worth) FROM accounts_handoverpart WHERE hand_over_id = %s GROUP BY 1"


class Owned(NamedTuple):
    """A kind of records the person has: how many, their sum where they have one, and where to see them."""

    words: str
    n: int
    worth: str
    url: str
    is_given: bool = True


@dataclass
class Receiver:
    """What somebody has and would have: cells of (heading, before, after)."""

    pk: int
    name: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)


class Part(NamedTuple):
    pk: int
    title: str
    account_id: int | None
    to_id: int
    to: str
    what: str
    worth: str


def owned(person: Any, language: str, at: datetime) -> list[Owned]:
    """Everything the wizard gives, a statement a kind, and what it only mentions."""
    found = []
    for kind in kinds():
        row = _totals(kind, [person.pk], at).get(person.pk)
        if row is not None:
            worth = money_text(row[1], settings.BASE_CURRENCY, language) if kind.worth else ""
            found.append(Owned(str(kind.words), row[0], worth, kind.link(person.pk)))
    for each in mentions():
        names = each.names(person.pk)
        if names:
            said = f"{each.words}: {', '.join(names[:SAMPLE])}"
            found.append(Owned(said, len(names), "", each.link(person.pk), each.goes_along))
    return found


def given(hand_over: HandOver) -> dict[int, dict[str, int]]:
    """{receiver: {kind of record: how many they get}}; two statements with `worths`."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, [hand_over.pk])
        for person, record, n in cursor.fetchall():
            found[person][record] = n
    return dict(found)


def worths(hand_over: HandOver) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(WORTHS, [hand_over.pk])
        return dict(cursor.fetchall())


def receivers(hand_over: HandOver, language: str, at: datetime) -> list[Receiver]:
    """The table: before and after for everybody who takes over."""
    gets, money = given(hand_over), worths(hand_over)
    shown = [kind for kind in kinds() if any(counts.get(kind.record) for counts in gets.values())]
    has = {kind.record: _totals(kind, hand_over.receivers, at) for kind in shown}
    people = User.objects.filter(pk__in=hand_over.receivers).order_by("sort_key", "pk")
    found = []
    for person in people:
        row = Receiver(person.pk, person.name)
        for kind in shown:
            n, worth = has[kind.record].get(person.pk, (0, Decimal(0)))
            more = gets.get(person.pk, {}).get(kind.record, 0)
            row.cells.append((str(kind.words), number_text(n, language), number_text(n + more, language)))
            if kind.worth:
                after = worth + money.get(person.pk, Decimal(0))
                texts = [money_text(each, settings.BASE_CURRENCY, language) for each in (worth, after)]
                row.cells.append((_sum_of(kind), *texts))  # type: ignore[arg-type]
        found.append(row)
    return found


def sample(hand_over: HandOver, language: str) -> list[Part]:
    """Some of it, the dearest first."""
    dearest = _rows(hand_over).order_by("-worth", "pk")[:SAMPLE]
    return [_part(row, language) for row in dearest]


def parts(hand_over: HandOver, cursor: str | None, language: str) -> Page:
    """A page of what goes to whom, for picking; one statement."""
    page = keyset_page(_rows(hand_over), order=("pk",), cursor=cursor, size=PAGE)
    return page._replace(rows=[_part(row, language) for row in page.rows])


def _rows(hand_over: HandOver) -> Any:
    return HandOverPart.objects.filter(hand_over=hand_over).values(
        "pk", "title", "account_id", "to_id", "to__name", "counts", "worth"
    )


def _part(row: dict[str, Any], language: str) -> Part:
    what = ", ".join(
        f"{kind.words}: {row['counts'][kind.record]}"
        for kind in kinds()
        if kind.record != CLIENT and row["counts"].get(kind.record)
    )
    worth = money_text(row["worth"], settings.BASE_CURRENCY, language) if row["worth"] else ""
    return Part(row["pk"], row["title"], row["account_id"], row["to_id"], row["to__name"], what, worth)


def _totals(kind: Kind, people: Sequence[int], at: datetime) -> dict[int, tuple[int, Decimal]]:
    rows = kind.records(at).filter(owner__in=people).order_by().values("owner").annotate(n=Count("pk"))
    if kind.worth:
        rows = rows.annotate(worth=Sum(kind.worth))
    return {row["owner"]: (row["n"], row.get("worth") or Decimal(0)) for row in rows}


def _sum_of(kind: Kind) -> str:
    return _("%(kind)s, sum") % {"kind": kind.words}
