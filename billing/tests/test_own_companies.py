"""Own companies are kept in the administration, by those who may configure them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from billing.models import BankAccount, LegalEntity, NumberFormat
from billing.testing import make_invoice, make_legal_entity

pytestmark = pytest.mark.django_db

ADD = "admin:billing_legalentity_add"


def picture(kind="PNG", size=(40, 20)):
    drawn = BytesIO()
    Image.new("RGB", size, "green").save(drawn, kind)
    return SimpleUploadedFile(f"logo.{kind.lower()}", drawn.getvalue())


def said(**changes):
    empty = {
        f"{each}-{name}": 0
        for each in ("bank_accounts", "number_formats")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    usual = {"name": "Romashka GmbH", "code": "RG", "country": "de", "language": "en", "is_active": "on"}
    return {**usual, **empty, **changes}


def change_page(entity):
    return reverse("admin:billing_legalentity_change", args=[entity.pk])


def test_an_own_company_is_added_with_its_account_and_format_and_issues_by_them(cast, client_of):
    account = {
        "number": "DE89370400440532013000",
        "bank_name": "Bank",
        "currency": "USD",
        "is_default": "on",
        "is_active": "on",
    }
    numbers = {"kind": "invoice", "pattern": "{code}/{year}/{counter:04}", "reset": "yearly", "starts_at": 7}
    rows = {f"bank_accounts-0-{name}": value for name, value in account.items()}
    rows |= {f"number_formats-0-{name}": value for name, value in numbers.items()}
    rows |= {"bank_accounts-TOTAL_FORMS": 1, "number_formats-TOTAL_FORMS": 1, "is_default": "on"}
    answer = client_of(cast.admin).post(reverse(ADD), said(**rows, upload=picture()))
    assert answer.status_code == 302, answer.context["adminform"].errors
    entity = LegalEntity.objects.get()
    assert (entity.country, entity.logo_type) == ("DE", "image/png")
    invoice = make_invoice()
    assert invoice.number.startswith("RG/")
    assert invoice.number.endswith("/0007")
    assert invoice.parties["seller"]["bank"]["number"] == account["number"]


def test_a_new_default_takes_the_place_of_the_one_before(cast, client_of):
    before = make_legal_entity("Before")
    assert client_of(cast.admin).post(reverse(ADD), said(is_default="on")).status_code == 302
    before.refresh_from_db()
    assert not before.is_default
    assert LegalEntity.objects.get(is_default=True).name == "Romashka GmbH"
    answer = client_of(cast.admin).post(reverse(ADD), said(name="Asleep", is_default="on", is_active=""))
    assert "must issue documents" in answer.content.decode()


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"), "no PNG, JPEG or GIF"),
        (SimpleUploadedFile("logo.png", b"x" * (501 * 1024)), "larger than 500 kB"),
        (picture(size=(5_000, 1)), "more than 4000 pixels"),
        (picture("BMP"), "no PNG, JPEG or GIF"),
    ],
)
def test_what_is_no_logo_is_said_and_not_kept(cast, client_of, upload, words):
    answer = client_of(cast.admin).post(reverse(ADD), said(upload=upload))
    assert words in answer.content.decode()
    assert not LegalEntity.objects.exists()


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("{year}", "A format needs"), ("{counter", "braces"), ("{0}{counter}", "cannot be used")],
)
def test_a_format_without_numbers_is_refused_with_a_sentence(cast, client_of, pattern, words):
    rows = {
        "number_formats-TOTAL_FORMS": 1,
        "number_formats-0-kind": "invoice",
        "number_formats-0-reset": "yearly",
    }
    rows |= {"number_formats-0-pattern": pattern, "number_formats-0-starts_at": 1}
    answer = client_of(cast.admin).post(reverse(ADD), said(**rows))
    assert words in answer.content.decode()
    assert not NumberFormat.objects.exists()


def test_a_logo_is_taken_away_again_and_stays_when_nothing_is_said(cast, client_of):
    client_of(cast.admin).post(reverse(ADD), said(upload=picture("JPEG")))
    entity = LegalEntity.objects.get()
    client_of(cast.admin).post(change_page(entity), said())
    entity.refresh_from_db()
    assert entity.logo_type == "image/jpeg"
    client_of(cast.admin).post(change_page(entity), said(without_logo="on"))
    entity.refresh_from_db()
    assert (entity.logo, entity.logo_type) == (None, "")


def test_another_account_becomes_the_one_printed_in_its_currency(cast, client_of):
    entity = make_legal_entity()
    first = BankAccount.objects.create(
        legal_entity=entity, number="1", bank_name="Bank", currency="USD", is_default=True
    )
    rows = {"bank_accounts-TOTAL_FORMS": 2, "bank_accounts-INITIAL_FORMS": 1}
    for place, number in enumerate(("1", "2")):
        row = {
            "number": number,
            "bank_name": "Bank",
            "currency": "USD",
            "is_active": "on",
            "legal_entity": entity.pk,
        }
        rows |= {f"bank_accounts-{place}-{name}": value for name, value in row.items()}
    rows |= {"bank_accounts-0-id": first.pk, "bank_accounts-1-is_default": "on"}
    both = said(name=entity.name, **rows | {"bank_accounts-0-is_default": "on"})
    assert "Choose which" in client_of(cast.admin).post(change_page(entity), both).content.decode()
    answer = client_of(cast.admin).post(change_page(entity), said(name=entity.name, **rows))
    assert answer.status_code == 302
    assert list(BankAccount.objects.filter(is_default=True).values_list("number", flat=True)) == ["2"]


def test_nobody_else_configures_them(cast, client_of):
    entity = make_legal_entity()
    for person in (cast.salesperson, cast.head, cast.accountant):
        assert client_of(person).get(change_page(entity)).status_code in (302, 403, 404)
