"""Conditions on a page: added one by one, said as sentences, taken away with a tap; nonsense is refused in words."""

from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Industry, Tag
from accounts.testing import make_account
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count
from lists.registry import registered
from lists.where.fields import fields_of

URL, BUILDER = "/deals/", "/lists/where/"


@pytest.fixture
def base(cast):
    retail = Industry.objects.create(name="Retail")
    shop = make_account("Acme", owner=cast.salesperson, industry=retail)
    pipeline = make_pipeline()
    make_deal("Roses", owner=cast.salesperson, pipeline=pipeline, amount=300, account=shop)
    make_deal("Lilies", owner=cast.salesperson, pipeline=pipeline, amount=20)
    return SimpleNamespace(cast=cast, retail=retail)


def titles(answer):
    return {row.title for row in answer.context["page"].rows}


def where_of(address):
    return parse_qs(urlsplit(address).query).get("where", [""])[0]


def add(browser, here, field, op, **said):
    return browser.get(BUILDER, {"list": "deals", "next": here, "field": field, "op": op, "add": "1"} | said)


def test_a_condition_is_chosen_said_and_taken_away(base, client_of):
    person = client_of(base.cast.salesperson)
    assert "Client" in person.get(BUILDER, {"list": "deals", "next": URL}).content.decode()
    asked = person.get(BUILDER, {"list": "deals", "next": URL, "field": "client.industry"})
    assert "Retail" in asked.content.decode()
    answer = add(
        person, f"{URL}?mine=1&sort=-amount&cursor=x", "client.industry", "in", chosen=base.retail.pk
    )
    assert answer["Location"] == f"{URL}?mine=1&sort=-amount&where=all(client.industry:in:{base.retail.pk})"
    shown = person.get(answer["Location"])
    assert titles(shown) == {"Roses"}
    chip = shown.context["removable"][-1]
    assert chip.title == "Client: Industry is Retail"
    assert titles(person.get(URL + unescape(chip.url))) == {"Roses", "Lilies"}
    assert "where" not in chip.url


def test_conditions_form_groups_of_all_and_any(base, client_of):
    person = client_of(base.cast.salesperson)
    here = add(person, URL, "amount", "from", **{"from.0": "10"})["Location"]
    here = add(person, here, "title", "has", **{"has.0": "rose"}, into="any")["Location"]
    here = add(person, here, "title", "has", **{"has.0": "lil, (x)"}, into="1")["Location"]
    assert where_of(here) == r"all(amount:from:10;any(title:has:rose;title:has:lil\, \(x\)))"
    shown = person.get(here)
    assert titles(shown) == {"Roses"}
    assert [chip.title for chip in shown.context["removable"]] == [
        "Amount in the company's currency is at least 10", "Deal contains “rose” or Deal contains “lil, (x)”"
    ]  # fmt: skip
    turned = person.get(BUILDER, {"list": "deals", "next": here, "how": "any"})["Location"]
    assert where_of(turned).startswith("any(amount:from:10;any(")
    assert titles(person.get(turned)) == {"Roses", "Lilies"}


def test_in_a_dialog_the_page_is_led_on(base, client_of):
    said = {"list": "deals", "next": URL, "field": "amount", "op": "empty", "add": "1"}
    answer = client_of(base.cast.salesperson).get(BUILDER, said, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"{URL}?where=all(amount:empty)"


@pytest.mark.parametrize(
    ("field", "op", "said", "trouble"),
    [
        ("amount", "from", {"from.0": "many"}, "is not a number"),
        ("amount", "between", {"between.0": "1"}, "Say what"),
        ("opened", "on", {"on.0": "31.13.2026"}, "is not a day"),
        ("opened", "last", {"last.0": "0"}, "is not a number from 1"),
        ("stage", "in", {"chosen": "x"}, "is not something to choose"),
        ("stage", "in", {}, "Say what"),
        ("title", "has", {"has.0": "x" * 101}, "at most 100 letters"),
        ("amount", "has", {"has.0": "1"}, "cannot be asked so"),
    ],
)
def test_a_bad_value_says_why_and_stays_typed(base, client_of, field, op, said, trouble):
    answer = add(client_of(base.cast.salesperson), URL, field, op, **said)
    assert answer.status_code == 422
    assert trouble in answer.content.decode()
    if said.get("from.0"):
        assert 'value="many"' in answer.content.decode()


@pytest.mark.parametrize(
    "where",
    [
        "x",
        "all(",
        "all(amount:from:x)",
        "all(stage:in:\x00)",
        "all(amount:from:1e99999999)",
        "all(amount:is:NaN)",
        "all(opened:on:9999-12-31)",
        "all(opened:last:99999999999999999999)",
        "all(stage:in:99999999999999999999)",
        "all(title:is:a)all(title:is:b)",
    ],
)
@pytest.mark.parametrize("url", [URL, "/clients/"])
def test_what_cannot_be_read_in_an_address_is_said_and_shows_nothing(base, client_of, url, where):
    field = where.replace("amount", "revenue").replace("opened", "created").replace("stage", "owner")
    answer = client_of(base.cast.salesperson).get(url, {"where": where if url == URL else field})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Roses" not in text
    assert "Acme</a>" not in text
    assert "Conditions" in text


def test_an_unknown_field_is_left_out_with_a_note(base, client_of):
    answer = client_of(base.cast.salesperson).get(URL, {"where": "all(gone:is:1;amount:from:100)"})
    assert answer.status_code == 200
    assert titles(answer) == {"Roses"}
    assert "There is no “gone” to ask about any more" in unescape(answer.content.decode())
    clients = client_of(base.cast.salesperson).get("/clients/", {"where": "all(gone:is:1)"}).content.decode()
    assert "There is no “gone”" in clients
    assert "Acme" in clients


def test_every_field_can_be_asked_about_in_every_way(base, client_of):
    Tag.objects.create(name="VIP")
    person = client_of(base.cast.salesperson)
    for key, url in (("deals", URL), ("clients", "/clients/")):
        for field in fields_of(registered(key)).values():
            page = person.get(BUILDER, {"list": key, "next": url, "field": field.name})
            options = [value for value, _words, _chosen in page.context["choices"]]
            for way in page.context["ways"]:
                said = {each.name: example(each) for each in way.inputs}
                said |= {"chosen": options[:1]} if field.kind == "choice" else {}
                if way.op in {"in", "out"} and not options:
                    continue
                asked = {"list": key, "next": url, "field": field.name, "op": way.op, "add": "1"} | said
                answer = person.get(BUILDER, asked)
                assert answer.status_code == 302, (field.name, way.op, said)
                shown = person.get(answer["Location"])
                assert shown.status_code == 200, (field.name, way.op)
                assert "where" in answer["Location"]


def example(each):
    if each.kind == "select":
        return each.options[0][0]
    return {"date": timezone.localdate().isoformat(), "number": "2"}.get(each.kind, "rose")


def test_what_others_own_is_not_told_by_a_name(base, client_of):
    text = client_of(base.cast.outsider).get(URL, {"where": f"all(owner:in:{base.cast.salesperson.pk})"})
    assert "Sam Porter" not in text.content.decode()


def test_statements_of_conditions(base, client_of):
    person = client_of(base.cast.salesperson)
    where = f"all(client.industry:in:{base.retail.pk};owner:in:{base.cast.salesperson.pk})"
    with assert_query_count("list with conditions"):
        person.get(URL, {"where": where})
    with assert_query_count("condition on owners"):
        person.get(BUILDER, {"list": "deals", "next": URL, "field": "owner"})
