"""The names that list, board and the links of reports share."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from deals.filters import DealFilter
from deals.models import Deal
from deals.search import find_deals
from deals.testing import make_deal
from foundation.automation import all_actions, all_fields


@pytest.fixture
def found(cast, room, rf, now):
    """Three deals: one open, one won by the colleague, one of the outsider; `found(query)` names those that match."""
    make_deal(
        "Wedding",
        owner=cast.colleague,
        pipeline=room.pipeline,
        won=True,
        at=now - timedelta(days=40),
        amount=50,
    )
    make_deal("Exports", owner=cast.outsider, pipeline=room.pipeline, at=now - timedelta(days=3), amount=None)
    request = rf.get("/")
    request.user = cast.salesperson

    def names(query: str) -> set[str]:
        filterset = DealFilter(QueryDict(query), queryset=Deal.objects.all(), request=request)
        return set(filterset.qs.values_list("title", flat=True))

    return names


def test_each_name_finds_its_deals(cast, room, found, now):
    today, then = now.date(), (now - timedelta(days=40)).date()
    won, qualified = room.stage("Won").pk, room.stage("Qualified").pk
    everything = {"Office flowers", "Wedding", "Exports"}
    cases = {
        "": everything,
        f"pipeline={room.pipeline.pk}": everything,
        f"stage={won}": {"Wedding"},
        "state=open": {"Office flowers", "Exports"},
        "state=won&state=lost": {"Wedding"},
        f"owner={cast.colleague.pk}": {"Wedding"},
        f"owner={cast.colleague.pk}&owner={cast.outsider.pk}": {"Wedding", "Exports"},
        f"owner={cast.colleague.pk},{cast.outsider.pk}": {"Wedding", "Exports"},
        "owner=none": set(),
        f"department={cast.sales.pk}": {"Office flowers", "Wedding"},
        f"department={cast.sales.parent_id}": everything,
        f"account={room.account.pk}": {"Office flowers"},
        f"opened_from={then}&opened_to={then}": {"Wedding"},
        f"opened_from={today}": {"Office flowers"},
        f"closed_from={then}&closed_to={today}": {"Wedding"},
        "amount_from=60": {"Office flowers"},
        "amount_to=60": {"Wedding"},
        "mine=1": {"Office flowers"},
        "team=1": {"Office flowers", "Wedding"},
        "no_step=1": {"Office flowers", "Exports"},
        "overdue=1": set(),
        f"passed={won}&passed_from={then}&passed_to={today}": {"Wedding"},
        f"passed={won}&passed_from={today}": set(),
        f"passed={won}&passed_owner={cast.colleague.pk}": {"Wedding"},
        f"passed={won}&passed_owner={cast.salesperson.pk}": set(),
        f"passed={qualified}&passed_department={cast.sales.pk}": {"Wedding"},
        f"reached={qualified}": {"Wedding"},
        "q=acme": {"Office flowers"},
        "q=цуввштп": {"Wedding"},
        f"q=ID{room.deal.pk}": {"Office flowers"},
        f"stage={10**25}": everything,
    }
    assert {query: found(query) for query in cases} == cases


@pytest.mark.parametrize(
    "query",
    [
        "stage=abc", "owner=%00", "state=maybe", "amount_from=1e999999", "amount_to=-5", "opened_from=2026-02-31",
        "q=a%00b", "passed=1&passed_from=x",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_breaks_nothing(cast, room, client_of, query):
    person = client_of(cast.salesperson)
    for page in ("deals:list", "deals:board"):
        answer = person.get(f"{reverse(page)}?{query}")
        assert answer.status_code == 200
    assert person.get(f"{reverse('deals:list')}?{query}").context["filterset"].troubles


@pytest.mark.parametrize(
    "query", ["opened_to=9999-12-31", "opened_from=0001-01-01", "sort=nonsense", "sort=next_step"]
)
def test_far_ends_and_unknown_orders_are_fine(cast, room, client_of, query):
    assert client_of(cast.salesperson).get(f"{reverse('deals:list')}?{query}").status_code == 200


def test_a_forged_cursor_is_refused_in_words(cast, room, client_of):
    answer = client_of(cast.salesperson).get(reverse("deals:list") + "?cursor=forged")
    assert answer.status_code == 422


def test_the_list_pages_through_every_deal_once_in_every_order(cast, room, client_of):
    for turn in range(60):
        make_deal(
            f"Deal {turn}", owner=cast.salesperson, pipeline=room.pipeline, amount=turn % 7 or None,
            next_step_on=date(2030, 1, 1 + turn % 5) if turn % 3 else None,
        )  # fmt: skip
    person, wanted = client_of(cast.salesperson), set(Deal.objects.values_list("pk", flat=True))
    for order in ("-opened", "opened", "-amount", "next_step", "expected"):
        seen, query = [], f"sort={order}"
        while query:
            answer = person.get(f"{reverse('deals:list')}?{query}")
            seen += [row.pk for row in answer.context["page"].rows]
            query = answer.context["links"]["next"]
        assert len(seen) == len(wanted), order
        assert set(seen) == wanted, order


def test_search_finds_deals_by_title_client_and_number_for_those_who_see_them(cast, room):
    for query in ("office", "acme", f"id{room.deal.pk}", "щаашсу"):
        assert [hit.title for hit in find_deals(cast.salesperson, query, 5)] == ["Office flowers"], query
        assert find_deals(cast.outsider, query, 5) == []


def test_processes_are_offered_verbs_that_work(cast, room, now):
    assert {"deal.amount", "deal.stage", "deal.owner", "deal.state"} <= set(all_fields())
    actions, told = all_actions(), {"by": cast.robot, "at": now}
    actions["deal.move"].run(room.deal.pk, {"stage": room.stage("Proposal").pk}, **told)
    actions["deal.plan_next_step"].run(room.deal.pk, {"text": "Call", "on": date(2030, 1, 2)}, **told)
    actions["deal.assign"].run(room.deal.pk, {"owner": cast.colleague.pk}, **told)
    actions["deal.win"].run(room.deal.pk, {}, **told)
    room.deal.refresh_from_db()
    assert room.deal.is_won
    assert room.deal.owner == cast.colleague


def test_choices_are_fetched_when_the_filters_are_opened_and_lose_nothing_until_then(cast, room, client_of):
    person, asked = client_of(cast.head), f"owner={cast.salesperson.pk}&state=open"
    page = person.get(f"{reverse('deals:list')}?{asked}").content.decode()
    assert f'<input type="hidden" name="owner" value="{cast.salesperson.pk}">' in page
    assert f"Owner: {cast.salesperson.name}" in page
    assert "Any owner" not in page
    opened = person.get(
        f"{reverse('deals:filters')}?{asked}", headers={"HX-Request": "true"}
    ).content.decode()
    assert f'<option value="{cast.salesperson.pk}" selected>' in opened
    assert "<form" not in opened
    alone = person.get(f"{reverse('deals:filters')}?{asked}&board=1").content.decode()
    assert f'action="{reverse("deals:board")}"' in alone
    assert 'name="state" value="open"' in alone


def test_a_search_says_when_it_stopped_and_counts_all_on_demand(cast, room, client_of, monkeypatch):
    monkeypatch.setattr("deals.queries.list.CAP", 3)
    for turn in range(4):
        make_deal(f"Peony {turn}", owner=cast.salesperson, pipeline=room.pipeline, amount=10)
    person = client_of(cast.salesperson)
    assert "3+ deals" in person.get(reverse("deals:list") + "?q=peony").content.decode()
    assert "4 deals" in person.get(reverse("deals:exactly") + "?q=peony").content.decode()
