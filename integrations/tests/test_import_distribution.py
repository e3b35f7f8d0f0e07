"""A file may leave its new clients and deals to the rules of distribution."""

import io
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from deals.models import Deal
from deals.testing import make_pipeline
from distribution.models import Record, WaitingRecord
from distribution.operations import give_waiting
from distribution.testing import make_distribution_rule

pytestmark = pytest.mark.django_db
FILE = "Client,Owner,Role\nRose Ltd,By the rules,lead\nTulip Ltd,by rules,lead\nIris Ltd,{name},lead\nLily Ltd,,lead\n"


def run(folder, entity, text, **mapping):
    (folder / "table.csv").write_text(text)
    (folder / "mapping.json").write_text(json.dumps(mapping))
    out = io.StringIO()
    call_command("import", entity, str(folder / "table.csv"), mapping=folder / "mapping.json", stdout=out)
    return json.loads(out.getvalue())


def test_rows_that_say_by_the_rules_are_distributed_and_no_others(cast, tmp_path):
    make_distribution_rule("Leads", cast.salesperson, cast.colleague, fallback=cast.head)
    make_account("Rose Ltd old", roles=["lead"])
    columns = {"Client": "name", "Owner": "owner", "Role": "roles"}
    told = run(tmp_path, "accounts", FILE.format(name=cast.head.name), columns=columns)
    assert (told["created"], told["rejected"]) == (4, 0)
    assert WaitingRecord.objects.count() == 2
    assert give_waiting(at=timezone.now()) == 2
    owners = dict(Account.objects.values_list("name", "owner__name"))
    assert owners == {
        "Rose Ltd": cast.salesperson.name,
        "Tulip Ltd": cast.colleague.name,
        "Iris Ltd": cast.head.name,
        "Lily Ltd": None,
        "Rose Ltd old": None,
    }


def test_a_whole_file_of_deals_is_left_to_the_rules(cast, tmp_path):
    make_distribution_rule("Deals", cast.colleague, fallback=cast.head, record=Record.DEAL)
    make_pipeline()
    told = run(
        tmp_path,
        "deals",
        "Deal,Stage\nRoses,First contact\n",
        columns={"Deal": "title", "Stage": "stage"},
        constants={"owner": "by the rules"},
    )
    assert (told["created"], told["rejected"]) == (1, 0), told
    give_waiting(at=timezone.now())
    assert Deal.objects.get().owner == cast.colleague
