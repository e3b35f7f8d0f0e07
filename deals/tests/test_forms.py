"""Opening, changing and planning: what people type, twice, at once, or wrongly."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal


def said(room, **changes):
    fields = {
        "title": "Lobby orchids",
        "client": "Acme Florists",
        "account": room.account.pk,
        "currency": "USD",
    }
    return fields | {"stage": room.stage("First contact").pk, "amount": "12 500,50"} | changes


def test_a_deal_is_opened_with_a_few_fields(cast, room, client_of):
    answer = client_of(cast.salesperson).post(
        reverse("deals:create"), said(room, next_step="Call", next_step_on="2030-01-05")
    )
    deal = Deal.objects.get(title="Lobby orchids")
    assert answer.status_code == 302
    assert answer["Location"] == deal.get_absolute_url()
    assert (deal.amount, deal.account, deal.owner) == (Decimal("12500.50"), room.account, cast.salesperson)
    assert deal.next_step == "Call"


def test_a_form_sent_twice_opens_one_deal(cast, room, client_of):
    person, fields = client_of(cast.salesperson), said(room, nonce=str(uuid4()))
    first, second = (person.post(reverse("deals:create"), fields) for _turn in range(2))
    assert first["Location"] == second["Location"]
    assert Deal.objects.filter(title="Lobby orchids").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", " ", "required"),
        ("title", "Zero\x00byte", "Null characters"),
        ("amount", "twelve", "is not an amount"),
        ("amount", "-5", "cannot be negative"),
        ("amount", "1" * 30, "too large"),
        ("currency", "XYZ", "is not a currency code"),
        ("currency", "EUR", "No exchange rate"),
        ("client", "Nobody & Sons", "There is no client called"),
        ("stage", "0", "valid choice"),
        ("expected_close_on", "2030-02-30", "valid date"),
        ("next_step", "Call them", "Say on which day"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, room, client_of, field, typed, sentence):
    changes = {field: typed} | ({"account": ""} if field == "client" else {})
    answer = client_of(cast.salesperson).post(reverse("deals:create"), said(room, **changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert field == "title" or "Lobby orchids" in answer.content.decode()


def test_an_ambiguous_client_is_asked_about(cast, room, client_of):
    answer = client_of(cast.salesperson).post(reverse("deals:create"), said(room, client="acm", account=""))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{room.account.pk}"' in text
    assert "Choose which client" in text


def test_changing_a_deal_somebody_changed_keeps_what_was_typed(cast, room, client_of, now):
    seen = room.deal.version
    room.deal.change({"title": "Reception flowers"}, by=cast.head, at=now)
    person, url = client_of(cast.salesperson), reverse("deals:edit", args=[room.deal.pk])
    fields = said(room, title="Garden flowers", version=seen)
    answer = person.post(url, fields)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Reception flowers" in text
    assert "Garden flowers" in text
    room.deal.refresh_from_db()
    assert room.deal.title == "Reception flowers"
    assert person.post(url, fields | {"version": room.deal.version}).status_code == 302


def test_a_won_deal_keeps_its_amount(cast, room, client_of, now):
    room.deal.win(by=cast.salesperson, at=now)
    answer = client_of(cast.salesperson).post(
        reverse("deals:edit", args=[room.deal.pk]), said(room, version=room.deal.version, amount="5")
    )
    assert answer.status_code == 422
    assert "reopen it to change its amount" in answer.content.decode()


def test_a_quick_day_plans_the_next_step(cast, room, client_of):
    url = reverse("deals:next_step", args=[room.deal.pk])
    assert client_of(cast.salesperson).post(url, {"next_step": "Call", "quick": "3"}).status_code == 302
    room.deal.refresh_from_db()
    assert room.deal.next_step_on == timezone.localdate() + timedelta(days=3)


def test_a_next_step_without_a_day_is_asked_for_it(cast, room, client_of):
    url = reverse("deals:next_step", args=[room.deal.pk])
    answer = client_of(cast.salesperson).post(url, {"next_step": "Call"})
    assert answer.status_code == 422
    assert "on which day" in answer.content.decode()


def test_a_head_gives_a_deal_to_a_colleague_and_a_salesperson_does_not(cast, room, client_of):
    url = reverse("deals:assign", args=[room.deal.pk])
    assert client_of(cast.salesperson).post(url, {"owner": cast.colleague.pk}).status_code == 403
    assert client_of(cast.head).post(url, {"owner": cast.outsider.pk}).status_code == 422
    assert client_of(cast.head).post(url, {"owner": cast.colleague.pk}).status_code == 302
    room.deal.refresh_from_db()
    assert room.deal.owner == cast.colleague


def test_parts_are_added_and_taken_off(cast, room, client_of, now):
    from accounts.testing import make_contact
    from catalog.models import Product

    person, contact = client_of(cast.salesperson), make_contact(room.account)
    product = Product.create(name="Rose box", price=100, by=cast.robot, at=now)
    person.post(reverse("deals:contact_add", args=[room.deal.pk]), {"contact": contact.pk, "role": "pays"})
    person.post(reverse("deals:line_add", args=[room.deal.pk]), {"product": product.pk, "quantity": "2"})
    part, line = room.deal.deal_contacts.get(), room.deal.lines.get()
    assert (part.role, line.quantity) == ("pays", 2)
    person.post(reverse("deals:contact_remove", args=[room.deal.pk, part.pk]))
    person.post(reverse("deals:line_remove", args=[room.deal.pk, line.pk]))
    assert not room.deal.deal_contacts.exists()
    assert not room.deal.lines.exists()


def test_a_product_sent_twice_is_added_once(cast, room, client_of, now):
    from uuid import uuid4

    from catalog.models import Product

    product = Product.create(name="Rose box", price=100, by=cast.robot, at=now)
    url = reverse("deals:line_add", args=[room.deal.pk])
    sent = {"product": product.pk, "quantity": "2", "nonce": str(uuid4())}
    person = client_of(cast.salesperson)
    assert [person.post(url, sent).status_code for _time in range(2)] == [302, 302]
    assert len(room.deal.lines.all()) == 1
