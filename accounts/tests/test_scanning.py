"""The search for doubles through the whole base."""

from datetime import timedelta
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.duplicates import scanning
from accounts.duplicates.scanning import scan
from accounts.models import Account, ContactPoint, DuplicatePair, PairState
from accounts.testing import make_account
from foundation.drain import drain

pytestmark = pytest.mark.django_db


def double(cast) -> tuple[Account, Account]:
    now, by = timezone.now(), cast.salesperson
    pair = make_account("ООО «Ромашка Опт»", owner=by), make_account("Romashka Opt Ltd", owner=by)
    for account in pair:
        ContactPoint.add(account, kind="phone", value="+74951234567", by=by, at=now)
    drain()
    return pair


def test_doubles_are_written_down_older_first_with_score_and_reasons(cast):
    older, newer = double(cast)
    make_account("Somebody Else", owner=cast.salesperson)
    done = scan(at=timezone.now())
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.state) == (older, newer, PairState.NEW)
    assert (pair.score, pair.reasons) == (18, ["same_name", "same_phone"])
    assert (done.found, done.is_busy) == (1, False)


def test_searching_again_changes_nothing_and_forgets_what_is_alike_no_more(cast):
    _older, newer = double(cast)
    now = timezone.now()
    scan(at=now)
    first = DuplicatePair.objects.get()
    scan(at=now + timedelta(days=1))
    assert DuplicatePair.objects.get().pk == first.pk
    newer.change({"name": "Lex Tax Advisers"}, by=cast.salesperson, at=now)
    drain()
    scan(at=now + timedelta(days=2))
    assert not DuplicatePair.objects.exists()


def test_not_a_duplicate_is_remembered_by_later_searches(cast):
    double(cast)
    now = timezone.now()
    scan(at=now)
    DuplicatePair.objects.get().dismiss(by=cast.salesperson, at=now)
    scan(at=now + timedelta(days=1))
    assert DuplicatePair.objects.get().state == PairState.NOT_DUPLICATE


def test_a_key_that_many_share_makes_no_pairs(cast, monkeypatch):
    monkeypatch.setattr(scanning, "MOST_OF_STRONG", 3)
    now, by = timezone.now(), cast.salesperson
    for number in range(5):
        account = make_account(f"Tenant {'abcde'[number] * 9}", owner=by)
        ContactPoint.add(account, kind="phone", value="+74951234567", by=by, at=now)
    drain()
    assert scan(at=now).compared == 0


def test_a_second_search_at_the_same_time_does_nothing_and_the_command_says_so(cast):
    double(cast)
    settings = connection.settings_dict
    other = psycopg2.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"]
    )
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [scanning.LOCK])
        assert scan(at=timezone.now()).is_busy
        with pytest.raises(CommandError, match="Another search is at work"):
            call_command("find_duplicates")
    finally:
        other.close()
    assert not DuplicatePair.objects.exists()


def test_the_command_says_what_it_found(cast):
    double(cast)
    said = StringIO()
    call_command("find_duplicates", stdout=said)
    assert "Possible duplicates: 1." in said.getvalue()


def test_the_workers_search_every_night(cast):
    from accounts.tasks import find_duplicates
    from crm.celery import app

    double(cast)
    assert find_duplicates() == 1
    assert find_duplicates.name in {each["task"] for each in app.conf.beat_schedule.values()}
