"""The waterfall against a replay: every change of a few deals told to plain Python as it happens."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from deals.models import Deal, Pipeline
from deals.testing import make_deal, make_loss_reason, make_pipeline
from foundation.clock import company_day
from foundation.testing import assert_query_count
from reports.testing import rows_of
from reports.waterfall import FLOWS, Asked, deals_behind, waterfall
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
FIRST, LAST = BEGIN + timedelta(days=10), BEGIN + timedelta(days=20)
QUARTER = (date(2025, 4, 1), date(2025, 6, 30))


@dataclass
class Told:
    """What the oracle was told of a deal: when, its state, worth, owner, expected close and pipeline from then on."""

    rows: list[tuple[datetime, str, Decimal, int | None, date | None, int]] = field(default_factory=list)

    def at(self, moment: datetime) -> tuple[datetime, str, Decimal, int | None, date | None, int] | None:
        return next((row for row in reversed(self.rows) if row[0] < moment), None)


def in_history(at: datetime) -> None:
    """History is dated by the database's clock; what was done just now is put where the test says it was done."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_dealhistory SET pgh_created_at = %s WHERE pgh_created_at >= '2026-01-01'", [at]
        )


def carried_out(
    steps: list[tuple[int, str, int, int]], cast: Cast, pipeline: Pipeline, other: Pipeline
) -> dict[int, Told]:
    """Each step: (which deal, what, which hour, a number to choose by). What cannot be done then is left out."""
    deals: dict[int, Deal] = {}
    told: dict[int, Told] = {}
    owners = [cast.salesperson, cast.colleague]
    expected = [None, date(2025, 3, 31), date(2025, 4, 1), date(2025, 6, 30), date(2025, 7, 1)]
    by = cast.robot
    for which, what, hour, number in sorted(steps, key=lambda step: step[2]):
        at = BEGIN + timedelta(hours=hour)
        deal = deals.get(which)
        if deal is None:
            fields = {"amount": Decimal(number * 10 + 1), "expected_close_on": expected[number % 5]}
            deals[which] = deal = make_deal(
                f"deal {which}", owner=owners[number % 2], pipeline=pipeline, at=at, **fields
            )
            told[deal.pk] = Told()
        elif what == "transfer" and deal.is_open:
            into = other if deal.pipeline_id == pipeline.pk else pipeline
            deal.transfer(into.stages_in_order()[number % 4], by=by, at=at)
        elif not _done(deal, what, number, at, by, owners, expected):
            continue
        in_history(at)
        deal = deals[which] = Deal.objects.get(pk=deal.pk)
        worth = deal.base_amount or Decimal(0)
        row = (at, str(deal.state), worth, deal.owner_id, deal.expected_close_on, deal.pipeline_id)
        told[deal.pk].rows.append(row)
    return told


def _done(deal: Deal, what: str, number: int, at: datetime, by: User, owners: Any, expected: Any) -> bool:
    if what == "amount" and deal.is_open:
        deal.change({"amount": Decimal(number * 7)}, by=by, at=at)
    elif what == "expected" and deal.is_open:
        deal.change({"expected_close_on": expected[number % 5]}, by=by, at=at)
    elif what == "owner":
        deal.assign(owners[number % 2], by=by, at=at)
    elif what == "move" and deal.is_open:
        deal.move(deal.pipeline.stages_in_order()[number % 4], by=by, at=at)
    elif what == "win" and deal.is_open:
        deal.win(by=by, at=at)
    elif what == "lose" and deal.is_open:
        deal.lose(make_loss_reason(), by=by, at=at)
    elif what == "reopen" and not deal.is_open:
        deal.reopen(by=by, at=at)
    else:
        return False
    return True


def expected_of(
    told: dict[int, Told], people: set[int] | None, close: Any, pipelines: set[int]
) -> dict[str, tuple[int, Decimal]]:
    """Start, every step and end, deal by deal."""
    sums: dict[str, list[Decimal]] = {kind: [] for kind in ("start", *FLOWS, "end")}

    def fits(row: Any) -> bool:
        ours = people is None or row[3] in people
        return bool(
            row[5] in pipelines
            and ours
            and (close == (None, None) or (row[4] and close[0] <= row[4] <= close[1]))
        )

    for deal in told.values():
        before, after = deal.at(FIRST), deal.at(LAST)
        if after is None:
            continue
        was_in = before is not None and before[1] == "open" and fits(before)
        is_in = after[1] == "open" and fits(after)
        closings = [
            row for old, row in zip([None, *deal.rows], deal.rows, strict=False)
            if FIRST <= row[0] < LAST and row[1] != "open" and (old is None or old[1] == "open")
        ]  # fmt: skip
        closed_here = after[1] != "open" and bool(closings) and fits(after)
        if was_in:
            assert before is not None
            sums["start"].append(before[2])
            if after[2] != before[2]:
                sums["up" if after[2] > before[2] else "down"].append(after[2] - before[2])
        elif is_in or closed_here:
            came = (
                "created" if before is None
                else "reopened" if before[1] != "open"
                else "moved_in" if before[5] not in pipelines
                else "taken_over" if people is not None and before[3] not in people
                else "pulled_in"
            )  # fmt: skip
            sums[came].append(after[2])
        if is_in:
            sums["end"].append(after[2])
        elif was_in or closed_here:
            ours = people is None or after[3] in people
            is_here = after[5] in pipelines
            went = (
                "moved_out"
                if not is_here
                else "given_away"
                if not ours
                else "pushed_out"
                if after[1] == "open"
                else after[1]
            )
            sums[went].append(-after[2])
    return {kind: (len(each), sum(each, Decimal(0))) for kind, each in sums.items()}


