"""Address books come in: people at their companies, others as clients of their own, nothing lost, nothing twice."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Account, Contact, MatchKey
from accounts.testing import make_account, make_contact
from foundation.models import Event
from users.testing import Cast

pytestmark = pytest.mark.django_db
GOOGLE = (
    "First Name,Middle Name,Last Name,Organization Name,Organization Title,Organization Department,Birthday,"
    "Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,"
    "Phone 2 - Value,Address 1 - Street,Address 1 - City\n"
    "Ада,,Ли,Роза Трейд,Директор,Закупки,1980-05-01,Любит пионы,* myContacts,* Work,"
    "ada@roza.example ::: ada2@roza.example,Mobile,+7 900 111-22-33,Work,see card,Садовая 5,Казань\n"
    "Боб,,Рэй,Роза Трейд,,,,,,,bob@roza.example,,,,,,\n"
    "Мария,,Гость,,,,,,,,maria@post.example,,+7 900 222-33-44,,,,\n"
)
OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business City,"
    "Business Fax,Business Phone,Business Phone 2,Mobile Phone,E-mail Address,E-mail 2 Address,Notes\n"
    ",Ada,,Lee,,Acme,,Buyer,Main St 1,Tula,+7 495 100-00-00,+7 495 100-00-01,+7 495 100-00-02,"
    "+7 900 100-00-03,a@acme.example,b@acme.example,\n"
)


def run(folder: Path, content: str | bytes, name: str = "people.csv", **options: Any) -> dict[str, Any]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = io.StringIO()
    call_command("import", "contacts", str(path), stdout=out, **options)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def points(owner: Any) -> set[tuple[str, str]]:
    return set(owner.points.values_list("kind", "value"))


def test_googles_columns_become_people_at_their_company_and_a_client_of_her_own(
    cast: Cast, tmp_path: Path
) -> None:
    told = run(tmp_path, GOOGLE)
    assert (told["created"], told["rejected"], told["also_created"]) == (3, 0, {"clients": 1})
    company = Account.objects.get(name="Роза Трейд")
    assert (company.roles, company.addresses.get().city) == (["lead"], "Казань")
    ada = company.contacts.get(name="Ада Ли")
    assert ada.position == "Директор, Закупки"
    assert ada.note.splitlines() == ["Любит пионы", "Birthday: 1980-05-01", "Phone 2 - Value: see card"]
    assert points(ada) == {
        ("email", "ada@roza.example"),
        ("email", "ada2@roza.example"),
        ("phone", "+79001112233"),
    }
    maria = Account.objects.get(name="Мария Гость")
    assert (maria.kind, points(maria)) == (
        "person",
        {("email", "maria@post.example"), ("phone", "+79002223344")},
    )
    assert not maria.contacts.exists()


def test_the_same_address_book_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, GOOGLE)
    told = Event.objects.exclude(name="change_set.finished")
    events = told.count()
    again = run(tmp_path, GOOGLE)
    assert (again["created"], again["updated"], again["unchanged"], again["rejected"]) == (0, 0, 3, 0)
    assert told.count() == events


def test_what_a_later_address_book_knows_more_is_added_beside_what_people_wrote(
    cast: Cast, tmp_path: Path
) -> None:
    ada = make_contact(make_account("Роза Трейд", owner=cast.head), name="Ада Ли", note="Ours")
    told = run(tmp_path, GOOGLE)
    ada.refresh_from_db()
    assert (told["created"], told["updated"]) == (2, 1)
    assert ada.note.splitlines()[:2] == ["Ours", "Любит пионы"]
    assert "Address: Казань, Садовая 5" in ada.note
    assert ("phone", "+79001112233") in points(ada)


def test_outlooks_phones_and_mails_are_all_kept(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, OUTLOOK)
    ada = Contact.objects.get(name="Ada Lee")
    assert points(ada) == {
        ("email", "a@acme.example"),
        ("email", "b@acme.example"),
        ("phone", "+74951000001"),
        ("phone", "+74951000002"),
        ("phone", "+79001000003"),
    }
    assert "Business Fax: +7 495 100-00-00" in ada.note


def test_an_address_book_of_a_russian_outlook_is_read_in_its_own_encoding(cast: Cast, tmp_path: Path) -> None:
    headings = "Имя;Фамилия;Организация;Рабочий телефон;Адрес эл. почты\n"
    text = f"{headings}Иван;Петров;Ромашка и Ко;+7 495 123-45-67;i@r.example\n"
    told = run(tmp_path, text.encode("cp1251"))
    ivan = Contact.objects.select_related("account").get(name="Иван Петров")
    assert (told["created"], ivan.account.name) == (1, "Ромашка и Ко")
    assert points(ivan) == {("phone", "+74951234567"), ("email", "i@r.example")}


def test_cards_are_found_again_by_their_key_when_the_name_has_changed(cast: Cast, tmp_path: Path) -> None:
    text = "BEGIN:VCARD\nUID:u-1\nFN:{}\nORG:Acme\nTEL:+7 900 000-00-01\nEND:VCARD\n"
    run(tmp_path, text.format("Ada Lee"), "a.vcf")
    again = run(tmp_path, text.format("Ada Ray").replace("0001", "0002").replace("00-01", "00-02"), "a.vcf")
    assert (again["created"], again["updated"]) == (0, 1)
    assert Contact.objects.filter(account__name="Acme").count() == 1


def test_whom_the_person_does_not_see_is_neither_matched_nor_named(cast: Cast, tmp_path: Path) -> None:
    make_contact(make_account("Роза Трейд", owner=cast.outsider), name="Ада Ли")
    told = run(tmp_path, GOOGLE, email=cast.head.email)
    assert (told["created"], told["updated"]) == (3, 0)
    mine = Account.objects.visible_to(cast.head).get(name="Роза Трейд")
    assert mine.owner == cast.head


def test_two_clients_of_one_name_are_told_instead_of_guessed(cast: Cast, tmp_path: Path) -> None:
    make_account("Роза Трейд", owner=cast.head)
    make_account("Роза Трейд", owner=cast.head)
    told = run(tmp_path, GOOGLE)
    assert (told["created"], told["rejected"]) == (1, 2)
    assert told["problems"][0]["reason"] == "2 records of the kind “client” are called “Роза Трейд”."


def test_a_look_before_importing_writes_nothing_and_counts_the_same(cast: Cast, tmp_path: Path) -> None:
    told = run(tmp_path, GOOGLE, dry_run=True)
    assert (told["created"], told["also_created"]) == (3, {"clients": 1})
    assert not Account.objects.exists()


def test_the_phones_of_people_become_keys_by_which_doubles_are_found(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, GOOGLE)
    company = Account.objects.get(name="Роза Трейд")
    assert MatchKey.objects.filter(account=company, kind="phone").exists()
