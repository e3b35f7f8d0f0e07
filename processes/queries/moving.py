"""Pages of moves to another version: what is asked beforehand, how far it is, what became of each run."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.keyset import keyset_page
from processes.models import MovedRun, MoveState, Process, Run, VersionMove
from processes.moving.plan import ENTERED, KEEP, NOW, Plan
from processes.moving.preview import Preview, standing_alike
from processes.queries import words
from processes.queries.work_list import links

SIZE = 50
MOST_REASONS = 20
MOST_MOVES = 10
VERDICTS = [
    ("stranded", _("Stay where they are"), "circle-x", "tag-bad"),
    ("cancel", _("Are cancelled"), "circle-off", "tag-bad"),
    ("mapping", _("Need a choice"), "help-circle", "tag-warn"),
    ("timer", _("Move, and something changes for them"), "clock", "tag-info"),
    ("fine", _("Move as they are"), "circle-check", "tag-good"),
]  # fmt: skip
POLICIES = [
    (KEEP, _("keep the old time")), (ENTERED, _("count from when it was reached")), (NOW, _("begin now")),
]  # fmt: skip
Outcome = MovedRun.Outcome


def moves() -> Any:
    return VersionMove.objects.select_related("process", "to", "by", "undone_by").defer(
        "process__outline", "process__graph", "process__drawing", "to__graph", "to__outline", "to__drawing"
    )


def latest_moves(process: Process, person: Any) -> list[VersionMove]:
    """The last moves of its runs that this person may look at. One statement, or none for whoever may see none."""
    if not person.may("processes.repair"):
        return []
    return list(moves().visible_to(person).filter(process=process).order_by("-begun_at", "-pk")[:MOST_MOVES])


def form_of(shown: Preview, plan: Plan, process: Process) -> dict[str, Any]:
    """The groups by what becomes of them, and what is asked."""
    verdicts = [
        {
            "name": name,
            "title": title,
            "icon": icon,
            "tag": tag,
            "count": shown.count(name),
            "groups": [group for group in shown.groups if group.verdict == name],
        }
        for name, title, icon, tag in VERDICTS
    ]
    return {
        "process": process,
        "shown": shown,
        "verdicts": [each for each in verdicts if each["count"]],
        "questions": list(shown.questions.values()),
        "retimed": list(shown.retimed.values()),
        "work": sorted(shown.work.items(), key=lambda each: each[1]),
        "again": plan.again,
        "policies": POLICIES,
    }


def alike(runs: Any, sources: Collection[int], standing: str, said: Any) -> dict[str, Any]:
    """A page of the runs that stand as this text says."""
    found = standing_alike(runs, sources).filter(standing=standing)
    page = keyset_page(
        found.values("pk", "title", "started_at", "moved_at"),
        order=("-started_at", "-pk"),
        cursor=said.get("cursor"),
        size=SIZE,
    )
    now = timezone.now()
    for row in page.rows:
        row["began"], row["waited"] = (
            words.moment_text(row["started_at"]),
            words.lasted(now - row["moved_at"]),
        )
    return {"page": page, "links": links(said, page)}


def page_of(move: VersionMove, person: Any, said: Any) -> dict[str, Any]:
    """How many runs came to what, why some were left, and those themselves. Four statements."""
    rows = MovedRun.objects.filter(move=move).order_by()
    counts = dict(rows.values("outcome").annotate(n=Count("pk")).values_list("outcome", "n"))
    to_come = counts.get(Outcome.MOVED if move.state == MoveState.UNDOING else Outcome.WAITING, 0)
    context = {
        "move": move,
        "counts": [(Outcome(key).label, counts[key]) for key in Outcome.values if counts.get(key)],
        "done": move.total - to_come,
        "began": words.moment_text(move.begun_at),
        "undone": words.moment_text(move.undone_at),
    }
    if move.is_under_way:
        return context
    left = rows.filter(outcome__in=[Outcome.LEFT, Outcome.KEPT])
    reasons = left.values("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    seen = left.filter(run__in=Run.objects.visible_to(person).filter(process=move.process_id))
    page = keyset_page(
        seen.values("pk", "run_id", "run__title", "reason"),
        order=("pk",),
        cursor=said.get("cursor"),
        size=SIZE,
    )
    return context | {
        "reasons": list(reasons[:MOST_REASONS]),
        "page": page,
        "links": links(said, page),
        "may_undo": move.state == MoveState.DONE
        and bool(counts.get(Outcome.MOVED))
        and may_undo(move, person),
    }


def may_undo(move: VersionMove, person: Any) -> bool:
    return bool(move.by_id == person.pk or person.reach("processes.repair").everybody)


def on_older_versions(process: Process) -> dict[int, int]:
    """Runs under way by version, those on the current one left out. One statement."""
    runs = Run.objects.active().filter(process=process).exclude(version=process.current_id)
    return dict(runs.order_by().values("version").annotate(n=Count("pk")).values_list("version", "n"))
