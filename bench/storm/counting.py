"""Before and after: the scene is set with a few deals, and at the end everything is counted."""

import random
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from bench.storm.probe import TABLES, leave_row
from foundation.facts import handler_name

TOLD = ("deal.moved", "deal.won", "deal.lost", "deal.reopened")


def set_scene(deals: int) -> None:
    """Deals of one salesperson at a few clients; what was told about making them is delivered before the storm."""
    from accounts.testing import make_account
    from deals.testing import make_deal, make_loss_reason, make_pipeline
    from foundation.drain import drain
    from users.testing import make_cast

    cast = make_cast()
    make_pipeline()
    make_loss_reason()
    accounts = [make_account(f"Client {number}", owner=cast.salesperson) for number in range(5)]
    for number in range(deals):
        make_deal(
            f"Deal {number}",
            owner=cast.salesperson,
            account=random.choice(accounts),
            amount=100 + number,
            at=timezone.now(),
        )
    drain()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def busy_workers() -> int:
    """How many worker processes have delivered something."""
    return _one("SELECT count(DISTINCT worker) FROM storm_probe")


def undone() -> int:
    from foundation.models import Delivery

    return Delivery.objects.filter(done_at__isnull=True).count()


def release_leases() -> None:
    """The workers are dead, so what they had claimed need not wait for the end of its lease."""
    from foundation.models import Delivery

    Delivery.objects.filter(done_at__isnull=True, stuck_at__isnull=True).update(due_at=Now())


def counted() -> dict[str, Any]:
    """How many of each there are; `deliveries_done` are those of the house's own reaction to a move."""
    from accounts.handlers import note_activity
    from deals.models import StageEvent
    from foundation.models import Delivery, Event

    moves = _one("SELECT count(*) FROM storm_move")
    told = Event.objects.filter(name__in=TOLD)
    about_moves = Delivery.objects.filter(event_id__in=told.values("pk"), done_at__isnull=False)
    probed = _one("SELECT count(DISTINCT event_id) FROM storm_probe")
    return {
        "moves": moves,
        "stage_events": StageEvent.objects.filter(from_stage__isnull=False).count(),
        "events": told.count(),
        "deliveries_done": about_moves.filter(handler=handler_name(note_activity)).count(),
        "probe_deliveries_done": about_moves.filter(handler=handler_name(leave_row)).count(),
        "probe_rows": _one("SELECT count(*) FROM storm_probe"),
        "doubled": _one(
            "SELECT count(*) FROM (SELECT 1 FROM storm_probe GROUP BY event_id HAVING count(*) > 1) AS twice"
        ),
        "lost": moves - probed,
        "undone": undone(),
        "stuck": Delivery.objects.filter(stuck_at__isnull=False).count(),
        "tried_again": Delivery.objects.filter(attempts__gt=1).count(),
        "sums_hold": sums_hold(),
    }


def holds(figures: dict[str, Any]) -> bool:
    same = {figures[name] for name in (
        "moves", "stage_events", "events", "deliveries_done", "probe_deliveries_done", "probe_rows")}  # fmt: skip
    none = figures["doubled"] == figures["lost"] == figures["undone"] == figures["stuck"] == 0
    return len(same) == 1 and figures["moves"] > 0 and none and figures["sums_hold"]


def sums_hold() -> bool:
    """The sums kept with every move are those counted from the deals and passages."""
    from deals.funnel import rebuild

    kept = _sums()
    rebuild()
    return kept == _sums()


def _sums() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT pipeline_id, grain, "on", stage_id, owner_id, passed, base_amount, reached FROM deals_funnelsum'
            " WHERE (passed, reached, base_amount) <> (0, 0, 0)"
            " UNION ALL SELECT NULL, NULL, NULL, stage_id, owner_id, deals, base_amount, NULL FROM deals_stagetotal"
            " WHERE (deals, base_amount) <> (0, 0) ORDER BY 1, 2, 3, 4, 5"
        )
        return cursor.fetchall()


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
