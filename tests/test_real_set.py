"""The 8,800 real opportunities, imported as a user would, give exactly the figures their publisher's data holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from deals.models import Deal
from integrations.testing import shared_data
from processes import dry_run, operations
from processes.testing import block
from users.models import Role, User
from users.testing import make_user

FILES = [
    ("users", "sales_teams.csv"),
    ("products", "products.csv"),
    ("accounts", "accounts.csv"),
    ("deals", "sales_pipeline.csv"),
]


@pytest.fixture(scope="module")
def real_set(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Imported once for this file; taken back by the rollback of the one transaction around it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        for entity, file in FILES:
            outcome = command("import", entity, str(shared_data("sales_pipeline") / file))
            assert outcome["rejected"] == 0, outcome["problems"][:5]
        yield
        transaction.set_rollback(True)


@pytest.fixture
def db(real_set: None, django_db_blocker: Any) -> Iterator[None]:
    """Each test within a savepoint of the imported set."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def command(name: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return json.loads(out.getvalue())


def rows(key: str, *arguments: str) -> list[dict[str, Any]]:
    return command("report", key, "--json", *arguments)["rows"]


def pairs(key: str, name: str, value: str, *arguments: str) -> dict[str, Any]:
    return {row[name]: row[value] for row in rows(key, *arguments)}


def test_every_deal_stands_in_its_stage(db: None) -> None:
    assert pairs("funnel", "stage", "deals") == {
        "Prospecting": 500,
        "Engaging": 1589,
        "Won": 4238,
        "Lost": 2473,
    }
    assert pairs("funnel", "type", "amount")["won"] == "10005534.00"


def test_won_by_quarter(db: None) -> None:
    assert pairs("won-by-quarter", "quarter", "amount") == {
        "2017-Q1": "1134672.00",
        "2017-Q2": "3086111.00",
        "2017-Q3": "2982255.00",
        "2017-Q4": "2802496.00",
    }


def test_won_by_head(db: None) -> None:
    assert {name.split()[-1]: amount for name, amount in pairs("won-by-head", "head", "amount").items()} == {
        "Marxen": "2251930.00",
        "Sewald": "1964750.00",
        "Neubert": "1960545.00",
        "Rouche": "1603897.00",
        "Losch": "1130049.00",
        "Brinkmann": "1094363.00",
    }


def test_win_rate_of_closed(db: None) -> None:
    (row,) = rows("win-rate")
    assert (row["won"], row["lost"], row["win_rate"]) == (4238, 2473, 63.15)


def test_median_days_to_close(db: None) -> None:
    assert pairs("days-to-close", "outcome", "median_days") == {"won": 57, "lost": 14}
    assert pairs("days-to-close", "outcome", "deals") == {"won": 4238, "lost": 2473}


def test_persons_departments_and_months_add_up_to_the_same_sum(db: None) -> None:
    for key in ("won-by-person", "won-by-department", "won-by-month"):
        found = rows(key)
        assert sum(row["deals"] for row in found) == 4238, key
        assert sum(Decimal(row["amount"]) for row in found) == Decimal("10005534"), key
    assert len(rows("won-by-person")) == 30


def test_the_whole_cohort_is_won_lost_or_still_open(db: None) -> None:
    found = pairs("funnel", "stage", "deals", "--param", "view=cohort")
    assert found["Prospecting"] == 8800
    assert (found["Won"], found["Lost"]) == (4238, 2473)
    assert found["Engaging"] >= found["Won"] + 1589


def test_the_page_of_the_funnel_shows_them(db: None) -> None:
    reader = User.objects.with_policy().get(pk=make_user("Ines Reader", "accountant").pk)
    client = Client()
    client.force_login(reader, backend="users.backends.PersonBackend")
    page = client.get("/reports/funnel/").content.decode().replace("\u00a0", " ")
    shown = ["4,238", "2,473", "1,589", "500", "10,005,534 USD", "63.15%", "1,134,672 USD", "3,086,111 USD"]
    assert [figure for figure in [*shown, "2,982,255 USD", "2,802,496 USD"] if figure not in page] == []
    tile = client.get("/reports/funnel/days/").content.decode()
    assert ">57<" in tile
    assert "lost: 14" in tile


def test_a_head_reads_their_own_team_and_no_other(db: None) -> None:
    marxen = User.objects.get(name="Melvin Marxen")
    User.objects.filter(pk=marxen.pk).update(email="marxen@romashka.example", is_active=True)
    marxen.roles.set(Role.objects.filter(key="head"))
    team = User.objects.with_policy().get(pk=marxen.pk).reach("deals.view").people
    assert len(team) > 1
    asked = ("--as", "marxen@romashka.example")
    assert pairs("won-by-head", "head", "amount", *asked) == {"Melvin Marxen": "2251930.00"}
    assert (
        pairs("funnel", "stage", "deals", *asked)["Won"]
        == Deal.objects.won().filter(owner_id__in=team).count()
    )


@pytest.mark.parametrize("limit", ["500000.00", "20000.00", "1000.00"])
def test_a_dry_run_says_exactly_how_many_deals_would_have_needed_approval(db: None, limit: str) -> None:
    person = User.objects.filter(heads__isnull=False).first()
    process = operations.create(
        name="Deals over the limit need approval",
        subject_kind="deal",
        outline={"blocks": [block("approval", "Approve", who={"kind": "head"}, declined=[], returned=[])]},
        starts=[{"fact": "deal.created", "when": ["deal.amount", "gt", limit]}],
        by=person,
        at=timezone.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM deals_deal WHERE amount > %s", [limit])
        (there,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM deals_deal")
        assert cursor.fetchone() == (8_800,)
    since = (timezone.now() - datetime(2016, 1, 1, tzinfo=UTC)).days
    trial = dry_run.tried(process, since, timezone.now())
    assert (trial.heard[0].facts, trial.runs, trial.records) == (8_800, there, there)
