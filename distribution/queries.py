"""What the pages of distribution show: what nobody has, what was given lately and why, and trials."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from distribution import words
from distribution.models import Allotment, DistributionRule, Record, WaitingRecord
from distribution.operations import subjects_of
from distribution.planning import Decision, Outcome, Planner
from distribution.records import CAME_AT, MODELS, TITLES, reached, without_owner
from foundation.keyset import CappedCount, capped_count

SHOWN, LATELY, TRIED = 50, 20, 50
VIEW = {Record.LEAD: "accounts.view", Record.DEAL: "deals.view"}
PAGES = {Record.LEAD: "accounts:card", Record.DEAL: "deals:page"}


@dataclass(frozen=True)
class QueueRow:
    """A record that nobody has; `url` where the reader may open it, `waits` why it still has nobody."""

    pk: int
    title: str
    url: str
    source: str
    came: str
    waits: str


@dataclass(frozen=True)
class GivenRow:
    title: str
    url: str
    why: str
    when: str
    by: str


@dataclass(frozen=True)
class TrialRow:
    title: str
    url: str
    owner: str
    gets: str
    why: str
    look: str


@dataclass(frozen=True)
class Queue:
    rows: Sequence[QueueRow]
    count: CappedCount
    given: Sequence[GivenRow]
    has_rules: bool


def queue(record: str, reader: Any) -> Queue:
    """Five statements, and one where records that were given have names."""
    own = without_owner(record)
    title, came = TITLES[Record(record)], CAME_AT[Record(record)]
    rows = list(own.order_by(f"-{came}", "-pk").values("pk", title, came, "source__name", "team_ids")[:SHOWN])
    waiting = {
        row["object_id"]: row
        for row in WaitingRecord.objects.filter(record=record, object_id__in=[row["pk"] for row in rows])
        .order_by()
        .values("object_id", "rule__name", "due_at", "left_out")
    }
    reach = reader.reach(VIEW[Record(record)])
    shown = [
        QueueRow(
            row["pk"],
            row[title],
            _url(record, row["pk"]) if reach.covers(row["team_ids"]) else "",
            row["source__name"] or "",
            words.moment_text(row[came]),
            _waits(waiting.get(row["pk"])),
        )
        for row in rows
    ]
    has_rules = DistributionRule.objects.in_use(record).exists()
    return Queue(shown, capped_count(own), _given(record, reader), has_rules)


def titled(record: str, keys: Collection[int] | None, most: int) -> list[tuple[int, str]]:
    """(key, title) of what nobody has, oldest first: these, or all of it."""
    own = without_owner(record)
    own = own if keys is None else own.filter(pk__in=keys)
    title, came = TITLES[Record(record)], CAME_AT[Record(record)]
    return list(own.order_by(came, "pk").values_list("pk", title)[:most])


def trial(
    record: str,
    reader: Any,
    *,
    at: datetime,
    rule: DistributionRule | None = None,
    keys: Collection[int] | None = None,
) -> list[TrialRow]:
    """Who would get these, or the last fifty, if they came now, one after the other. Nothing is changed."""
    found = reached(record, reader, VIEW[Record(record)])
    found = found if keys is None else found.filter(pk__in=keys)
    newest = found.select_related("owner").order_by(f"-{CAME_AT[Record(record)]}", "-pk")[:TRIED]
    records = list(reversed(newest))
    asked = DistributionRule.objects.filter(pk=rule.pk) if rule else DistributionRule.objects.in_use(record)
    planner = Planner(record, list(asked.ready()), at)
    subjects = subjects_of(record, records, at)
    planner.prepare(subjects)
    reach = reader.reach(VIEW[Record(record)])
    return [
        _tried(record, each, planner.decide(subject), is_seen=reach.covers(each.team_ids))
        for each, subject in zip(records, subjects, strict=True)
    ]


def key_of(typed: str) -> int | None:
    """“12”, “ID12” or the address of the record's page."""
    last = typed.strip().rstrip("/").rsplit("/", 1)[-1].upper().removeprefix("ID")
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None


def is_there(record: str, key: int, reader: Any) -> bool:
    return bool(reached(record, reader, VIEW[Record(record)]).filter(pk=key).exists())


def _waits(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return _("Nobody has it, and no rule gave it to anybody.")
    if row["rule__name"] is None:
        return _("A worker distributes it soon.")
    return words.waits(row["rule__name"], row["due_at"].isoformat(), row["left_out"])


def _given(record: str, reader: Any) -> list[GivenRow]:
    rows = list(
        Allotment.objects.filter(record=record)
        .select_related("rule", "person", "by")
        .order_by("-at", "-pk")[:LATELY]
    )
    keys = [row.object_id for row in rows]
    seen = MODELS[record].objects.visible_to(reader).filter(pk__in=keys).order_by()
    titles = dict(seen.values_list("pk", TITLES[Record(record)])) if keys else {}
    return [
        GivenRow(
            titles.get(row.object_id, f"ID{row.object_id}"),
            _url(record, row.object_id) if row.object_id in titles else "",
            words.given(
                row.person.name,
                row.rule.name,
                row.method,
                row.place,
                row.among,
                row.left_out,
                row.is_fallback,
            ),
            words.moment_text(row.at),
            "" if row.by.is_robot else row.by.name,
        )
        for row in rows
    ]


def _tried(record: str, each: Any, decision: Decision, *, is_seen: bool) -> TrialRow:
    gets, why, look = _said(decision)
    owner = each.owner.name if each.owner else ""
    return TrialRow(str(each), _url(record, each.pk) if is_seen else "", owner, gets, why, look)


def _said(decision: Decision) -> tuple[str, str, str]:
    """(who, why, how it looks)."""
    left_out = words.kept(decision.left_out)
    rule, person = decision.rule, decision.person
    if rule is None:
        return _("nobody"), _("No rule is for it."), "tag-warn"
    if decision.outcome == Outcome.WAITING:
        assert decision.until is not None
        return _("waits"), words.waits(rule.name, decision.until.isoformat(), left_out), "tag-info"
    assert person is not None
    is_fallback = decision.outcome == Outcome.FALLBACK
    why = words.given(
        person.name, rule.name, rule.method, decision.place, decision.among, left_out, is_fallback
    )
    return person.name, why, "tag-warn" if is_fallback else "tag-good"


def _url(record: str, pk: int) -> str:
    return reverse(PAGES[Record(record)], args=[pk])
