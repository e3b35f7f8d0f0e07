"""Cells of the list of clients, and fields of the card, changed where they stand."""

import json
import re
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, ContactPoint, Industry
from accounts.operations import tags_named
from accounts.testing import make_account, make_contact
from foundation.testing import assert_query_count
from users.testing import make_role, make_user

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def address(account, column, **said):
    return f"{reverse('accounts:cell', args=[account.pk, column])}?{urlencode({'list': '', **said})}"


def hidden(page: str) -> dict[str, str]:
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("version", "original")
    }


def changed(person, account, column, **said):
    form = person.get(address(account, column), headers=HTMX)
    assert form.status_code == 200, form.content
    return person.post(address(account, column), hidden(form.content.decode()) | said, headers=HTMX)


def undo_of(answer) -> str:
    return json.loads(answer["HX-Trigger"])["toast"].get("undo_url", "")


@pytest.mark.parametrize(
    ("column", "said", "kept"),
    [
        ("name", {"name": "Acme Florists"}, {"name": "Acme Florists"}),
        ("role", {"roles": ["client", "partner"]}, {"roles": ["client", "partner"]}),
        ("employees", {"employees": "25"}, {"employees": 25}),
        ("revenue", {"annual_revenue": "1 200 000"}, {"annual_revenue": Decimal(1_200_000)}),
        ("website", {"website": "acme.example"}, {"website": "https://acme.example"}),
        ("founded", {"founded_year": "1987"}, {"founded_year": 1987}),
        ("kind", {"kind": "person"}, {"kind": "person"}),
    ],
)
def test_a_cell_saves_its_value_and_undo_takes_it_back(cast, acme, client_of, column, said, kept):
    person, before = client_of(cast.salesperson), Account.objects.get(pk=acme.pk)
    answer = changed(person, acme, column, **said)
    assert answer.status_code == 200
    now = Account.objects.get(pk=acme.pk)
    assert {name: getattr(now, name) for name in kept} == kept
    person.post(undo_of(answer))
    now = Account.objects.get(pk=acme.pk)
    assert {name: getattr(now, name) for name in kept} == {name: getattr(before, name) for name in kept}


def test_the_answer_holds_the_whole_row_as_the_list_shows_it(cast, acme, client_of):
    acme.label_with(tags_named(["hot"]), by=cast.salesperson, at=timezone.now())
    person, flowers = client_of(cast.salesperson), Industry.objects.create(name="flowers")
    answer = changed(person, acme, "industry", industry=flowers.pk).content.decode()
    of_answer = re.findall(r"<td( data-label=.*?>.*?)</td>", answer)
    row = re.search(rf'<tr id="row-{acme.pk}">(.*?)</tr>', person.get("/clients/").content.decode())[1]
    assert of_answer == re.findall(r"<td( data-label=.*?>.*?)</td>", row)
    assert "flowers" in answer


def test_the_phone_in_the_list_is_corrected_added_and_never_emptied(cast, acme, client_of):
    person = client_of(cast.salesperson)
    assert undo_of(changed(person, acme, "point", point="+7 495 123-45-67")) == ""
    assert list(acme.points.values_list("kind", "value")) == [("phone", "+74951234567")]
    answer = changed(person, acme, "point", point="+7 495 123-45-00")
    assert list(acme.points.values_list("value", flat=True)) == ["+74951234500"]
    person.post(undo_of(answer))
    assert list(acme.points.values_list("value", flat=True)) == ["+74951234567"]
    assert changed(person, acme, "point", point="").status_code == 422
    assert changed(person, acme, "point", point="12").status_code == 422


def test_the_point_shown_is_the_point_changed(cast, acme, client_of):
    contact = make_contact(acme, "Ann")
    for point in ("+74950000001", "+74950000002"):
        ContactPoint.add(
            acme, contact=contact, kind="phone", value=point, by=cast.salesperson, at=timezone.now()
        )
    page = client_of(cast.salesperson).get(address(acme, "point"), headers=HTMX).content.decode()
    assert "000-00-01" in page
    assert "000-00-01" in client_of(cast.salesperson).get("/clients/").content.decode()


def test_tags_somebody_else_set_meanwhile_are_a_conflict_although_no_version_counts_them(
    cast, acme, client_of
):
    person = client_of(cast.salesperson)
    sent = hidden(person.get(address(acme, "tags"), headers=HTMX).content.decode())
    acme.label_with(tags_named(["theirs"]), by=cast.head, at=timezone.now())
    answer = person.post(address(acme, "tags"), sent | {"tags": "mine"}, headers=HTMX)
    assert answer.status_code == 409
    assert "<strong>theirs</strong>" in answer.content.decode()
    assert list(acme.tags.values_list("name", flat=True)) == ["theirs"]


def test_two_who_give_the_client_away_at_once_hear_of_each_other(cast, acme, client_of):
    head = client_of(cast.head)
    sent = hidden(head.get(address(acme, "owner"), headers=HTMX).content.decode())
    acme.assign(cast.colleague, by=cast.head, at=timezone.now())
    answer = head.post(address(acme, "owner"), sent | {"owner": ""}, headers=HTMX)
    assert answer.status_code == 409
    assert Account.objects.get(pk=acme.pk).owner == cast.colleague


def test_a_client_without_a_role_is_refused_with_the_boxes_kept(cast, acme, client_of):
    form = client_of(cast.salesperson).get(address(acme, "role"), headers=HTMX).content.decode()
    answer = client_of(cast.salesperson).post(address(acme, "role"), hidden(form), headers=HTMX)
    assert answer.status_code == 422
    assert 'type="checkbox"' in answer.content.decode()


def test_the_outsider_gets_404_and_a_reader_neither_pencils_nor_leave_to_save(cast, acme, client_of):
    make_role("reader", accounts__view="all")
    reader = client_of(make_user("Rita Reads", "reader"))
    for column in ("name", "point", "owner"):
        assert client_of(cast.outsider).post(address(acme, column), {}, headers=HTMX).status_code == 404
        assert reader.post(address(acme, column), {"name": "X"}, headers=HTMX).status_code == 403
    assert "data-edits" not in reader.get("/clients/").content.decode()
    assert "/cell/" not in reader.get(acme.get_absolute_url()).content.decode()
    assert Account.objects.get(pk=acme.pk).name == "Acme"


def test_on_the_card_a_field_comes_back_with_its_column(cast, acme, client_of):
    person, url = client_of(cast.salesperson), reverse("accounts:cell", args=[acme.pk, "kind"])
    assert f'hx-get="{url}"' in person.get(acme.get_absolute_url()).content.decode()
    sent = hidden(person.get(url, headers=HTMX).content.decode())
    answer = person.post(url, sent | {"kind": "person"}, headers=HTMX)
    assert answer["HX-Retarget"] == "#about"
    assert 'id="about"' in answer.content.decode()


def test_a_cell_of_a_client_costs_few_statements(cast, acme, client_of):
    person = client_of(cast.salesperson)
    with assert_query_count("cell_input"):
        form = person.get(address(acme, "name"), headers=HTMX)
    sent = hidden(form.content.decode()) | {"name": "Another"}
    with assert_query_count("cell_saved"):
        person.post(address(acme, "name"), sent, headers=HTMX)
