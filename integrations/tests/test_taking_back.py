"""Taking back what an import created: from the file to the trash and back."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, Contact
from changes import undoing
from changes.models import ChangeSet, TrashEntry
from changes.trash import verbs
from deals.models import Deal
from deals.testing import make_pipeline
from deals.tests.test_funnel import check
from integrations.models import ExternalId
from users.testing import Cast

pytestmark = pytest.mark.django_db
CLIENTS = """id,Name,Mail
a1,Acme,info@acme.example
a2,Bloom,info@bloom.example
"""
DEALS = """id,Deal,Client,Amount,Stage
d1,Roses,Acme,100,Qualified
d2,Tulips,Bloom,200,Proposal
"""


def bring(folder: Path, entity: str, text: str, **columns: str) -> ChangeSet:
    file, mapping, out = folder / f"{entity}.csv", folder / "mapping.json", io.StringIO()
    file.write_text(text)
    mapping.write_text(json.dumps({"columns": columns, "system": "old"}))
    call_command("import", entity, str(file), mapping=mapping, stdout=out)
    assert json.loads(out.getvalue())["created"] == 2
    return ChangeSet.objects.latest("pk")


def bring_clients(folder: Path) -> ChangeSet:
    return bring(folder, "accounts", CLIENTS, id="external_id", Name="name", Mail="email")


def test_an_undone_import_of_clients_leaves_nothing_and_the_same_file_makes_them_again(
    cast: Cast, tmp_path: Path
) -> None:
    made = bring_clients(tmp_path)
    assert Account.objects.count() == 2

    undoing.undo(made, by=cast.admin, at=timezone.now())
    assert not Account.objects.exists()
    assert not ExternalId.objects.filter(kind="account").exists()
    assert TrashEntry.objects.own().count() == 2
    bring_clients(tmp_path)

    assert set(Account.objects.values_list("name", flat=True)) == {"Acme", "Bloom"}


def test_an_undone_import_of_deals_leaves_the_sums_and_comes_back_into_them(
    cast: Cast, tmp_path: Path
) -> None:
    make_pipeline()
    bring_clients(tmp_path)
    made = bring(
        tmp_path,
        "deals",
        DEALS,
        id="external_id",
        Deal="title",
        Client="account",
        Amount="amount",
        Stage="stage",
    )
    assert Deal.objects.count() == 2

    undone = undoing.undo(made, by=cast.admin, at=timezone.now())
    assert not Deal.objects.exists()
    assert not Contact.objects.exists()
    check()
    undone.refresh_from_db()
    assert (undone.done, undone.conflicts) == (2, 0)
    verbs.restore_many(
        list(TrashEntry.objects.values_list("pk", flat=True)), by=cast.admin, at=timezone.now()
    )

    assert Deal.objects.count() == 2
    check()
