"""Files to fill in: every heading is known again, and the example row would be accepted as it stands."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.testing import make_account, make_custom_field
from billing.models import LegalEntity
from catalog.models import Product
from deals.testing import make_pipeline
from foundation.testing import assert_query_count
from integrations.models import Entity
from integrations.tests.test_import_pages import brought, storage, text_of
from users.models import User
from users.testing import Cast

__all__ = ["storage"]
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _ground(cast: Cast) -> None:
    """What examples of invoices, payments and prices speak of."""
    make_account("Acme", owner=cast.salesperson)
    LegalEntity.objects.create(name="Ours", is_default=True)
    Product.create(name="Rose", price=Decimal(2), by=cast.admin, at=timezone.now())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("entity", Entity.values)
def test_what_is_downloaded_comes_back_with_every_column_known_and_its_example_accepted(
    cast: Cast, client_of: ClientOf, entity: str, form: str
) -> None:
    make_pipeline()
    admin = client_of(cast.admin)
    answer = admin.get(f"/import/template/{entity}/?as={form}")
    assert f'filename="{entity}-template.{form}"' in answer["Content-Disposition"]
    job = brought(admin, answer.content, name=f"{entity}-template.{form}", entity=entity)
    assert set(job.mapping["columns"]) == set(job.headers)
    assert job.outcome["problems"] == []
    assert job.outcome["created"] + job.outcome["updated"] == 1


def test_headings_are_in_the_persons_language_with_the_separator_of_its_spreadsheets(
    cast: Cast, client_of: ClientOf
) -> None:
    make_pipeline()
    User.objects.filter(pk=cast.admin.pk).update(language="ru")
    admin = client_of(cast.admin)
    for entity in Entity.values:
        content = admin.get(f"/import/template/{entity}/?as=csv").content
        assert content.startswith(b"\xef\xbb\xbf")
        assert b";" in content.splitlines()[0]
        job = brought(admin, content, name="t.csv", entity=entity)
        assert set(job.mapping["columns"]) == set(job.headers), entity
        assert job.outcome["problems"] == []


def test_the_words_a_list_accepts_are_shown_and_custom_fields_are_among_the_columns(
    cast: Cast, client_of: ClientOf
) -> None:
    make_custom_field("size", "choice", options={"s": "Small", "l": "Large"})
    answer = client_of(cast.admin).get("/import/template/accounts/")
    page = text_of(answer)
    assert "organisation, person" in page
    assert "Small, Large" in page


def test_who_may_not_bring_such_records_gets_no_file_for_them(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.outsider).get("/import/template/accounts/").status_code == 403
    assert client_of(cast.head).get("/import/template/users/").status_code == 403
    assert client_of(cast.head).get("/import/template/shoes/").status_code == 404


def test_a_page_sends_as_many_statements_as_recorded(cast: Cast, client_of: ClientOf) -> None:
    head: Any = client_of(cast.head)
    with assert_query_count("import_blank"):
        head.get("/import/template/accounts/")