# Hours of thirty days, of which the waterfall looks at the middle ten; few deals, so that much happens to each.
STEPS = some.lists(
    some.tuples(
        some.integers(0, 1),
        some.sampled_from(
            ["amount", "amount", "expected", "owner", "move", "win", "lose", "reopen", "reopen", "transfer"]
        ),
        some.sampled_from(range(0, 30 * 24, 12)),
        some.integers(0, 40),
    ),
    min_size=6,
    max_size=20,
    unique_by=lambda step: step[2],
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # shrinking would carry out hundreds of histories again
)
@given(
    steps=STEPS,
    are_mine=some.booleans(),
    close=some.sampled_from([(None, None), QUARTER]),
    is_both=some.booleans(),
)
def test_every_step_is_what_a_replay_says_and_they_add_up_to_the_cent(
    cast: Cast, steps: Any, are_mine: bool, close: Any, is_both: bool
) -> None:
    pipeline, other = (make_pipeline(f"P{Pipeline.objects.count()}") for _turn in range(2))
    told = carried_out(steps, cast, pipeline, other)
    pipelines = [pipeline.pk, other.pk] if is_both else [pipeline.pk]
    people = {cast.salesperson.pk} if are_mine else None
    asked = Asked(FIRST, LAST, pipelines, people and sorted(people), close)
    found = waterfall(asked)
    expected = expected_of(told, people, close, set(pipelines))
    assert {kind: (flow.deals, flow.worth) for kind, flow in found.flows.items()} == {
        kind: expected[kind] for kind in FLOWS
    }
    assert (found.start.deals, found.start.worth) == expected["start"]
    assert (found.end.deals, found.end.worth) == expected["end"]
    assert found.start.worth + sum(flow.worth for flow in found.flows.values()) == found.end.worth
    for kind, flow in found.flows.items():
        behind = deals_behind(asked, kind, 100)
        assert (len(behind), sum((row[6] for row in behind), Decimal(0))) == (flow.deals, flow.worth)


def test_the_report_says_start_steps_and_end_and_leads_to_the_deals(cast: Cast, client_of: Any) -> None:
    make_deal("Roses", owner=cast.salesperson, amount=700)
    make_deal("Lilies", owner=cast.colleague, amount=300, won=True)
    make_deal("Elsewhere", owner=cast.outsider, amount=900)
    rows = rows_of("waterfall", cast.head)
    said = {row["step"]: (row["deals"], row["amount"]) for row in rows[1:-1]}
    assert said["Created"] == (2, "1000.00")
    assert said["Won"] == (1, "-300.00")
    assert (rows[0]["deals"], rows[-1]["deals"], rows[-1]["amount"]) == (0, 1, "700.00")
    page = client_of(cast.head).get("/reports/waterfall/").content.decode()
    link = re.search(r"/reports/waterfall-deals/\?[^\"]*flow=created", page)
    assert link
    behind = client_of(cast.head).get(unescape(link[0])).content.decode()
    assert "Roses" in behind
    assert "Elsewhere" not in behind


def test_the_outsider_sees_only_their_own(cast: Cast, client_of: Any) -> None:
    make_deal("Roses", owner=cast.salesperson, amount=700)
    page = client_of(cast.outsider).get("/reports/waterfall-deals/?flow=created").content.decode()
    assert "Roses" not in page
    assert rows_of("waterfall", cast.outsider)[-1]["deals"] == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2199-01-01&to=2199-02-01", "begins in the future"),
        ("from=2199-01-01", "exchange them"),
        ("close_from=2026-02-01&close_to=2026-01-01", "exchange them"),
        ("from=yesterday", "is not a day"),
    ],
)
def test_bad_days_are_said_in_words(cast: Cast, client_of: Any, query: str, sentence: str) -> None:
    answer = client_of(cast.head).get(f"/reports/waterfall/?{query}")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_waterfall_costs_what_is_recorded(cast: Cast, client_of: Any) -> None:
    make_deal("Roses", owner=cast.salesperson)
    head = client_of(cast.head)
    with assert_query_count("waterfall"):
        head.get("/reports/waterfall/")


def test_the_days_meant_where_none_are_said_stand_in_the_form(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    make_pipeline()
    today = company_day(timezone.now())
    form = client_of(cast.head).get("/reports/waterfall/").context["form"]
    assert (form["from"].value(), form["to"].value()) == (today.replace(day=1).isoformat(), today.isoformat())
    form = client_of(cast.head).get("/reports/waterfall/?to=2025-02-17").context["form"]
    assert (form["from"].value(), form["to"].value()) == ("2025-02-01", "2025-02-17")
    answer = client_of(cast.head).get("/reports/waterfall/?to=soon")
    assert answer.status_code == 422
    assert "“soon” is not a day" in unescape(answer.content.decode())
    on = client_of(cast.head).get("/reports/pipeline-on/").context["form"]["on"].value()
    assert on == (today - timedelta(days=1)).isoformat()
