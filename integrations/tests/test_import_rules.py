"""What an import may do is chosen: make, change or both, by which key, and what it may write over."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, ContactPoint
from accounts.testing import make_account, make_contact
from changes.models import ChangeSet
from changes.undoing import undo
from users.testing import Cast

pytestmark = pytest.mark.django_db
FILE = "Name,Phone,Website,About,City\nAcme,+7 900 111-22-33,new.example,New,Tula\nBeta,+7 900 111-22-44,,,\n"


def run(folder: Path, text: str = FILE, entity: str = "accounts", **mapping: Any) -> dict[str, Any]:
    (folder / "table.csv").write_text(text)
    (folder / "mapping.json").write_text(json.dumps(mapping))
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("import", entity, str(folder / "table.csv"), mapping=folder / "mapping.json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.fixture
def acme(cast: Cast) -> Account:
    return make_account("Acme", owner=cast.head, website="https://old.example", about="")


def test_only_what_is_new_is_made(acme: Account, tmp_path: Path) -> None:
    told = run(tmp_path, mode="create")
    acme.refresh_from_db()
    assert (told["created"], told["updated"], told["unchanged"]) == (1, 0, 1)
    assert acme.website == "https://old.example"


def test_only_what_is_here_is_changed_and_the_rest_is_listed(acme: Account, tmp_path: Path) -> None:
    told = run(tmp_path, mode="update")
    assert (told["created"], told["updated"], told["rejected"]) == (0, 1, 1)
    assert told["problems"][0]["reason"] == "Nothing matches this row, and nothing new is to be made."
    assert not Account.objects.filter(name="Beta").exists()


def test_blanks_are_filled_and_what_is_filled_stays(acme: Account, tmp_path: Path) -> None:
    run(tmp_path, overwrite={"website": "blank", "about": "blank", "city": "blank"})
    acme.refresh_from_db()
    assert (acme.website, acme.about, acme.addresses.get().city) == ("https://old.example", "New", "Tula")


def test_a_column_may_be_only_for_new_records(acme: Account, tmp_path: Path) -> None:
    told = run(tmp_path, overwrite=dict.fromkeys(("website", "about", "city", "phone"), "never"))
    acme.refresh_from_db()
    assert (told["unchanged"], acme.about, acme.points.count()) == (1, "", 0)
    assert Account.objects.get(name="Beta").points.get().value == "+79001112244"


def test_clients_are_found_by_their_phone_whatever_they_are_called(
    acme: Account, cast: Cast, tmp_path: Path
) -> None:
    ContactPoint.add(acme, kind="phone", value="+7 900 111-22-33", by=cast.head, at=timezone.now())
    told = run(tmp_path, FILE.replace("Acme", "Acme Ltd"), match=["phone"])
    acme.refresh_from_db()
    assert (told["created"], told["updated"], acme.name) == (1, 1, "Acme Ltd")


def test_the_phone_of_somebody_there_is_not_the_clients(acme: Account, cast: Cast, tmp_path: Path) -> None:
    person = make_contact(acme, name="Ada")
    ContactPoint.add(
        acme, contact=person, kind="phone", value="+7 900 111-22-33", by=cast.head, at=timezone.now()
    )
    told = run(tmp_path, FILE.replace("Acme", "Acme Ltd"), match=["phone"])
    assert (told["created"], told["updated"]) == (2, 0)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"mode": "destroy"}, "“mode” is create or update; without it, both is done."),
        ({"overwrite": {"about": "perhaps"}}, "“overwrite” says always, blank or never for a field."),
        (
            {"match": ["about"]},
            "Rows can be matched by external_id, name, phone, email, ru_inn, ru_ogrn, eu_vat, not by “about”.",
        ),
    ],
    ids=["mode", "policy", "key"],
)
def test_a_rule_that_means_nothing_is_one_sentence(
    cast: Cast, tmp_path: Path, mapping: dict[str, Any], sentence: str
) -> None:
    assert run(tmp_path, **mapping) == {"error": sentence}


def test_an_import_is_one_change_set_whose_changes_go_back(acme: Account, cast: Cast, tmp_path: Path) -> None:
    run(tmp_path)
    [made] = ChangeSet.objects.all()
    assert (made.kind, made.title, made.state) == ("import", "Import of table.csv", "done")
    acme.refresh_from_db()
    assert acme.about == "New"
    undo(made, by=made.by, at=timezone.now())
    acme.refresh_from_db()
    assert (acme.about, acme.website) == ("", "https://old.example")


def test_what_somebody_changed_after_an_import_is_left_alone(
    acme: Account, cast: Cast, tmp_path: Path
) -> None:
    run(tmp_path)
    acme.refresh_from_db()
    acme.change({"about": "Mine"}, by=cast.head, at=timezone.now())
    made = ChangeSet.objects.get()
    undo(made, by=made.by, at=timezone.now())
    acme.refresh_from_db()
    assert (acme.about, acme.website) == ("Mine", "https://old.example")


def test_a_look_before_importing_is_no_change_set(acme: Account, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(FILE)
    call_command("import", "accounts", str(tmp_path / "table.csv"), dry_run=True, stdout=io.StringIO())
    assert not ChangeSet.objects.exists()
