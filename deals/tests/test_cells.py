"""Cells of the list of deals changed where they stand: who may, what is saved, what comes back, and what is refused."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Source
from accounts.testing import make_account, make_custom_field
from deals.models import Deal
from deals.testing import make_deal, make_rule
from foundation.testing import assert_query_count
from users.testing import make_role, make_user

HTMX = {"HX-Request": "true"}


def address(deal, column, **said):
    query = urlencode({"list": "", **said})
    return f"{reverse('deals:cell', args=[deal.pk, column])}?{query}"


def hidden(page: str) -> dict[str, str]:
    """What a browser sends with the input: the version and what was in the cell."""
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("version", "original")
    }


def changed(person, deal, column, **said):
    """As a person would: the input is fetched, then sent with another value."""
    form = person.get(address(deal, column), headers=HTMX)
    assert form.status_code == 200, form.content
    sent = hidden(form.content.decode()) | said
    return person.post(address(deal, column), sent, headers=HTMX)


def toast_of(answer) -> dict:
    return json.loads(answer["HX-Trigger"]).get("toast", {})


def values_of(deal) -> Deal:
    return Deal.objects.get(pk=deal.pk)


@pytest.mark.parametrize(
    ("column", "said", "kept"),
    [
        ("title", {"title": "Garden roses"}, {"title": "Garden roses"}),
        ("amount", {"amount": "1 234,5", "currency": "USD"}, {"amount": Decimal("1234.50")}),
        ("expected", {"expected_close_on": "2031-05-07"}, {"expected_close_on": date(2031, 5, 7)}),
        (
            "next_step",
            {"next_step": "Call", "next_step_on": "2031-05-08"},
            {"next_step": "Call", "next_step_on": date(2031, 5, 8)},
        ),
        ("client", {"account": ""}, {"account_id": None}),
    ],
)
def test_a_cell_saves_its_value_and_says_who_changed_it(cast, room, client_of, column, said, kept):
    answer = changed(client_of(cast.salesperson), room.deal, column, **said)
    assert answer.status_code == 200
    now = values_of(room.deal)
    assert {name: getattr(now, name) for name in kept} == kept
    assert toast_of(answer)["kind"] == "success"
    assert answer["HX-Reswap"] == "none"
    assert f"#row-{room.deal.pk}" in answer.content.decode()


def test_the_answer_holds_the_whole_row_as_the_list_shows_it(cast, room, client_of):
    person = client_of(cast.salesperson)
    answer = (
        changed(person, room.deal, "amount", amount="70", currency="USD")
        .content.decode()
        .split('id="sums"')[0]
    )
    of_answer = re.findall(r"<td((?: class=\"[^\"]*\")?>.*?)</td>", answer)
    page = person.get(reverse("deals:list")).content.decode()
    row = re.search(rf'<tr id="row-{room.deal.pk}">(.*?)</tr>', page)[1]
    assert of_answer == re.findall(r"<td((?: class=\"[^\"]*\")?>.*?)</td>", row)
    assert "70.00" in row


def test_the_totals_row_follows_a_changed_amount_and_no_other_change(cast, room, client_of):
    make_deal("Second", owner=cast.salesperson, amount=30, pipeline=room.pipeline)
    person = client_of(cast.salesperson)
    answer = changed(person, room.deal, "amount", amount="70", currency="USD").content.decode()
    assert f'hx-target="table:has(#row-{room.deal.pk})>tfoot>tr"' in unescape(answer)
    assert "100.00" in answer.split('id="sums"')[1]
    assert 'id="sums"' not in changed(person, room.deal, "title", title="Other").content.decode()


def test_undo_brings_the_former_value_back_unless_somebody_changed_the_deal_since(cast, room, client_of):
    person = client_of(cast.salesperson)
    undo = toast_of(changed(person, room.deal, "amount", amount="70", currency="USD"))["undo_url"]
    back = person.post(undo, headers={"Referer": f"http://testserver{reverse('deals:list')}?q=office"})
    assert back["Location"].endswith("/deals/?q=office")
    assert values_of(room.deal).amount == 1000
    undo = toast_of(changed(person, room.deal, "amount", amount="80", currency="USD"))["undo_url"]
    values_of(room.deal).change({"title": "Meanwhile"}, by=cast.head, at=timezone.now())
    assert "Somebody changed this since" in person.post(undo, follow=True).content.decode()
    assert values_of(room.deal).amount == 80


def test_a_value_that_cannot_be_read_keeps_the_input_with_the_reason_and_what_was_typed(
    cast, room, client_of
):
    answer = changed(client_of(cast.salesperson), room.deal, "amount", amount="a lot", currency="USD")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a lot"' in page
    place = f"cell-{room.deal.pk}-amount-wrong"
    assert f'aria-describedby="{place}"' in page
    assert f'id="{place}"' in page
    assert values_of(room.deal).amount == 1000


def test_what_the_verb_refuses_stands_at_the_cell(cast, room, client_of):
    answer = changed(client_of(cast.salesperson), room.deal, "next_step", next_step="Call", next_step_on="")
    assert answer.status_code == 422
    assert "Say on which day" in answer.content.decode()


def test_the_same_value_again_changes_nothing_and_tells_nothing(cast, room, client_of):
    answer = changed(client_of(cast.salesperson), room.deal, "title", title=room.deal.title)
    assert answer.status_code == 200
    assert toast_of(answer) == {}
    assert values_of(room.deal).version == room.deal.version


def test_another_field_changed_meanwhile_is_no_conflict(cast, room, client_of):
    person = client_of(cast.salesperson)
    sent = hidden(person.get(address(room.deal, "title"), headers=HTMX).content.decode())
    values_of(room.deal).change({"amount": Decimal(5)}, by=cast.head, at=timezone.now())
    assert person.post(address(room.deal, "title"), sent | {"title": "Mine"}, headers=HTMX).status_code == 200
    now = values_of(room.deal)
    assert (now.title, now.amount) == ("Mine", 5)


def test_the_same_field_changed_meanwhile_offers_theirs_and_mine(cast, room, client_of):
    person = client_of(cast.salesperson)
    sent = hidden(person.get(address(room.deal, "title"), headers=HTMX).content.decode())
    values_of(room.deal).change({"title": "Theirs"}, by=cast.head, at=timezone.now())
    answer = person.post(address(room.deal, "title"), sent | {"title": "My own"}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<strong>Theirs</strong>" in page
    assert 'value="My own"' in page
    assert values_of(room.deal).title == "Theirs"
    again = person.post(address(room.deal, "title"), hidden(page) | {"title": "My own"}, headers=HTMX)
    assert again.status_code == 200
    assert values_of(room.deal).title == "My own"


def test_the_stage_goes_through_the_gated_move_and_comes_back(cast, room, client_of):
    person, proposal = client_of(cast.salesperson), room.stage("Proposal")
    answer = changed(person, room.deal, "stage", stage=proposal.pk)
    assert values_of(room.deal).stage == proposal
    person.post(toast_of(answer)["undo_url"])
    assert values_of(room.deal).stage == room.stage("First contact")


def test_what_a_stage_still_wants_opens_in_the_dialog(cast, room, client_of):
    make_rule(room.stage("Proposal"), needs=["expected_close_on"])
    answer = changed(client_of(cast.salesperson), room.deal, "stage", stage=room.stage("Proposal").pk)
    assert answer.status_code == 422
    asked = json.loads(answer["HX-Trigger"])["cell:asks"]["url"]
    assert "expected close is missing" in answer.content.decode()
    assert "Expected close" in client_of(cast.salesperson).get(asked).content.decode()
    assert values_of(room.deal).stage == room.stage("First contact")


def test_a_deal_lost_in_its_cell_asks_for_the_reason(cast, room, client_of):
    answer = changed(client_of(cast.salesperson), room.deal, "stage", stage=room.stage("Lost").pk)
    assert json.loads(answer["HX-Trigger"])["cell:asks"]["url"] == reverse("deals:lose", args=[room.deal.pk])
    assert values_of(room.deal).is_open


def test_the_owner_is_picked_by_who_may_give_deals_away(cast, room, client_of):
    changed(client_of(cast.head), room.deal, "owner", owner=cast.colleague.pk)
    assert values_of(room.deal).owner == cast.colleague


def test_a_retired_source_the_deal_has_stays_choosable(cast, room, client_of):
    source = Source.objects.create(name="Fair", is_retired=True)
    Deal.objects.filter(pk=room.deal.pk).update(source=source)
    page = client_of(cast.salesperson).get(address(room.deal, "source"), headers=HTMX).content.decode()
    assert "Fair" in page


def test_a_custom_field_is_changed_by_its_own_rules(cast, room, client_of):
    make_custom_field("area", "number", record="deal", least=Decimal(0), most=Decimal(500))
    person = client_of(cast.salesperson)
    assert changed(person, room.deal, "custom.area", **{"custom.area": "900"}).status_code == 422
    assert changed(person, room.deal, "custom.area", **{"custom.area": "120"}).status_code == 200
    assert values_of(room.deal).custom == {"area": 120}


def test_a_client_the_person_does_not_see_cannot_be_named(cast, room, client_of):
    make_account("Hidden Ltd", owner=cast.outsider)
    answer = changed(client_of(cast.salesperson), room.deal, "client", account="Hidden Ltd")
    assert answer.status_code == 422
    assert values_of(room.deal).account == Account.objects.get(name="Acme Florists")


def test_the_outsider_gets_404_and_who_lacks_the_right_403(cast, room, client_of):
    make_role("reader", deals__view="all")
    reader = client_of(make_user("Rita Reads", "reader"))
    for column in ("amount", "title", "stage"):
        for said in (client_of(cast.outsider).get, client_of(cast.outsider).post):
            assert said(address(room.deal, column), headers=HTMX).status_code == 404
        assert reader.post(address(room.deal, column), {"amount": "1"}, headers=HTMX).status_code == 403
    assert client_of(cast.salesperson).get(address(room.deal, "opened"), headers=HTMX).status_code == 404
    assert values_of(room.deal).amount == 1000
    assert "data-edits" not in reader.get(reverse("deals:list")).content.decode()


def test_a_closed_deal_keeps_amount_stage_and_next_step_and_its_row_says_so(cast, room, client_of):
    deal = make_deal("Won one", owner=cast.salesperson, pipeline=room.pipeline, won=True)
    person = client_of(cast.salesperson)
    page = person.get(reverse("deals:list")).content.decode()
    fixed = re.search(rf'<tr id="row-{deal.pk}" data-fixed="([^"]*)"', page)[1].split()
    assert fixed == ["stage", "amount", "next_step"]
    assert f'<tr id="row-{room.deal.pk}">' in page
    assert person.post(address(deal, "amount"), {"amount": "1"}, headers=HTMX).status_code == 422
    assert values_of(deal).amount == 1000


def test_the_table_names_the_columns_one_may_change_and_rows_out_of_reach_say_so(cast, room, client_of):
    make_role("careful", deals__view="all", deals__change="own")
    careful = make_user("Carl Careful", "careful")
    mine = make_deal("Mine", owner=careful, pipeline=room.pipeline)
    page = client_of(careful).get(reverse("deals:list")).content.decode()
    edits = re.search(r'data-edits="([^"]*)"', page)[1].split(",")
    assert edits == ["title", "client", "", "amount", "", "next_step", "expected", ""]
    assert f'<tr id="row-{room.deal.pk}" data-fixed="*">' in page
    assert f'<tr id="row-{mine.pk}">' in page


def test_without_a_script_a_cell_is_a_page_and_saving_leads_to_the_deal(cast, room, client_of):
    person = client_of(cast.salesperson)
    page = person.get(address(room.deal, "title"))
    assert page.status_code == 200
    assert "<h1" in page.content.decode()
    sent = hidden(page.content.decode()) | {"title": "By hand"}
    assert person.post(address(room.deal, "title"), sent)["Location"] == room.deal.get_absolute_url()
    assert values_of(room.deal).title == "By hand"


def test_on_the_card_the_field_comes_back_with_what_depends_on_it(cast, room, client_of):
    person, url = client_of(cast.salesperson), reverse("deals:cell", args=[room.deal.pk, "amount"])
    sent = hidden(person.get(url, headers=HTMX).content.decode())
    answer = person.post(url, sent | {"amount": "70", "currency": "USD"}, headers=HTMX)
    assert answer["HX-Retarget"] == "#deal-about"
    assert "70.00" in answer.content.decode()
    assert "10% likely" in answer.content.decode()


def test_the_statements_of_the_list_stay_and_a_cell_is_cheap(cast, room, client_of, calendar):
    person = client_of(cast.salesperson)
    person.get(reverse("deals:list"))
    with assert_query_count("cell_input"):
        form = person.get(address(room.deal, "title"), headers=HTMX)
    sent = hidden(form.content.decode()) | {"title": "Another"}
    with assert_query_count("cell_saved"):
        person.post(address(room.deal, "title"), sent, headers=HTMX)


@pytest.mark.parametrize("zone", ["Pacific/Midway", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_a_day_typed_is_the_day_shown_in_every_zone(cast, room, client_of, zone):
    cast.salesperson.settle(time_zone=zone)
    day = timezone.localdate() + timedelta(days=400)
    person = client_of(cast.salesperson)
    changed(person, room.deal, "expected", expected_close_on=day.isoformat())
    assert values_of(room.deal).expected_close_on == day
    page = person.get(address(room.deal, "expected"), headers=HTMX).content.decode()
    assert f'value="{day.isoformat()}"' in page
