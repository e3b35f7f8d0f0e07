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

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import CallResult, Direction, MeetingState, MessageChannel
from activities.queries import register_rows
from activities.queries.register_rows import RANKS
from foundation.errors import Refused

SIZE = 50
SHORT = 80  # a note that is its own title
MOST_COUNTED = 20_000
LONGEST_CURSOR = 200
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
PLANNED_KINDS = {"call": "call", "message": "mail", "meeting": "visit"}


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
    rows = register_rows.rows(_wanted(asked, person, now, SIZE + 1, descending, place), person)
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
    """How many of each kind each colleague has among what is listed, the busiest first; one statement.

    Counts no further than the latest twenty thousand of a kind.
    """
    counted: dict[str, dict[str, Any]] = {}
    wanted = _wanted(asked, person, now, MOST_COUNTED, not asked.is_upcoming)
    for name, rank, number, reached, minutes in register_rows.counts(wanted, person):
        kind = KIND_OF_RANK[rank]
        mine = counted.setdefault(name, {"name": name, "together": 0})
        mine[kind] = number
        mine["together"] += number
        if kind == "call":
            mine["reached"], mine["minutes"] = reached, minutes or 0
    return sorted(counted.values(), key=lambda mine: (-mine["together"], mine["name"]))


def _wanted(
    asked: Asked, person: Any, now: datetime, size: int, descending: bool, place: Any = None
) -> register_rows.Wanted:
    """Of what is to come there are meetings, and tasks where calls, letters or visits are asked for."""
    zone, just_after = ZoneInfo(person.time_zone), now + timedelta(microseconds=1)
    since = _begins(asked.since, zone) if asked.since else None
    until = _begins(asked.until + timedelta(days=1), zone) if asked.until and asked.until < date.max else None
    kinds, planned = asked.shown_kinds, tuple[str, ...]()
    if asked.is_upcoming:
        planned = tuple(PLANNED_KINDS[kind] for kind in kinds if kind in PLANNED_KINDS)
        kinds = (*(["meeting"] if "meeting" in kinds else []), *(["task"] if planned else []))
        since = max(since, just_after) if since else just_after
    else:
        until = min(until, just_after) if until else just_after
    return register_rows.Wanted(
        kinds=kinds,
        since=since,
        until=until,
        descending=descending,
        size=size,
        account_id=asked.account_id,
        person_id=asked.person_id,
        result=asked.result,
        planned=planned,
        place=place,
    )


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


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
