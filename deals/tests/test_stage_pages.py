"""Moving to a stage that asks for something: only that is asked, and one submit does both."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account, make_contact
from catalog.models import Product
from deals.models import StageEvent
from deals.testing import make_deal, make_rule
from foundation.testing import assert_query_count

BOARD = {"HX-Request": "true", "HX-Current-URL": "http://testserver/deals/board/"}


@pytest.fixture
def proposal(room):
    """A stage that asks for an amount and a next step."""
    return make_rule(room.stage("Proposal"), needs=["amount", "next_step"]).stage


@pytest.fixture
def bare(cast, room):
    """A deal of which nothing is known."""
    return make_deal("Bare", owner=cast.salesperson, pipeline=room.pipeline, amount=None)


def enter(deal):
    return reverse("deals:enter", args=[deal.pk])


def test_a_drop_that_misses_fields_asks_for_exactly_those(cast, bare, proposal, client_of):
    url = reverse("deals:move", args=[bare.pk])
    answer = client_of(cast.salesperson).post(
        url, {"stage": proposal.pk, "version": bare.version}, headers=BOARD
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert [field.name for field in form.visible_fields()] == [
        "amount",
        "currency",
        "next_step",
        "next_step_on",
    ]
    assert f'action="{enter(bare)}"' in answer.content.decode()
    bare.refresh_from_db()
    assert bare.stage.name == "First contact"


def test_one_submit_fills_in_and_moves(cast, bare, proposal, client_of):
    said = {"stage": proposal.pk, "version": bare.version, "amount": "1,200.50", "currency": "USD"}
    said |= {"next_step": "Send the offer", "next_step_on": "2030-05-01", "next": "/deals/board/"}
    answer = client_of(cast.salesperson).post(enter(bare), said)
    assert (answer.status_code, answer["Location"]) == (302, "/deals/board/")
    bare.refresh_from_db()
    assert (bare.stage, str(bare.amount), bare.currency) == (proposal, "1200.50", "USD")
    assert bare.next_step == "Send the offer"


def test_what_is_still_missing_moves_and_saves_nothing(cast, bare, proposal, client_of):
    said = {
        "stage": proposal.pk,
        "version": bare.version,
        "amount": "1200",
        "currency": "USD",
        "next_step": "",
    }
    answer = client_of(cast.salesperson).post(enter(bare), said)
    assert answer.status_code == 422
    assert 'value="1200"' in answer.content.decode()
    assert set(answer.context["form"].errors) == {"next_step", "next_step_on"}
    bare.refresh_from_db()
    assert (bare.amount, bare.stage.name) == (None, "First contact")


def test_a_refused_move_leaves_the_fields_as_they_were(cast, bare, room, client_of):
    stage = make_rule(room.stage("Proposal"), needs=["amount"], no_skip=True).stage
    said = {"stage": stage.pk, "version": bare.version, "amount": "1200", "currency": "USD"}
    answer = client_of(cast.salesperson).post(enter(bare), said)
    assert answer.status_code == 422
    assert "“Qualified” would be skipped" in answer.content.decode()
    bare.refresh_from_db()
    assert (bare.amount, bare.stage.name, bare.version) == (None, "First contact", 1)


def test_a_stranger_finds_no_such_deal_and_an_accountant_moves_none(cast, bare, proposal, client_of):
    assert client_of(cast.outsider).get(enter(bare), {"stage": proposal.pk}).status_code == 404
    assert client_of(cast.outsider).post(enter(bare), {"stage": proposal.pk}).status_code == 404
    assert client_of(cast.accountant).get(enter(bare), {"stage": proposal.pk}).status_code == 403


def test_the_page_is_there_without_a_script_and_leads_to_the_choice_when_it_knows_no_stage(
    cast, bare, proposal, client_of
):
    person = client_of(cast.salesperson)
    assert person.get(enter(bare), {"stage": proposal.pk}).status_code == 200
    assert person.get(enter(bare))["Location"] == reverse("deals:move", args=[bare.pk])
    plain = person.post(reverse("deals:move", args=[bare.pk]), {"stage": proposal.pk})
    assert plain.status_code == 422
    assert "<html" in plain.content.decode()


@pytest.mark.parametrize("said", ["", "x", "\x00", "99999999999999999999999", "-1"])
def test_a_forged_stage_client_or_contact_is_refused_in_words(cast, bare, room, client_of, said):
    stage = make_rule(room.stage("Proposal"), needs=["account", "contact", "source", "product"]).stage
    person = client_of(cast.salesperson)
    assert person.post(enter(bare), {"stage": said}).status_code == 302
    forged = dict.fromkeys(["client", "account", "contact", "source", "product", "quantity"], said)
    assert person.post(enter(bare), {"stage": stage.pk, **forged}).status_code == 422


def test_client_contact_and_product_are_filled_in_too(cast, bare, room, client_of):
    stage = make_rule(room.stage("Proposal"), needs=["account", "contact", "product"]).stage
    contact = make_contact(room.account)
    stranger = make_contact(make_account("Strangers", owner=cast.outsider))
    product = Product.create(name="Rose box", price=100, by=cast.robot, at=timezone.now())
    person = client_of(cast.salesperson)
    said = {"stage": stage.pk, "client": "Acme Florists", "product": product.pk, "quantity": "2"}
    asked = person.post(enter(bare), {**said, "contact": stranger.pk})
    assert asked.status_code == 422
    form = asked.context["form"]
    assert [choice for choice, _name in form.fields["contact"].choices][1:] == [contact.pk], (
        "of that client only"
    )
    assert f'name="account" value="{room.account.pk}"' in asked.content.decode()
    answer = person.post(
        enter(bare), {**said, "account": room.account.pk, "contact": contact.pk, "role": "pays"}
    )
    assert answer.status_code == 302
    bare.refresh_from_db()
    assert (bare.account, bare.stage) == (room.account, stage)
    assert bare.deal_contacts.get().role == "pays"
    assert bare.lines.get().quantity == 2


def test_the_contacts_of_a_client_just_chosen_are_offered_and_no_strangers(cast, bare, room, client_of):
    contact = make_contact(room.account)
    strangers = make_account("Strangers", owner=cast.outsider)
    hidden = make_contact(strangers, name="Hidden Person")
    person, url = client_of(cast.salesperson), reverse("deals:enter_contacts", args=[bare.pk])
    assert contact.name in person.get(url, {"account": room.account.pk}).content.decode()
    for said in (strangers.pk, "x", "\x00", ""):
        text = person.get(url, {"account": said}).content.decode()
        assert hidden.name not in text
        assert "Choose the client first" in text
    assert client_of(cast.outsider).get(url).status_code == 404


def test_who_came_second_keeps_what_was_typed_and_may_send_it_again(cast, bare, proposal, client_of, now):
    seen = bare.version
    bare.change({"title": "Barer"}, by=cast.head, at=now)
    said = {"stage": proposal.pk, "version": seen, "amount": "77", "currency": "USD"}
    said |= {"next_step": "Call", "next_step_on": "2030-05-01"}
    person = client_of(cast.salesperson)
    answer = person.post(enter(bare), said)
    assert answer.status_code == 409
    assert 'value="77"' in answer.content.decode()
    again = person.post(enter(bare), said | {"version": answer.context["form"]["version"].value()})
    assert again.status_code == 302


def test_a_head_moves_anyway_with_a_reason_that_stands_in_the_timeline(cast, bare, proposal, client_of):
    head, url = client_of(cast.head), reverse("deals:move", args=[bare.pk])
    assert "override" in head.post(url, {"stage": proposal.pk}).context["form"].fields
    said = {"stage": proposal.pk, "currency": "USD", "override": "The board has agreed already"}
    assert head.post(enter(bare), said).status_code == 302
    assert StageEvent.objects.filter(deal=bare).latest("pk").override_reason == "The board has agreed already"
    assert "The board has agreed already" in head.get(bare.get_absolute_url()).content.decode()


def test_a_salesperson_is_offered_no_reason_and_a_forged_one_does_not_count(cast, bare, proposal, client_of):
    person = client_of(cast.salesperson)
    asked = person.post(reverse("deals:move", args=[bare.pk]), {"stage": proposal.pk})
    assert "override" not in asked.context["form"].fields
    answer = person.post(enter(bare), {"stage": proposal.pk, "override": "I want it"})
    assert answer.status_code == 422


def test_what_nobody_can_fill_in_is_said_without_a_button(cast, room, client_of):
    stage = make_rule(room.stage("Proposal"), roles=["head"]).stage
    answer = client_of(cast.salesperson).post(
        reverse("deals:move", args=[room.deal.pk]), {"stage": stage.pk}, headers=BOARD
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Only these may move deals here: Head of department." in text
    assert "The head of the department can move the deal anyway" in text
    assert answer.context["form"].is_hopeless


@pytest.mark.parametrize("door", ["win", "move"])
def test_winning_asks_too(cast, bare, room, client_of, door):
    won = make_rule(room.stage("Won"), needs=["amount"]).stage
    person = client_of(cast.salesperson)
    asked = person.post(reverse(f"deals:{door}", args=[bare.pk]), {"stage": won.pk, "version": bare.version})
    assert asked.status_code == 422
    hidden = {field.name: field.value() for field in asked.context["form"].hidden_fields()}
    said = {name: getattr(value, "pk", value) for name, value in hidden.items() if value is not None}
    answer = person.post(enter(bare), said | {"amount": "50", "currency": "USD"})
    assert answer.status_code == 302
    bare.refresh_from_db()
    assert bare.is_won


def test_undo_after_filling_in_goes_back_and_keeps_the_fields(cast, bare, room, client_of):
    stage = make_rule(room.stage("Proposal"), needs=["amount"]).stage
    person = client_of(cast.salesperson)
    person.post(enter(bare), {"stage": stage.pk, "amount": "50", "currency": "USD"})
    bare.refresh_from_db()
    person.post(f"{reverse('deals:undo', args=[bare.pk])}?version={bare.version}")
    bare.refresh_from_db()
    assert (bare.stage.name, bare.amount) == ("First contact", 50)


def test_the_statements_of_asking_and_of_moving(cast, bare, proposal, calendar, client_of):
    person = client_of(cast.head)
    with assert_query_count("stage asks"):
        person.post(reverse("deals:move", args=[bare.pk]), {"stage": proposal.pk}, headers=BOARD)
    said = {
        "stage": proposal.pk,
        "amount": "50",
        "currency": "USD",
        "next_step": "Call",
        "next_step_on": "2030-05-01",
    }
    with assert_query_count("fill in and move"):
        person.post(enter(bare), said)
