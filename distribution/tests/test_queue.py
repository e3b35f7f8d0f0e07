"""The page of what nobody has: seen by who may distribute, given with one click, undone with another."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from changes import running
from changes.models import ChangeSet
from deals.models import Deal
from deals.testing import make_deal
from distribution.models import Otherwise, Presence, Record
from distribution.testing import make_distribution_rule, make_hours
from foundation.testing import assert_query_count

URL, GIVE = "/distribution/", "/distribution/give/"


@pytest.fixture
def rule(cast):
    return make_distribution_rule("Leads", cast.salesperson, cast.colleague, fallback=cast.head)


def test_the_head_sees_what_nobody_has_and_why(cast, desk, client_of, rule):
    desk.lead("Orphan")
    desk.lead("Owned", owner=cast.colleague)
    text = client_of(cast.head).get(URL).content.decode()
    assert "Orphan" in text
    assert "Owned" not in text
    assert "no rule gave it to anybody" in text


def test_what_waits_says_until_when(cast, desk, client_of, now):
    from datetime import time, timedelta

    soon = now + timedelta(hours=3)
    make_hours(cast.salesperson, time(soon.hour), time((soon.hour + 1) % 24))
    make_distribution_rule("Leads", cast.salesperson, fallback=cast.head, presence=Presence.AT_WORK)
    desk.give(desk.lead("Orphan"))
    text = client_of(cast.head).get(URL).content.decode()
    assert "Waits by the rule “Leads” until" in text
    assert f"{cast.salesperson.name} (not at work until" in text


def test_ticked_ones_are_given_and_the_whole_is_undone(cast, desk, client_of, rule):
    leads = [desk.lead(f"Lead {n}") for n in range(3)]
    browser = client_of(cast.head)
    answer = browser.post(GIVE, {"record": "client", "keys": [leads[0].pk, leads[1].pk]}, follow=True)
    assert "2 records given" in answer.content.decode()
    for lead in leads:
        lead.refresh_from_db()
    assert [lead.owner for lead in leads] == [cast.salesperson, cast.colleague, None]
    made = ChangeSet.objects.get()
    assert (made.title, made.done) == ("Distribution of 2 leads", 2)
    assert f"/changes/{made.pk}/undo/" in answer.content.decode()
    browser.post(f"/changes/{made.pk}/undo/")
    leads[0].refresh_from_db()
    assert leads[0].owner is None


def test_everything_is_given_at_once_and_what_no_rule_is_for_is_left_out_with_the_reason(
    cast, desk, client_of
):
    make_distribution_rule("Named", cast.colleague, fallback=cast.head, query="where=all(name:has:Orphan)")
    desk.lead("Orphan")
    desk.lead("Stranger")
    answer = client_of(cast.head).post(GIVE, {"record": "client", "everything": "1"}, follow=True)
    assert "1 record given. 1 left as it was" in answer.content.decode()


def test_nobody_without_the_right_comes_in(cast, desk, client_of):
    lead = desk.lead("Orphan")
    for person in (cast.outsider, cast.salesperson, cast.support):
        assert client_of(person).get(URL).status_code == 403
        assert client_of(person).post(GIVE, {"record": "client", "keys": [lead.pk]}).status_code == 403


def test_nothing_ticked_says_so(cast, desk, client_of):
    desk.lead("Orphan")
    answer = client_of(cast.head).post(GIVE, {"record": "client"})
    assert answer.status_code == 422
    assert "Tick what should be distributed." in answer.content.decode()
    assert client_of(cast.head).post(GIVE, {"record": "planet", "everything": "1"}).status_code == 422


def test_a_double_click_gives_once(cast, desk, client_of, rule):
    desk.lead("Orphan")
    form = {"record": "client", "everything": "1", "nonce": "0d7b7a3e-7a8e-4c55-9a5b-0c0f1f3a2b1c"}
    browser = client_of(cast.head)
    for _click in range(2):
        assert browser.post(GIVE, form).status_code == 302
    assert ChangeSet.objects.count() == 1


def test_the_page_costs_what_is_recorded(cast, desk, client_of, rule):
    for n in range(5):
        desk.lead(f"Lead {n}")
    desk.give(desk.lead("Given"))
    browser = client_of(cast.head)
    browser.get(URL)
    with assert_query_count("distribution queue"):
        browser.get(URL)


class TestTrial:
    url = "/distribution/trial/"

    def test_it_shows_who_would_get_what_and_changes_nothing(self, cast, desk, client_of, rule):
        leads = [desk.lead(f"Lead {n}") for n in range(3)]
        text = client_of(cast.head).get(self.url).content.decode()
        assert (
            text.count(f"Given to {cast.salesperson.name} by the rule “Leads”: in turn, number 1 of 2.") == 2
        )
        assert text.count(f"Given to {cast.colleague.name} by the rule “Leads”: in turn, number 2 of 2.") == 1
        for lead in leads:
            lead.refresh_from_db()
            assert lead.owner is None

    def test_one_rule_is_tried_on_one_record_by_its_address(self, cast, desk, client_of):
        rule = make_distribution_rule(
            "Sleeping",
            cast.colleague,
            fallback=cast.head,
            record=Record.DEAL,
            is_active=False,
            otherwise=Otherwise.FALLBACK,
        )
        deal = desk.deal("Order")
        asked = {"record": "deal", "rule": rule.pk, "key": f"https://crm.example/deals/{deal.pk}/"}
        text = client_of(cast.head).get(self.url, asked).content.decode()
        assert f"Given to {cast.colleague.name} by the rule “Sleeping”" in text

    @pytest.mark.parametrize(("typed", "said"), [("x", "Enter an ID"), ("999999", "There is no lead")])
    def test_a_record_there_is_not_says_so(self, cast, client_of, typed, said):
        answer = client_of(cast.head).get(self.url, {"key": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_a_record_out_of_sight_is_not_there(self, cast, desk, client_of):
        hidden = desk.lead("Hidden", owner=cast.outsider)
        assert client_of(cast.head).get(self.url, {"key": hidden.pk}).status_code == 422
        assert client_of(cast.outsider).get(self.url).status_code == 403

    def test_it_costs_what_is_recorded(self, cast, desk, client_of, rule):
        for n in range(5):
            desk.lead(f"Lead {n}")
        browser = client_of(cast.head)
        browser.get(self.url)
        with assert_query_count("distribution trial"):
            browser.get(self.url)


class TestSelected:
    def test_deals_selected_on_their_list_are_given_whoever_has_them(self, cast, client_of):
        make_distribution_rule("Deals", cast.colleague, fallback=cast.head, record=Record.DEAL)
        deals = [make_deal(f"Deal {n}", owner=cast.salesperson) for n in range(2)]
        won = make_deal("Won", owner=cast.salesperson, won=True)
        browser = client_of(cast.head)
        assert '<option value="distribute">' in browser.get("/deals/").content.decode()
        keys = [deal.pk for deal in [*deals, won]]
        began = browser.post(reverse("changes:bulk_begin", args=["deal"]), {"key": keys, "do": "distribute"})
        assert began["Location"].startswith("/distribution/selected/?")
        page = browser.get(began["Location"]).content.decode()
        assert "Distribute 3 deals" in page
        token = began["Location"].split("selection=")[1].split("&")[0]
        done = browser.post("/distribution/selected/", {"selection": token}, follow=True)
        assert done.status_code == 200
        owners = dict(Deal.objects.values_list("title", "owner__name"))
        assert owners == {
            "Deal 0": cast.colleague.name,
            "Deal 1": cast.colleague.name,
            "Won": cast.salesperson.name,
        }
        assert ChangeSet.objects.get().skipped == 1

    def test_without_a_selection_it_says_so(self, cast, client_of):
        answer = client_of(cast.head).get("/distribution/selected/?selection=nonsense")
        assert answer.status_code == 422
        assert client_of(cast.outsider).get("/distribution/selected/").status_code == 403


def test_many_are_given_by_a_worker_and_a_second_run_gives_nothing_more(
    cast, desk, client_of, rule, monkeypatch
):
    monkeypatch.setattr("distribution.giving.AT_ONCE", 1)
    for n in range(4):
        desk.lead(f"Lead {n}")
    answer = client_of(cast.head).post(GIVE, {"record": "client", "everything": "1"}, follow=True)
    assert "A worker is distributing them" in answer.content.decode()
    for _turn in range(2):
        running.run_due(at=timezone.now())
    owners = Account.objects.order_by("pk").values_list("owner_id", flat=True)
    assert list(owners) == [cast.salesperson.pk, cast.colleague.pk] * 2
    assert ChangeSet.objects.get().done == 4
