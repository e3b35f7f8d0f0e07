"""Two people change the same deal: what only one changed is kept, the rest is asked field by field."""

import pytest
from django.utils import timezone

from accounts.testing import make_account
from deals.testing import make_deal

pytestmark = pytest.mark.django_db


def opened(browser, deal):
    page = browser.get(f"/deals/{deal.pk}/edit/")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    return sent | {"amount": "1000", "original": page.context["original"]}


@pytest.fixture
def deal(cast):
    return make_deal(owner=cast.salesperson, title="Roses")


def test_different_fields_are_merged_without_a_question(cast, client_of, deal):
    seller, acme = client_of(cast.salesperson), make_account("Acme", owner=cast.salesperson)
    sent = opened(seller, deal)
    deal.change({"account": acme}, by=cast.head, at=timezone.now())
    assert seller.post(f"/deals/{deal.pk}/edit/", sent | {"title": "Tulips"}).status_code == 302
    deal.refresh_from_db()
    assert (deal.title, deal.account) == ("Tulips", acme)


def test_the_same_field_is_asked_about_and_saved_in_one_submit(cast, client_of, deal):
    seller = client_of(cast.salesperson)
    sent = opened(seller, deal) | {"title": "Tulips"}
    deal.change({"title": "Lilies"}, by=cast.head, at=timezone.now())
    answer = seller.post(f"/deals/{deal.pk}/edit/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Tulips", "Lilies", "Roses", 'name="take-title"'):
        assert words in page
    deal.refresh_from_db()
    assert deal.title == "Lilies"
    again = sent | {"version": deal.version, "original": answer.context["original"], "take-title": "theirs"}
    again |= {"conflicts": answer.context["merging"].kept}
    assert seller.post(f"/deals/{deal.pk}/edit/", again).status_code == 302
    deal.refresh_from_db()
    assert deal.title == "Lilies"
