"""The statement behind the register: records of every kind as rows of one shape, each kind walked by its own index.

Written as SQL, because a queryset for each kind, each with its own subqueries of what a person sees, costs more to
compile than to answer. What a person sees comes from `visible_to`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import Account
from activities.models import Meeting, Task
from deals.models import Deal
from foundation.statements import array_text, statement

FEW_PEOPLE = 9
LONGEST_WORDS = 300
RANKS = {"call": 1, "meeting": 2, "message": 3, "note": 4, "task": 5}

# Whoever sees the client or the deal sees what was written down about it. Looked up row by row: IN would make
# PostgreSQL gather every deal the person sees before it looks at the first row.
SEEN = """(r.team_ids && (SELECT %(people)s::bigint[])
    OR (SELECT true FROM ({clients}) client (id) WHERE client.id = r.account_id)
    OR (SELECT true FROM ({promises}) promise (id) WHERE promise.id = r.deal_id))"""
# The same rows, found by what few people hold: a walk of all would meet one of theirs in thousands.
GATHERED = """r.id IN (
    SELECT id FROM {table} WHERE team_ids && %(people)s::bigint[]
    UNION ALL SELECT t.id FROM ({clients}) client (id) JOIN {table} t ON t.account_id = client.id
    UNION ALL SELECT t.id FROM ({promises}) promise (id) JOIN {table} t ON t.deal_id = promise.id)"""
# A value the planner need not weigh: for a hundred people it takes longer than the statement itself.
VALUE, UNREAD = "%({name})s", "(SELECT %({name})s)"
OF_WRITTEN = "r.account_id, r.deal_id, r.author_id AS who_id, false AS whole_day"


@dataclass(frozen=True)
class Source:
    """Whence the rows of a kind come, as `r`: what they say, and what their moment, client and person are called."""

    table: str
    says: str
    moment: str = "r.at"
    account: str = "r.account_id"
    person: str = "r.author_id"
    joined: str = ""
    conditions: str = ""
    is_written: bool = True


SOURCES = {
    "call": Source(
        "activities_call",
        f"r.result AS word, r.direction AS side, '' AS title, r.note AS words, r.duration AS minutes, {OF_WRITTEN}",
    ),
    "message": Source(
        "activities_message",
        f"r.channel AS word, r.direction AS side, r.subject AS title, r.text AS words, NULL AS minutes, {OF_WRITTEN}",
    ),
    "note": Source(
        "activities_note",
        f"'' AS word, '' AS side, '' AS title, r.text AS words, NULL AS minutes, {OF_WRITTEN}",
    ),
    "meeting": Source(
        "activities_occurrence",
        "CASE WHEN r.held_at IS NULL THEN m.state ELSE 'held' END AS word, m.id::text AS side, m.title,"
        " r.outcome AS words, NULL AS minutes, m.account_id, m.deal_id, m.owner_id AS who_id,"
        " m.is_all_day AS whole_day",
        moment="r.starts_at",
        account="m.account_id",
        person="m.owner_id",
        joined="JOIN activities_meeting m ON m.id = r.meeting_id",
        conditions="NOT r.is_cancelled AND m.state <> 'cancelled'",
        is_written=False,
    ),
    "task": Source(
        "activities_task",
        "r.kind AS word, '' AS side, r.title, r.description AS words, NULL AS minutes, r.account_id, r.deal_id,"
        " r.owner_id AS who_id, r.due_on IS NOT NULL AS whole_day",
        moment="r.due_by",
        person="r.owner_id",
        conditions="r.closed_at IS NULL AND r.kind = ANY(%(planned)s) AND r.due_by IS NOT NULL",
        is_written=False,
    ),
}
# The words begin with SELECT, so that the history's context is not sent along.
PAGE = """SELECT page.place, page.key, page.moment, page.word, page.side, page.title,
        left(page.words, {longest}), who.name, page.account_id, client.name, page.deal_id, promise.title,
        page.whole_day
    FROM (SELECT * FROM ({rows}) every ORDER BY moment {way}, place {way}, key {way} LIMIT %(size)s) page
    JOIN users_user who ON who.id = page.who_id
    LEFT JOIN accounts_account client ON client.id = page.account_id
    LEFT JOIN deals_deal promise ON promise.id = page.deal_id
    ORDER BY page.moment {way}, page.place {way}, page.key {way}
"""
COUNTS = """SELECT who.name, page.place, count(*), count(*) FILTER (WHERE page.word = 'reached'), sum(page.minutes)
    FROM ({rows}) page JOIN users_user who ON who.id = page.who_id GROUP BY who.name, page.place
