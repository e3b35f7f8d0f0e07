"""Quotes on their pages, and what a client opens by the link: who sees what, what is said, how many statements."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.models import Invoice, Quote, QuoteLink, QuoteOpening, QuoteState
from billing.testing import line, make_legal_entity, make_quote, make_sent_quote
from catalog.testing import make_product
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
YES = {"answer": "accept", "accept-name": "Ann Lee", "accept-agreed": "on"}
PRESSED = {"next": ""}
NO = {"answer": "decline", "decline-reason": "Too dear"}


@pytest.fixture
def client(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def browser(cast, client_of):
    return client_of(cast.salesperson)


def door(name, quote):
    return reverse(f"billing:{name}", args=[quote.pk])


def path_of(quote):
    return QuoteLink.objects.get(quote=quote, revoked_at=None).path


def text_of(answer):
    return answer.content.decode()


def rows(count, prefix="line", **said):
    form = {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": 0}
    return form | {f"{prefix}-MIN_NUM_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 400} | said


def found(browser, **query):
    return [row.pk for row in browser.get(reverse("billing:quotes"), query).context["page"].rows]


def test_a_quote_is_begun_written_sent_and_answered(client, browser):
    make_legal_entity()
    said = {"client": client.name, "account": client.pk, "currency": "USD", "tax_mode": "on_top"}
    answer = browser.post(reverse("billing:quote_new"), said | {"payment_days": 7})
    quote = Quote.objects.get()
    assert answer.url == door("quote_lines", quote)
    assert "New quote" not in text_of(browser.get(answer.url))
    lines = rows(1, version=quote.version) | {"line-0-title": "Delivery", "line-0-price": "70"}
    assert b"70.00" in browser.post(door("quote_reckon", quote), lines).content
    assert browser.post(door("quote_lines", quote), lines).url == door("quote", quote)
    quote.refresh_from_db()
    assert quote.total == 70
    form = browser.get(door("quote_send", quote)).context["form"]
    until = form["valid_until"].value()
    assert until == company_day(timezone.now()) + timedelta(14)
    sent = browser.post(door("quote_send", quote), {"version": quote.version, "valid_until": until})
    assert sent.url == f"{door('quote', quote)}#link"
    shown = text_of(browser.get(door("quote", quote)))
    assert path_of(quote) in shown
    stranger = Client()
    assert "Delivery" in text_of(stranger.get(path_of(quote)))
    assert stranger.post(path_of(quote), YES).url == path_of(quote)
    assert "Accepted by Ann Lee" in text_of(stranger.get(path_of(quote)))
    answer = browser.post(door("quote_invoice", quote), PRESSED)
    assert answer.url == Invoice.objects.get().get_absolute_url()
    assert browser.post(door("quote_invoice", quote), PRESSED).status_code == 422
    text = text_of(browser.get(door("quote", quote)))
    assert "Accepted by Ann Lee" in text
    assert "Quote invoiced" in text


def test_lines_that_cannot_be_are_said_and_nothing_is_lost(client, browser):
    quote = make_quote(100, account=client)
    lines = rows(1, version=quote.version) | {"line-0-title": "Typed with care", "line-0-quantity": "2"}
    answer = browser.post(door("quote_lines", quote), lines)
    assert answer.status_code == 422
    assert "Typed with care" in text_of(answer)
    lines |= {"line-0-price": "5", "version": 77}
    answer = browser.post(door("quote_lines", quote), lines)
    assert answer.status_code == 409
    assert "changed this quote meanwhile" in text_of(answer)
    sent = make_sent_quote(100, account=client)
    for name in ("quote_lines", "quote_edit"):
        assert browser.get(door(name, sent)).status_code == 422


def test_the_header_is_changed_and_its_currency_with_it(client, browser):
    quote = make_quote(100, account=client)
    form = browser.get(door("quote_edit", quote)).context["form"]
    said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = browser.post(door("quote_edit", quote), said | {"note": "By spring"})
    assert answer.url == door("quote", quote)
    quote.refresh_from_db()
    assert quote.note == "By spring"


def test_a_deal_is_quoted_in_one_press_and_shows_it(cast, client, browser):
    make_legal_entity()
    deal = make_deal("Spring", owner=cast.salesperson, account=client, amount=500)
    page = text_of(browser.get(deal.get_absolute_url()))
    address = reverse("billing:quote_of_deal", args=[deal.pk])
    assert address in page
    assert browser.get(address).status_code == 200
    assert browser.post(address).url == door("quote_lines", Quote.objects.get())
    assert "Draft" in text_of(browser.get(deal.get_absolute_url()))
    card = text_of(browser.get(reverse("accounts:card", args=[client.pk])))
    assert f"{reverse('billing:quote_new')}?account={client.pk}" in card


def test_the_list_answers_by_words_state_and_client(cast, client, browser):
    sent = make_sent_quote(100, account=client)
    draft = make_quote(50, account=make_account("Zanzibar", owner=cast.salesperson))
    assert found(browser) == [draft.pk, sent.pk]
    assert (
        found(browser, q="acme") == found(browser, state="sent") == found(browser, q=sent.number) == [sent.pk]
    )
    assert found(browser, account=draft.account_id) == found(browser, q=f"ID{draft.pk}") == [draft.pk]
    assert found(browser, owner=cast.head.pk) == []
    answer = browser.get(reverse("billing:quotes"), {"state": "eaten"})
    assert answer.status_code == 422


def test_each_role_sees_and_does_what_its_rights_reach(cast, client, client_of):
    quote = make_quote(100, account=client)
    for who, status in (("salesperson", 200), ("head", 200), ("accountant", 200), ("outsider", 404)):
        browser = client_of(getattr(cast, who))
        assert browser.get(door("quote", quote)).status_code == status, who
        assert browser.get(door("quote_send", quote)).status_code == status, who
        assert (quote.pk in found(browser)) == (status == 200), who
    assert client_of(cast.support).get(door("quote", quote)).status_code in (403, 404)
    assert client_of(cast.salesperson).get(door("quote_give", quote)).status_code == 403
    assert client_of(cast.outsider).post(door("quote_withdraw", quote), {"version": 1}).status_code == 404


def test_a_quote_is_given_withdrawn_and_answered_for_the_client(cast, client, client_of, browser):
    quote = make_sent_quote(100, account=client)
    client_of(cast.head).post(door("quote_give", quote), {"owner": cast.colleague.pk})
    quote.refresh_from_db()
    assert quote.owner == cast.colleague
    assert browser.post(door("quote_declined", quote), {"reason": "Too dear"}).status_code == 302
    assert browser.post(door("quote_accepted", quote), {"name": "Ann"}).status_code == 422
    other = make_sent_quote(100, account=client)
    assert browser.post(door("quote_accepted", other), {"name": "Ann"}).status_code == 302
    third = make_sent_quote(100, account=client)
    assert browser.post(door("quote_withdraw", third), {"version": third.version}).status_code == 302
    assert "was withdrawn" in text_of(Client().get(path_of(third)))
    states = [Quote.objects.get(pk=each.pk).state for each in (quote, other, third)]
    assert states == [QuoteState.DECLINED, QuoteState.ACCEPTED, QuoteState.WITHDRAWN]


def test_a_link_opens_one_quote_and_each_opening_is_written_down(cast, client, browser):
    quote, stranger = make_sent_quote(100, account=client), Client()
    answer = stranger.get(path_of(quote))
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    stranger.get(path_of(quote))
    assert QuoteOpening.objects.count() == 2
    assert Event.objects.filter(name="quote.opened").count() == 1
    assert stranger.get(path_of(quote).replace("/q/", "/q/x")).status_code == 404
    was = path_of(quote)
    assert browser.post(door("quote_link", quote), PRESSED).status_code == 302
    assert stranger.get(was).status_code == 404
    assert stranger.get(path_of(quote)).status_code == 200


def test_a_stranger_says_a_name_and_ticks_or_says_why_not(cast, client):
    quote, stranger = make_sent_quote(100, account=client), Client()
    for wrong in (YES | {"accept-name": ""}, YES | {"accept-agreed": ""}, NO | {"decline-reason": " "}, {}):
        answer = stranger.post(path_of(quote), wrong)
        assert answer.status_code == 422
    assert "Tick it" in text_of(stranger.post(path_of(quote), {"answer": "accept", "accept-name": "Ann"}))
    assert stranger.post(path_of(quote), NO).status_code == 302
    assert stranger.post(path_of(quote), YES).status_code == 422
    quote.refresh_from_db()
    assert (quote.state, quote.decline_reason) == (QuoteState.DECLINED, "Too dear")
    assert QuoteOpening.objects.filter(what="answer").count() == 1
    assert Event.objects.get(name="quote.declined").actor_id == cast.robot.pk


def test_an_answer_needs_the_token_of_the_page_and_no_session(client):
    quote, stranger = make_sent_quote(100, account=client), Client(enforce_csrf_checks=True)
    assert stranger.post(path_of(quote), YES).status_code == 403
    page = stranger.get(path_of(quote))
    assert "sessionid" not in page.cookies
    assert page["Referrer-Policy"] == "same-origin"
    token = page.cookies["csrftoken"].value
    assert stranger.post(path_of(quote), YES | {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_link_of_an_older_version_leads_to_the_newest(cast, client):
    first, stranger = make_sent_quote(100, account=client), Client()
    second = first.new_version(by=cast.salesperson, at=timezone.now())
    assert "newest version" not in text_of(stranger.get(path_of(first))), "a draft is shown to nobody"
    second.send(valid_until=company_day(timezone.now()), by=cast.salesperson, at=timezone.now())
    text = text_of(stranger.get(path_of(first)))
    assert "newer version" in text
    assert path_of(second) in text
    assert "accept-name" not in text
    assert stranger.post(path_of(first), YES).status_code == 422
    assert stranger.post(path_of(second), YES).status_code == 302


def test_the_link_of_an_expired_quote_says_so(client):
    quote = make_sent_quote(100, account=client, at=timezone.now() - timedelta(10), days=3)
    text = text_of(Client().get(path_of(quote)))
    assert "was valid until" in text
    assert "accept-name" not in text
    assert Client().post(path_of(quote), YES).status_code == 422


def test_the_page_of_a_stranger_speaks_the_language_of_the_quote(client):
    quote = make_sent_quote(100, account=client, language="ru")
    assert "Коммерческое предложение" in text_of(Client().get(path_of(quote)))
    assert "Presupuesto" in text_of(
        Client().get(path_of(make_sent_quote(100, account=client, language="es")))
    )


def test_search_finds_a_quote_by_its_number_for_those_who_see_it(cast, client, browser, client_of):
    quote = make_sent_quote(100, account=client)
    asked = {"q": quote.number}
    assert door("quote", quote) in text_of(browser.get(reverse("search"), asked))
    assert door("quote", quote) not in text_of(client_of(cast.outsider).get(reverse("search"), asked))


def test_too_many_openings_or_answers_from_one_place_are_turned_away(client, monkeypatch):
    from billing.views import public_quote

    monkeypatch.setattr(public_quote, "A_MINUTE", 2)
    monkeypatch.setattr(public_quote, "ANSWERS_A_MINUTE", 1)
    path, stranger = path_of(make_sent_quote(100, account=client)), Client()
    assert [stranger.get(path).status_code for _turn in range(3)] == [200, 200, 429]
    assert [stranger.post(path, NO).status_code for _turn in range(2)] == [302, 429]


def test_why_a_line_has_its_price_is_said(client, browser):
    make_product("Roses", 10)
    quote = make_quote(account=client, lines=[line(10, 1, "Roses")])
    page = browser.get(reverse("billing:quote_why", args=[quote.pk, quote.lines.get().pk]))
    assert page.status_code == 200


def test_the_pages_take_as_many_statements_however_long(cast, client, browser):
    quote = make_sent_quote(*range(1, 30), account=client)
    for _turn in range(4):
        version = quote.new_version(by=cast.salesperson, at=timezone.now())
        version.send(valid_until=company_day(timezone.now()), by=cast.salesperson, at=timezone.now())
        quote = version
        make_quote(50, account=client)
    browser.get(reverse("billing:quotes"))
    with assert_query_count("quotes"):
        browser.get(reverse("billing:quotes"))
    with assert_query_count("quote"):
        browser.get(door("quote", quote))
    stranger = Client()
    stranger.get(path_of(quote))
    with assert_query_count("quote opened by a link"):
        stranger.get(path_of(quote))
