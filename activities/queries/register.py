"""The register: calls, meetings, messages and notes in one list, past or still to come, in one statement a page.

Each kind walks its own index by moment and gives at most a page; the page is merged from those. A row's place is
(moment, kind, key), and so a cursor says where any of the kinds goes on.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, Q, Sum, TextField, Value, When
from django.db.models.functions import Cast, Left
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import (
    Call,
    CallResult,
    Direction,
    Meeting,
    MeetingState,
    Message,
    MessageChannel,
    Note,
    Occurrence,
    Task,
)
from foundation.errors import Refused

SIZE = 50
LONGEST_WORDS = 300
SHORT = 80  # a note that is its own title
MOST_COUNTED = 20_000
LONGEST_CURSOR = 200
RANKS = {"call": 1, "meeting": 2, "message": 3, "note": 4, "task": 5}
KIND_OF_RANK = {rank: kind for kind, rank in RANKS.items()}
SIDES, RESULTS = dict(Direction.choices), dict(CallResult.choices)
KINDS = {
    "call": gettext_lazy("Calls"),
    "meeting": gettext_lazy("Meetings"),
    "message": gettext_lazy("Messages"),
    "note": gettext_lazy("Notes"),
}
ICONS = {"call": "phone", "meeting": "users", "message": "mail", "note": "note", "task": "checkbox"}
COLUMNS = (
    "place", "key", "moment", "word", "side", "title", "words", "who", "client_id", "client", "promise_id",
    "promise", "whole_day",
)  # fmt: skip
PLANNED_KINDS = {"call": ["call"], "message": ["mail"], "meeting": ["visit"]}


@dataclass(frozen=True)
class Asked:
    """What to list. Days count where the reader is; `result` is of calls and shows only calls."""

    kinds: tuple[str, ...] = tuple(KINDS)
    is_upcoming: bool = False
    person_id: int | None = None
    account_id: int | None = None
    since: date | None = None
    until: date | None = None
    result: str = ""

    @property
    def shown_kinds(self) -> tuple[str, ...]:
        return ("call",) if self.result else self.kinds or tuple(KINDS)


class Row(NamedTuple):
    kind: str
    icon: str
    title: str
    url: str
    tag: str
    words: str
    who: str
    client: str
    client_url: str
    promise: str
    promise_url: str
    when: str
    moment: str


@dataclass(frozen=True)
class RegisterPage:
    rows: list[Row]
    next: str
    previous: str


def page_of(asked: Asked, person: Any, *, now: datetime, cursor: str = "") -> RegisterPage:
    """Fifty rows: the past backwards from now, or what is to come forwards. One statement."""
    direction, place = _read(cursor)
    is_backwards = direction == "previous"
    descending = asked.is_upcoming == is_backwards
    branches = [
        _slice(branch, rank, place, descending=descending) for rank, branch in _branches(asked, person, now)
    ]
    if not branches:
        return RegisterPage([], "", "")
    order = [("-" if descending else "") + name for name in ("moment", "place", "key")]
    rows = list(
        branches[0].union(*branches[1:], all=True).order_by(*order)[: SIZE + 1]
        if branches[1:]
        else branches[0]
    )
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if is_backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if is_backwards else (more, bool(cursor))
    return RegisterPage(
        [_row(row) for row in rows],
        _cursor("next", rows[-1]) if rows and has_next else "",
        _cursor("previous", rows[0]) if rows and has_previous else "",
    )


def people_of(asked: Asked, person: Any, *, now: datetime) -> list[dict[str, Any]]:
    """How many of each kind each colleague has among what is listed, the busiest first; a statement for each kind.

    Counts no further than the latest twenty thousand of a kind.
    """
    counted: dict[str, dict[str, Any]] = {}
    for rank, branch in _branches(asked, person, now):
        kind = next(kind for kind, each in RANKS.items() if each == rank)
        latest = _slice(branch, rank, None, descending=not asked.is_upcoming, size=MOST_COUNTED)
        keys = latest.values("key")
        model, name = (Occurrence, "meeting__owner__name") if kind == "meeting" else _model(kind)
        figures: dict[str, Any] = {"n": Count("pk")}
        if kind == "call":
            figures |= {
                "reached": Count("pk", filter=Q(result=CallResult.REACHED)),
                "minutes": Sum("duration"),
            }
        found = model.objects.filter(pk__in=keys).order_by().values_list(name)
        for row in found.annotate(**figures):
            mine = counted.setdefault(row[0], {"name": row[0], "together": 0})
            mine[kind] = mine.get(kind, 0) + row[1]
            mine["together"] += row[1]
            if kind == "call":
                mine["reached"], mine["minutes"] = row[2], row[3] or 0
    return sorted(counted.values(), key=lambda mine: (-mine["together"], mine["name"]))


def _model(kind: str) -> tuple[Any, str]:
    return {"call": Call, "message": Message, "note": Note, "task": Task}[kind], (
        "owner__name" if kind == "task" else "author__name"
    )


def _branches(asked: Asked, person: Any, now: datetime) -> list[tuple[int, Any]]:
    """Of every kind that is asked for, its rank and its records as rows of the register."""
    found: list[tuple[int, Any]] = []
    kinds = asked.shown_kinds
    if not asked.is_upcoming:
        if "call" in kinds:
            calls = Call.objects.visible_to(person)
            calls = calls.filter(result=asked.result) if asked.result else calls
            found.append(
                (RANKS["call"], _written(calls, "call", F("result"), F("direction"), Value(""), F("note")))
            )
        if "message" in kinds:
            said: tuple[Any, ...] = (F("channel"), F("direction"), F("subject"), F("text"))
            found.append((RANKS["message"], _written(Message.objects.visible_to(person), "message", *said)))
        if "note" in kinds:
            said = (Value(""), Value(""), Value(""), F("text"))
            found.append((RANKS["note"], _written(Note.objects.visible_to(person), "note", *said)))
    if "meeting" in kinds:
        found.append((RANKS["meeting"], _meetings(person)))
    if asked.is_upcoming and (tasks := [each for kind in kinds for each in PLANNED_KINDS.get(kind, [])]):
        found.append((RANKS["task"], _planned(person, tasks)))
    return [(rank, _narrowed(branch, rank, asked, person, now)) for rank, branch in found]


def _written(records: Any, kind: str, word: Any, side: Any, title: Any, words: Any) -> Any:
    """Records with an author and a moment as rows of the register."""
    return records.order_by().annotate(
        place=Value(RANKS[kind], output_field=IntegerField()),
        key=F("pk"),
        moment=F("at"),
        word=_text(word),
        side=_text(side),
        title=_text(title),
        words=Left(words, LONGEST_WORDS, output_field=TextField()),
        who=F("author__name"),
        client_id=F("account_id"),
        client=F("account__name"),
        promise_id=F("deal_id"),
        promise=F("deal__title"),
        whole_day=Value(False),
    )


def _meetings(person: Any) -> Any:
    visible = Meeting.objects.visible_to(person).order_by().values("pk")
    times = Occurrence.objects.filter(is_cancelled=False).exclude(meeting__state=MeetingState.CANCELLED)
    return (
        times.filter(meeting__in=visible)
        .order_by()
        .annotate(
            place=Value(RANKS["meeting"], output_field=IntegerField()),
            key=F("pk"),
            moment=F("starts_at"),
            word=Case(
                When(held_at__isnull=False, then=Value(MeetingState.HELD.value)),
                default=F("meeting__state"),
                output_field=TextField(),
            ),
            side=_text(F("meeting_id")),
            title=_text(F("meeting__title")),
            words=Left(F("outcome"), LONGEST_WORDS, output_field=TextField()),
            who=F("meeting__owner__name"),
            client_id=F("meeting__account_id"),
            client=F("meeting__account__name"),
            promise_id=F("meeting__deal_id"),
            promise=F("meeting__deal__title"),
            whole_day=F("meeting__is_all_day"),
        )
    )


def _planned(person: Any, kinds: list[str]) -> Any:
    """Calls to be made, letters to be written, visits: open tasks that are due."""
    tasks = Task.objects.visible_to(person).open().filter(kind__in=kinds, due_by__isnull=False)
    return tasks.order_by().annotate(
        place=Value(RANKS["task"], output_field=IntegerField()),
        key=F("pk"),
        moment=F("due_by"),
        word=_text(F("kind")),
        side=_text(Value("")),
        words=Left(F("description"), LONGEST_WORDS, output_field=TextField()),
        who=F("owner__name"),
        client_id=F("account_id"),
        client=F("account__name"),
        promise_id=F("deal_id"),
        promise=F("deal__title"),
        whole_day=Q(due_on__isnull=False),
    )


def _text(value: Any) -> Any:
    return Cast(value, TextField())


def _narrowed(branch: Any, rank: int, asked: Asked, person: Any, now: datetime) -> Any:
    is_meeting = rank == RANKS["meeting"]
    of = "meeting__" if is_meeting else ""
    by = "meeting__owner_id" if is_meeting else "owner_id" if rank == RANKS["task"] else "author_id"
    narrow = {f"{of}account_id": asked.account_id, by: asked.person_id}
    branch = branch.filter(**{name: key for name, key in narrow.items() if key is not None})
    branch = branch.filter(moment__gt=now) if asked.is_upcoming else branch.filter(moment__lte=now)
    zone = ZoneInfo(person.time_zone)
    if asked.since:
        branch = branch.filter(moment__gte=_begins(asked.since, zone))
    if asked.until and asked.until < date.max:
        branch = branch.filter(moment__lt=_begins(asked.until + timedelta(days=1), zone))
    return branch


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _slice(branch: Any, rank: int, place: Any, *, descending: bool, size: int = SIZE + 1) -> Any:
    if place is not None:
        moment, other, key = place
        past = "lt" if descending else "gt"
        is_before = rank < other if descending else rank > other
        if rank == other:
            beyond = Q(**{f"moment__{past}": moment}) | Q(moment=moment, **{f"key__{past}": key})
            branch = branch.filter(**{f"moment__{past}e": moment}).filter(beyond)
        else:
            branch = branch.filter(**{f"moment__{past}{'e' if is_before else ''}": moment})
    order = ("-moment", "-key") if descending else ("moment", "key")
    return branch.order_by(*order).values_list(*COLUMNS)[:size]


@cache
def _root(name: str) -> str:
    """Where addresses of one kind begin: found once, not for every row."""
    return reverse(name)


@cache
def _pattern(name: str) -> str:
    return reverse(name, args=[0])


def _page(name: str, key: int) -> str:
    return _pattern(name).replace("0", str(key))


def _row(values: Any) -> Row:
    said = dict(zip(COLUMNS, values, strict=True))
    kind = KIND_OF_RANK[said["place"]]
    title, tag, url = _words(kind, said)
    local = timezone.localtime(said["moment"] - timedelta(seconds=kind == "task" and said["whole_day"]))
    when = formats.date_format(local, _("j M Y") if said["whole_day"] else _("j M Y, H:i"))
    return Row(
        kind=kind,
        icon=ICONS[kind],
        title=title,
        url=url,
        tag=tag,
        words=said["words"] if kind != "note" or len(said["words"]) > SHORT else "",
        who=said["who"],
        client=said["client"] or "",
        client_url=f"{_root('accounts:list')}{said['client_id']}/" if said["client_id"] else "",
        promise=said["promise"] or "",
        promise_url=f"{_root('deals:list')}{said['promise_id']}/" if said["promise_id"] else "",
        when=when,
        moment=local.isoformat(timespec="seconds"),
    )


def _words(kind: str, said: dict[str, Any]) -> tuple[str, str, str]:
    """(title, tag, address) of a row."""
    key, word = said["key"], said["word"]
    side = SIDES.get(said["side"], "")
    if kind == "call":
        title = _("Call %(direction)s") % {"direction": side}
        return title, str(RESULTS[word]), _page("activities:call", key)
    if kind == "message":
        channel = MessageChannel(word).label
        usual = _("Message %(direction)s") % {"direction": side}
        return said["title"] or usual, str(channel), _page("activities:message", key)
    if kind == "note":
        title = said["words"] if len(said["words"]) <= SHORT else _("Note")
        return title, "", _page("activities:note", key)
    if kind == "meeting":
        return said["title"], str(MeetingState(word).label), f"/meetings/{said['side']}/"
    return said["title"], _("planned"), _page("activities:task", key)


def _cursor(direction: str, values: Any) -> str:
    place, key, moment = values[:3]
    text = json.dumps([direction[0], moment.isoformat(), place, key])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, Any]:
    if not cursor:
        return "next", None
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        direction, moment, place, key = json.loads(
            urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        )
        at = datetime.fromisoformat(moment)
        if direction not in ("n", "p") or at.tzinfo is None or type(place) is not int or type(key) is not int:
            raise ValueError
        if not 0 < key < 2**63:
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError) as damage:
        message = _("This link to a page of the list no longer works. Open the list from its beginning.")
        raise Refused(message) from damage
    return {"n": "next", "p": "previous"}[direction], (at, place, key)
