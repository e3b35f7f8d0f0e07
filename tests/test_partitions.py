"""Events and histories are kept by month, and stay append-only there."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from accounts.testing import make_account
from foundation.models import Delivery
from foundation.partitions import ensure_months, forget_old_deliveries, next_month, partitioned_tables
from users.testing import Cast

GROWING = {
    "activities_meetinghistory",
    "activities_taskhistory",
    "accounts_accounthistory",
    "accounts_contacthistory",
    "deals_dealhistory",
    "foundation_event",
    "foundation_eventsubject",
    "processes_steplog",
}


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_every_table_that_only_grows_is_partitioned() -> None:
    assert {table for table, _column in partitioned_tables()} == GROWING


@pytest.mark.django_db
def test_what_happens_this_month_is_kept_in_this_months_partition(cast: Cast) -> None:
    today = timezone.now().date()
    ensure_months(today, today)
    account = make_account(owner=cast.salesperson)
    account.change({"about": "Likes daisies"}, by=cast.salesperson, at=timezone.now())
    for table, least in (
        ("accounts_accounthistory", 2),
        ("foundation_event", 2),
        ("foundation_eventsubject", 2),
    ):
        assert rows_of(f"{table}_{today:%Y_%m}") >= least
        assert rows_of(f"{table}_default") == 0


@pytest.mark.django_db
def test_months_are_made_once_and_filled_ones_are_left_alone() -> None:
    ensure_months(date(2031, 11, 3), date(2032, 1, 1))
    ensure_months(date(2031, 11, 30), date(2032, 1, 31))
    for month in ("2031_11", "2031_12", "2032_01"):
        assert rows_of(f"foundation_event_{month}") == 0
    assert next_month(date(2031, 12, 1)) == date(2032, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_accounthistory SET name = 'x'", "DELETE FROM accounts_accounthistory"]
)
def test_history_cannot_be_rewritten(cast: Cast, statement: str) -> None:
    make_account(owner=cast.salesperson)
    with (
        pytest.raises(InternalError, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_done_deliveries_are_forgotten_after_a_month_and_stuck_ones_never() -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=31)
    for number, marks in enumerate(({"done_at": long_ago}, {"done_at": now}, {"stuck_at": long_ago}, {})):
        Delivery.objects.create(event_id=number + 1, event_at=long_ago, handler="x", due_at=long_ago, **marks)
    forget_old_deliveries()
    assert sorted(Delivery.objects.values_list("event_id", flat=True)) == [2, 3, 4]
