"""The real set of 8,800 opportunities comes in with every figure it is known by."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncQuarter

from accounts.models import Account, AccountRole, Industry
from catalog.models import Product
from deals.models import Deal, DealLine, FunnelSum, Pipeline, StageEvent, StagePassage, StageTotal
from foundation.models import Delivery, Event
from integrations.models import ExternalId
from integrations.testing import shared_data
from users.models import Department, User

FILES = [
    ("users", "sales_teams.csv"),
    ("products", "products.csv"),
    ("accounts", "accounts.csv"),
    ("deals", "sales_pipeline.csv"),
]


def run(capsys, *arguments):
    capsys.readouterr()
    try:
        call_command("import", *map(str, arguments))
        code = 0
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    return code, json.loads(printed)


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker):
    """The four files, once for the tests of this file; rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        Department.objects.create(name="Sales")
        told = {}
        for entity, name in FILES:
            out = io.StringIO()
            call_command("import", entity, str(shared_data(f"sales_pipeline/{name}")), stdout=out)
            told[entity] = json.loads(out.getvalue())
        connection.check_constraints()
        yield told
        transaction.set_rollback(True)


@pytest.fixture
def real(imported, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield imported
        transaction.set_rollback(True)


def test_every_row_of_every_file_is_created(real):
    assert {entity: (told["read"], told["created"], told["rejected"]) for entity, told in real.items()} == {
        "users": (35, 35, 0),
        "products": (7, 7, 0),
        "accounts": (85, 85, 0),
        "deals": (8800, 8800, 0),
    }
    assert all(told["problems"] == [] for told in real.values())


def test_agents_sit_in_teams_under_heads_in_three_offices(real):
    sales = Department.objects.get(name="Sales", parent=None)
    offices = sales.children.order_by("name")
    assert [each.name for each in offices] == ["Central", "East", "West"]
    teams = Department.objects.filter(parent__in=offices)
    assert teams.count() == 6
    people = User.objects.filter(department__in=teams)
    assert people.count() == 35 + 6
    assert all(team.head.department == team for team in teams.select_related("head"))
    assert not people.exclude(email=None).exists()


def test_clients_come_with_industry_country_revenue_and_parent(real):
    acme = Account.objects.select_related("industry").get(name="Acme Corporation")
    assert (acme.industry.name, acme.annual_revenue, acme.employees) == (
        "technology",
        Decimal("1100040000"),
        2822,
    )
    assert acme.addresses.get().country == "United States"
    assert not Industry.objects.filter(name="technolgy").exists()
    assert Account.objects.filter(parent__isnull=False).count() == 15
    assert Account.objects.get(name="Codehow").parent.name == "Acme Corporation"


def test_deals_stand_where_they_stood(real):
    by_stage = dict(Deal.objects.values_list("stage__name").annotate(Count("pk")))
    assert by_stage == {"Prospecting": 500, "Engaging": 1589, "Won": 4238, "Lost": 2473}
    assert Deal.objects.won().aggregate(worth=Sum("base_amount"))["worth"] == 10_005_534
    assert round(100 * by_stage["Won"] / (by_stage["Won"] + by_stage["Lost"]), 2) == 63.15
    assert Deal.objects.filter(account=None).count() == 1425
    assert Deal.objects.lost().exclude(loss_reason__name="Not recorded").count() == 0


def test_won_by_quarter_and_by_head_add_up(real):
    quarters = (
        Deal.objects.won()
        .annotate(quarter=TruncQuarter("closed_on"))
        .values("quarter")
        .annotate(worth=Sum("base_amount"))
    )
    assert [each["worth"] for each in quarters.order_by("quarter")] == [
        1_134_672,
        3_086_111,
        2_982_255,
        2_802_496,
    ]
    heads = Deal.objects.won().values_list("owner__department__head__name").annotate(worth=Sum("base_amount"))
    assert {name.split()[-1]: int(worth) for name, worth in heads} == {
        "Marxen": 2_251_930,
        "Sewald": 1_964_750,
        "Neubert": 1_960_545,
        "Rouche": 1_603_897,
        "Losch": 1_130_049,
        "Brinkmann": 1_094_363,
    }


def test_median_days_to_close_come_from_the_dates_of_the_file(real):
    def days(deals):
        return median(
            (closed - opened).days for opened, closed in deals.values_list("opened_on", "closed_on")
        )

    assert (days(Deal.objects.won()), days(Deal.objects.lost())) == (57, 14)


def test_days_become_stage_events_at_noon_of_those_days(real):
    first = ExternalId.objects.get(system="sales_pipeline", kind="deal", key="1C1I7A6R")
    deal = Deal.objects.get(pk=first.object_id)
    events = [(event.to_stage.name, event.at) for event in deal.stage_events.select_related("to_stage")]
    assert events == [
        ("Engaging", datetime(2016, 10, 20, 12, tzinfo=UTC)),
        ("Won", datetime(2017, 3, 1, 12, tzinfo=UTC)),
    ]
    assert dict(deal.passages.values_list("stage__name", "is_imputed")) == {
        "Prospecting": True,
        "Engaging": False,
        "Won": False,
    }
    assert StageEvent.objects.count() == 8800 + 4238 + 2473


def test_the_misspelt_product_is_mapped_and_makes_no_eighth(real):
    assert Product.objects.count() == 7
    assert DealLine.objects.filter(product__name="GTX Pro").count() == 1480


def test_sums_kept_with_the_deals_are_what_a_recount_gives(real):
    from deals.funnel import rebuild

    def sums():
        totals = set(
            StageTotal.objects.exclude(deals=0).values_list("stage", "owner", "deals", "base_amount")
        )
        flows = FunnelSum.objects.filter(Q(passed__gt=0) | Q(reached__gt=0))
        return totals, set(
            flows.values_list("grain", "on", "stage", "owner", "passed", "base_amount", "reached")
        )

    kept = sums()
    rebuild()
    assert sums() == kept
    counted = FunnelSum.objects.filter(grain="d").aggregate(passed=Sum("passed"))["passed"]
    assert counted == StagePassage.objects.count()


def test_every_change_is_an_event_and_no_reaction_is_left_waiting(real):
    told = dict(Event.objects.filter(name__startswith="deal.").values_list("name").annotate(Count("pk")))
    assert told == {"deal.created": 8800, "deal.won": 4238, "deal.lost": 2473}
    waiting = set(
        Delivery.objects.values_list("handler", flat=True)
    )  # of the four change-sets, not of the rows
    assert waiting <= {"changes.bulk.handlers.tell_new_owner", "accounts.handlers.tell_of_hand_over"}
    assert not Account.objects.exclude(roles__contains=[AccountRole.CLIENT]).exists()
    cancity = Account.objects.get(name="Cancity")
    owners = set(Deal.objects.filter(account=cancity).values_list("owner_id", flat=True))
    assert owners <= set(cancity.team_ids)


@pytest.mark.parametrize(("entity", "name"), FILES)
def test_the_same_file_again_changes_nothing(real, capsys, entity, name):
    code, told = run(capsys, entity, shared_data(f"sales_pipeline/{name}"))
    assert code == 0
    assert (told["created"], told["updated"], told["unchanged"], told["rejected"]) == (0, 0, told["read"], 0)


def test_without_the_mapping_the_unknown_product_is_listed_and_its_rows_rejected(real, capsys, tmp_path):
    kept = json.loads((shared_mapping()).read_text())
    del kept["values"]
    kept["system"] = "again"
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(kept))
    file = shared_data("sales_pipeline/sales_pipeline.csv")
    code, told = run(capsys, "deals", file, "--mapping", mapping, "--dry-run")
    assert code == 0
    assert (told["created"], told["rejected"]) == (8800 - 1480, 1480)
    assert len(told["problems"]) + told["problems_left_out"] == 1480
    assert told["problems"][0] == {"row": 3, "column": "product", "reason": "Unknown product “GTXPro”."}
    (unknown,) = told["unknown"]
    assert (unknown["name"], unknown["column"], unknown["count"]) == ("GTXPro", "product", 1480)
    assert Deal.objects.count() == 8800
    assert Product.objects.count() == 7


def test_a_dry_run_says_the_same_and_writes_nothing(db, capsys):
    for entity, name in FILES[:3]:
        code, told = run(capsys, entity, shared_data(f"sales_pipeline/{name}"), "--dry-run")
        assert (code, told["created"], told["rejected"]) == (0, told["read"], 0)
    assert not Account.objects.exists()
    assert not Product.objects.exists()
    assert not Pipeline.objects.exists()
    assert not User.objects.filter(is_robot=False).exists()


def shared_mapping():
    from integrations.desk import MAPPINGS

    return MAPPINGS / "sales_pipeline.json"
