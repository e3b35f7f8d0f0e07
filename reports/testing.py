"""A small company's year with everything that makes funnels lie: skips, returns, reopenings, handovers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from deals.models import Deal, Pipeline
from deals.testing import make_deal, make_loss_reason, make_pipeline
from foundation.clock import noon_of
from reports.readers import Reader
from reports.registry import find_report
from reports.tables import Table, records
from users.models import Department, User
from users.testing import Cast, make_user


@dataclass(frozen=True)
class Year:
    pipeline: Pipeline
    other: Pipeline
    north_head: User
    north: Department
    deals: dict[str, Deal]


def make_year(cast: Cast) -> Year:
    """Sam, Clara and the head sell; Nora heads a department below; Oscar is elsewhere; one deal is nobody's."""
    pipeline, other = make_pipeline("Sales"), make_pipeline("Partners", position=1)
    north = Department.objects.create(name="Sales North", parent=cast.sales)
    nora = make_user("Nora Field", "head", department=north)
    Department.objects.filter(pk=north.pk).update(head=nora)
    deals = {}

    def open_one(
        name: str, owner: User | None, on: date, amount: Any = 100, into: Pipeline = pipeline
    ) -> Deal:
        deals[name] = make_deal(name, owner=owner, pipeline=into, amount=amount, at=noon_of(on))
        return deals[name]

    def go(deal: Deal, *steps: tuple[str, date]) -> None:
        for step, on in steps:
            _step(deal, step, noon_of(on), cast.robot)

    d = date
    go(open_one("straight", cast.salesperson, d(2025, 1, 10), 1000), ("Qualified", d(2025, 1, 20)),
       ("Proposal", d(2025, 2, 1)), ("Negotiation", d(2025, 2, 14)), ("won", d(2025, 3, 31)))  # fmt: skip
    go(open_one("skipping", cast.salesperson, d(2025, 1, 31), "250.50"), ("Negotiation", d(2025, 2, 28)),
       ("won", d(2025, 4, 1)))  # fmt: skip
    go(open_one("returning", cast.colleague, d(2025, 2, 1), 300), ("Proposal", d(2025, 2, 10)),
       ("Qualified", d(2025, 3, 1)), ("Proposal", d(2025, 3, 5)))  # fmt: skip
    go(open_one("lost early", cast.colleague, d(2025, 2, 15), 70), ("lost", d(2025, 2, 20)))
    go(open_one("reopened", cast.head, d(2025, 3, 1), 500), ("Qualified", d(2025, 3, 2)), ("won", d(2025, 3, 20)),
       ("reopen", d(2025, 4, 2)))  # fmt: skip
    go(open_one("won again", nora, d(2025, 3, 15), 800), ("lost", d(2025, 4, 1)), ("reopen", d(2025, 4, 20)),
       ("won", d(2025, 6, 30)))  # fmt: skip
    handed = open_one("handed over", cast.salesperson, d(2025, 5, 5), 640)
    go(handed, ("Qualified", d(2025, 5, 6)))
    handed.assign(nora, by=cast.robot, at=noon_of(d(2025, 5, 10)))
    go(handed, ("won", d(2025, 5, 31)))
    handed.assign(cast.salesperson, by=cast.robot, at=noon_of(d(2025, 6, 10)))
    go(open_one("nobody's", None, d(2025, 5, 20), 55), ("won", d(2025, 7, 1)))
    go(open_one("elsewhere", cast.outsider, d(2025, 6, 1), 900), ("won", d(2025, 7, 15)))
    go(open_one("partners", nora, d(2025, 7, 1), 120, other), ("won", d(2025, 7, 9)))
    go(open_one("without amount", cast.colleague, d(2025, 7, 2), None), ("lost", d(2025, 12, 31)))
    open_one("fresh", cast.salesperson, d(2025, 12, 31), 40)
    return Year(pipeline, other, nora, north, deals)


def _step(deal: Deal, step: str, at: datetime, by: User) -> None:
    moves: dict[str, Callable[[], None]] = {
        "won": lambda: deal.win(by=by, at=at),
        "lost": lambda: deal.lose(make_loss_reason(), by=by, at=at),
        "reopen": lambda: deal.reopen(by=by, at=at),
    }
    if step in moves:
        moves[step]()
    else:
        deal.move(deal.pipeline.stages.get(name=step), by=by, at=at)


def reader_of(user: User) -> Reader:
    return Reader(User.objects.with_policy().get(pk=user.pk))


def answer(key: str, user: User, **asked: str) -> Table:
    """`first` and `last` stand for the parameters from and to, whose names Python keeps for itself."""
    named = {{"first": "from", "last": "to"}.get(name, name): text for name, text in asked.items()}
    return find_report(key).answer(reader_of(user), named)


def rows_of(key: str, user: User, **asked: str) -> list[dict[str, Any]]:
    return list(records(answer(key, user, **asked)))
