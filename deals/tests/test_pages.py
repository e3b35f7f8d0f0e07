"""Board, list and page: the right person sees them, the outsider nothing, the statements hold."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from accounts.testing import make_account, make_contact
from catalog.models import Product
from deals.models import Deal, LossReason
from deals.queries import words
from deals.queries.board import CARDS
from deals.testing import make_deal
from foundation.testing import assert_query_count

RECORD_PAGES = [
    "page", "timeline", "edit", "move", "undo", "win", "lose", "reopen", "next_step", "contact_add", "line_add"
]  # fmt: skip


def test_the_salesperson_sees_the_deal_everywhere(cast, room, client_of):
    person = client_of(cast.salesperson)
    for url in (reverse("deals:board"), reverse("deals:list"), room.deal.get_absolute_url()):
        answer = person.get(url)
        assert answer.status_code == 200, url
        assert room.deal.title in answer.content.decode(), url


@pytest.mark.parametrize("name", RECORD_PAGES)
def test_the_outsider_gets_404_on_every_page_of_the_deal(cast, room, client_of, name):
    outsider, url = client_of(cast.outsider), reverse(f"deals:{name}", args=[room.deal.pk])
    if name != "undo":
        assert outsider.get(url).status_code == 404
    posted = outsider.post(
        url, {"stage": room.stage("Won").pk, "version": 1, "next_step": "Mine", "quick": "1"}
    )
    assert posted.status_code in {404, 405} if name in {"page", "timeline"} else posted.status_code == 404
    room.deal.refresh_from_db()
    assert room.deal.version == 1
    assert room.deal.is_open


def test_the_outsider_finds_the_deal_in_no_list_count_sum_or_search(cast, room, client_of):
    outsider = client_of(cast.outsider)
    stage = room.deal.stage_id
    for url in (
        reverse("deals:board"),
        reverse("deals:list"),
        reverse("deals:list") + f"?q=ID{room.deal.pk}",
        reverse("deals:list") + f"?owner={cast.salesperson.pk}",
        reverse("deals:exactly"),
        reverse("deals:more", args=[stage]),
        reverse("deals:clients") + "?client=acme",
        reverse("search") + "?q=flowers",
    ):
        text = outsider.get(url).content.decode()
        found = [words for words in ("Office flowers", "Acme", "1,000", "1.0K") if words in text]
        assert not found, url


def test_the_outsider_cannot_use_an_invisible_card_or_client(cast, room, client_of):
    own = make_deal("Own deal", owner=cast.outsider, pipeline=room.pipeline)
    outsider = client_of(cast.outsider)
    answer = outsider.post(
        reverse("deals:move", args=[own.pk]),
        {"stage": own.stage_id, "after_id": room.deal.pk, "place": "top"},
    )
    own.refresh_from_db()
    room.deal.refresh_from_db()
    assert answer.status_code == 302
    assert own.rank < room.deal.rank
    said = {"title": "Stolen", "client": "Acme Florists", "account": room.account.pk, "currency": "USD"}
    refused = outsider.post(reverse("deals:create"), said | {"stage": own.stage_id})
    assert refused.status_code == 422
    assert not Deal.objects.filter(title="Stolen").exists()


def test_an_accountant_sees_the_board_and_moves_nothing(cast, room, client_of):
    accountant = client_of(cast.accountant)
    text = accountant.get(reverse("deals:board")).content.decode()
    assert room.deal.title in text
    assert "data-move-url" not in text
    refused = accountant.post(
        reverse("deals:move", args=[room.deal.pk]), {"stage": room.stage("Qualified").pk}
    )
    assert refused.status_code == 403
    assert "Move, win, lose and reopen deals" in refused.content.decode()


@pytest.fixture
def full(cast, room, calendar):
    """Enough deals for Show more, each with everything a card shows."""
    for turn in range(CARDS + 5):
        make_deal(
            f"Deal {turn}", owner=cast.salesperson, pipeline=room.pipeline, account=room.account,
            next_step_on=timezone.localdate() + timedelta(days=turn - 3) if turn % 2 else None,
        )  # fmt: skip
    room.deal.move(room.stage("Proposal"), by=cast.salesperson, at=timezone.now())
    return room


def test_statements_of_the_board(cast, full, client_of):
    for name, person in (("board", cast.salesperson), ("board of everybody", cast.accountant)):
        browser = client_of(person)
        with assert_query_count(name):
            assert browser.get(reverse("deals:board")).status_code == 200
    browser = client_of(cast.salesperson)
    with assert_query_count("board filtered"):
        browser.get(reverse("deals:board") + f"?q=deal&no_step=1&owner={cast.salesperson.pk}")


def test_statements_and_size_of_the_list(cast, full, client_of):
    browser = client_of(cast.salesperson)
    for turn in range(40):
        make_deal(f"One more {turn}", owner=cast.salesperson, pipeline=full.pipeline, account=full.account)
    with assert_query_count("list"):
        answer = browser.get(reverse("deals:list"))
    assert answer.content.count(b"<tr id=") == 50
    assert len(answer.content) <= 60 * 1024
    with assert_query_count("list filtered"):
        browser.get(reverse("deals:list") + "?q=deal&state=open&amount_from=1&sort=-amount")


def test_statements_of_the_page(cast, full, client_of, now):
    full.deal.add_contact(make_contact(full.account), "decides", by=cast.salesperson, at=now)
    product = Product.create(name="GTX Pro", price=100, by=cast.robot, at=now)
    full.deal.add_line(product, 2, by=cast.salesperson, at=now)
    browser = client_of(cast.salesperson)
    with assert_query_count("page"):
        answer = browser.get(full.deal.get_absolute_url())
    text = answer.content.decode()
    assert "Ivan Petrov" in text
    assert "GTX Pro" in text


def test_statements_of_a_move(cast, full, client_of):
    browser = client_of(cast.salesperson)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/deals/board/"}
    said = {"stage": full.stage("Negotiation").pk, "version": full.deal.version}
    with assert_query_count("move on the board"):
        browser.post(reverse("deals:move", args=[full.deal.pk]), said, headers=headers)


def test_show_more_brings_the_cards_below_each_once(cast, full, client_of):
    browser, seen = client_of(cast.salesperson), []
    answer = browser.get(reverse("deals:board"))
    column = answer.context["board"].columns[0]
    seen += [card.pk for card in column.cards]
    assert len(seen) == CARDS
    more = browser.get(column.more_url).context["column"]
    seen += [card.pk for card in more.cards]
    assert sorted(seen) == sorted(
        Deal.objects.filter(stage=full.stage("First contact")).values_list("pk", flat=True)
    )
    assert not more.more_url


@pytest.mark.parametrize("after", ["", "x", "nan:1", "inf:1", "1e999:1", "1:99999999999999999999", "1:\x00"])
def test_a_forged_place_shows_the_column_from_its_top(cast, room, client_of, after):
    answer = client_of(cast.salesperson).get(
        reverse("deals:more", args=[room.deal.stage_id]), {"after": after}
    )
    assert answer.status_code == 200
    assert room.deal.title in answer.content.decode()


def test_every_column_of_the_board_enters_its_index(cast, room, client_of):
    from deals.filters import DealFilter
    from deals.queries import board_rows

    stages = [stage.pk for stage in room.pipeline.stages_in_order() if stage.is_open]
    filterset = DealFilter({}, queryset=Deal.objects.visible_to(cast.admin))
    sql, values = board_rows.walk(filterset, filterset.qs, stages, cast.admin, CARDS + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
        )
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using deal_on_board" in plan, plan


def test_few_deals_that_are_many_after_all_are_walked_by_column(cast, full, client_of, monkeypatch):
    from deals.queries import board_rows

    url = reverse("deals:board")
    once = client_of(cast.salesperson).get(url).context["board"].columns
    monkeypatch.setattr(board_rows, "FEW_DEALS", 3)
    walked = client_of(cast.salesperson).get(url).context["board"].columns
    assert [(each.head.count, each.head.worth, each.cards) for each in walked] == [
        (each.head.count, each.head.worth, each.cards) for each in once
    ]


def test_heads_count_and_sum_what_the_person_sees(cast, room, client_of):
    make_deal("Other", owner=cast.colleague, pipeline=room.pipeline, amount=500)
    for person, count, worth in (
        (cast.salesperson, "1", "1.0K"),
        (cast.head, "2", "1.5K"),
        (cast.admin, "2", "1.5K"),
    ):
        head = client_of(person).get(reverse("deals:board")).context["board"].columns[0].head
        assert (head.count, head.worth.split("\xa0")[0]) == (count, worth)


def test_a_board_of_an_unknown_pipeline_is_404(cast, room, client_of):
    person = client_of(cast.salesperson)
    for said in ("77777", "x", "-1", "9" * 30):
        assert person.get(reverse("deals:board"), {"pipeline": said}).status_code == 404


def test_the_page_of_a_lost_deal_says_why(cast, room, client_of, now):
    room.deal.lose(LossReason.objects.get(), note="Their cousin sells flowers", by=cast.salesperson, at=now)
    text = client_of(cast.salesperson).get(room.deal.get_absolute_url()).content.decode()
    assert "Too expensive" in text
    assert "Their cousin sells flowers" in text
    assert "Reopen" in text


def test_the_clients_panel_shows_only_deals_the_person_sees(cast, room, client_of, rf):
    from deals.panels import deals_of_client

    make_deal("Secret", owner=cast.outsider, pipeline=room.pipeline, account=room.account)
    request = rf.get("/")
    request.user = cast.salesperson
    with assert_query_count("panel on the client card"):
        _template, context = deals_of_client(request, room.account)
    assert [row["title"] for row in context["open_deals"]] == ["Office flowers"]


def test_another_clients_contact_cannot_take_part(cast, room, client_of):
    stranger = make_contact(make_account("Elsewhere", owner=cast.salesperson))
    answer = client_of(cast.salesperson).post(
        reverse("deals:contact_add", args=[room.deal.pk]), {"contact": stranger.pk, "role": "pays"}
    )
    assert answer.status_code == 422
    assert not room.deal.deal_contacts.exists()


def test_heads_past_the_cap_come_from_the_kept_totals(cast, full, client_of, monkeypatch):
    from deals.queries import board_rows, sums

    monkeypatch.setattr(board_rows, "FEW_PEOPLE", 0)
    url = reverse("deals:board")
    exact = client_of(cast.head).get(url).context["board"].columns[0].head
    monkeypatch.setattr(sums, "CAP", 3)
    kept = client_of(cast.head).get(url).context["board"].columns[0].head
    assert (kept.count, kept.worth) == (exact.count, exact.worth)
    capped = client_of(cast.head).get(url + "?no_step=1").context["board"].columns[0].head
    assert capped.count == "3+"


def test_a_searched_board_shows_every_column_and_no_more_cards_than_others(cast, full, client_of):
    board = client_of(cast.salesperson).get(reverse("deals:board") + "?q=deal").context["board"]
    first, *_others = board.columns
    assert len(first.cards) == CARDS
    assert first.head.count == str(CARDS + 5)
    assert first.more_url


def test_search_finds_colleagues_and_opens_their_deals(cast, room, client_of):
    found = client_of(cast.head).get("/search/?q=porter").content.decode()
    assert f'href="{reverse("deals:list")}?owner={cast.salesperson.pk}"' in found
    assert "Oscar Stone" not in client_of(cast.head).get("/search/?q=stone").content.decode()
    letter = client_of(cast.support).get("/search/?q=porter").content.decode()
    assert 'href="mailto:sales@romashka.example"' in letter


def test_the_sum_of_a_list_says_its_exact_amount_too(cast, room, client_of):
    make_deal("Park", owner=cast.salesperson, pipeline=room.pipeline, amount="1234567.89")
    text = client_of(cast.salesperson).get(reverse("deals:list") + "?q=park").content.decode()
    assert 'title="1,234,567.89' in text.replace("\u00a0", " ")


def test_the_rate_of_another_currency_is_written_in_the_readers_language():
    with translation.override("ru"):
        assert words.rate_text(Decimal("0.0112000000")) == "0,0112"
    with translation.override("en"):
        assert words.rate_text(Decimal("0.0112000000")) == "0.0112"
        assert words.rate_text(Decimal(90)) == "90"