"""


@dataclass(frozen=True)
class Wanted:
    """Which rows: of these kinds, in [since, until), beyond a place (moment, rank, key) where one is named."""

    kinds: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    descending: bool
    size: int
    account_id: int | None = None
    person_id: int | None = None
    result: str = ""
    planned: tuple[str, ...] = ()
    place: tuple[datetime, int, int] | None = None


def rows(wanted: Wanted, person: Any) -> list[tuple[Any, ...]]:
    """The first of all in the order of moments; one statement."""
    return _run(PAGE, wanted, person)


def counts(wanted: Wanted, person: Any) -> list[tuple[Any, ...]]:
    """(person's name, rank of the kind, how many, calls reached, minutes), of at most `size` of each kind."""
    return _run(COUNTS, wanted, person)


def _run(around: str, wanted: Wanted, person: Any) -> list[tuple[Any, ...]]:
    said: dict[str, Any] = {
        "size": wanted.size,
        "since": wanted.since,
        "until": wanted.until,
        "account": wanted.account_id,
        "person": wanted.person_id,
        "result": wanted.result,
        "planned": list(wanted.planned),
        "people": array_text(sorted(person.reach("activities.view").people)),
    }
    slices = [_slice(kind, wanted, person, said) for kind in wanted.kinds]
    if not slices:
        return []
    way = "DESC" if wanted.descending else "ASC"
    united = " UNION ALL ".join(f"({each})" for each in slices)
    with connection.cursor() as cursor:
        cursor.execute(around.format(rows=united, way=way, longest=LONGEST_WORDS), said)
        return cursor.fetchall()


def _named(queryset: Any, prefix: str, said: dict[str, Any], value: str) -> str:
    """The keys of a queryset as a statement whose values are named among `said`."""
    sql, values = statement(queryset.order_by().values_list("pk"))
    names = [f"{prefix}_{number}" for number, _value in enumerate(values)]
    said |= dict(zip(names, values, strict=True))
    return sql % tuple(value.format(name=name) for name in names)


def _slice(kind: str, wanted: Wanted, person: Any, said: dict[str, Any]) -> str:
    """At most a page of one kind, in its own order."""
    source, rank = SOURCES[kind], RANKS[kind]
    conditions = [each for each in (source.conditions, _visibility(kind, wanted, person, said)) if each]
    narrowed = {
        f"{source.account} = %(account)s": wanted.account_id,
        f"{source.person} = %(person)s": wanted.person_id,
        f"{source.moment} >= %(since)s": wanted.since,
        f"{source.moment} < %(until)s": wanted.until,
        "r.result = %(result)s": wanted.result if kind == "call" else "",
    }
    conditions += [condition for condition, value in narrowed.items() if value not in (None, "")]
    if wanted.place is not None:
        conditions.append(_beyond(source, rank, wanted, said))
    way = "DESC" if wanted.descending else "ASC"
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"SELECT {rank} AS place, r.id AS key, {source.moment} AS moment, {source.says} "  # noqa: S608 (no text of people's)
        f"FROM {source.table} r {source.joined} {where} ORDER BY {source.moment} {way}, r.id {way} LIMIT %(size)s"
    )


def _visibility(kind: str, wanted: Wanted, person: Any, said: dict[str, Any]) -> str:
    reach = person.reach("activities.view")
    if reach.everybody:
        return ""
    are_few = len(reach.people) < FEW_PEOPLE
    value = VALUE if are_few else UNREAD
    if not SOURCES[kind].is_written:
        model, column = (Meeting, "m.id") if kind == "meeting" else (Task, "r.id")
        return f"{column} IN ({_named(model.objects.visible_to(person), kind, said, value)})"
    # One client's records are walked by their own index.
    seen = GATHERED if are_few and wanted.account_id is None else SEEN
    clients = _named(Account.objects.visible_to(person), "client", said, value)
    promises = _named(Deal.objects.visible_to(person), "promise", said, value)
    return seen.format(table=SOURCES[kind].table, clients=clients, promises=promises)


def _beyond(source: Source, rank: int, wanted: Wanted, said: dict[str, Any]) -> str:
    """Rows after the place in the order of (moment, rank, key); all of a kind have one rank."""
    assert wanted.place is not None
    said["moment"], other, said["key"] = wanted.place
    past = "<" if wanted.descending else ">"
    if rank == other:
        return f"({source.moment}, r.id) {past} (%(moment)s, %(key)s)"
    is_before = rank < other if wanted.descending else rank > other
    return f"{source.moment} {past}{'=' if is_before else ''} %(moment)s"
