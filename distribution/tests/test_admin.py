"""Rules in the administration: read back in words, refused in sentences, kept once they gave something."""

import pytest
from django.urls import reverse

from accounts.models import Source
from distribution.models import DistributionRule, Method, Record
from distribution.testing import make_distribution_rule, make_territory

ADD = "/admin/distribution/distributionrule/add/"


@pytest.fixture
def send(cast, client_of):
    def sent(*lines, rule=None, **said):
        fields = {
            "name": "Leads", "record": "client", "position": 0, "is_active": "on", "query": "", "method": "turn",
            "presence": "at_work", "otherwise": "wait", "hours_to_wait": 24, "fallback": cast.head.pk,
            "first_step": "", "first_step_days": 0,
            "candidates-TOTAL_FORMS": len(lines), "candidates-INITIAL_FORMS": 0,
        } | said  # fmt: skip
        for number, line in enumerate(lines):
            line = {"position": number, "capacity": 100} | line
            fields |= {f"candidates-{number}-{name}": value for name, value in line.items()}
        return client_of(cast.admin).post(ADD, fields)

    return sent


def change(rule):
    return reverse("admin:distribution_distributionrule_change", args=[rule.pk])


def test_an_administrator_makes_a_rule_from_the_address_of_a_list(cast, client_of, send):
    web = Source.objects.create(name="Website")
    address = (
        f"https://crm.example/clients/?where=all(source:in:{web.pk};employees:from:100)&sort=-name&cursor=x"
    )
    answer = send(
        {"person": cast.salesperson.pk, "per_day": 5},
        {"role": ""} | {"person": cast.colleague.pk},
        query=address,
    )
    assert answer.status_code == 302, answer.content.decode()
    rule = DistributionRule.objects.get()
    assert rule.query == f"where=all(source:in:{web.pk};employees:from:100)"
    assert [(line.person, line.per_day) for line in rule.candidates.order_by("position")] == [
        (cast.salesperson, 5),
        (cast.colleague, None),
    ]
    page = client_of(cast.admin).get(change(rule)).content.decode()
    assert "Source is Website" in page
    assert "Employees is at least 100" in page
    assert f'href="/clients/?{rule.query.replace("&", "&amp;")}"' in page
    assert f"/distribution/trial/?record=client&amp;rule={rule.pk}" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("where=all(", "cannot be read"),
        ("where=all(planet:in:1)", "There is no “planet” to ask about"),
        ("https://crm.example/clients/?q=rose", "Words of a search are no condition"),
        ("planet=3", "no filter called “planet”"),
        ("where=all(owner:in:me)", "the same for everybody"),
        ("owner=team", "the same for everybody"),
    ],
)
def test_conditions_that_cannot_be_a_rules_are_refused(cast, send, query, said):
    answer = send({"person": cast.salesperson.pk}, query=query)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not DistributionRule.objects.exists()


def test_who_is_named_must_be_one_and_only_once(cast, send):
    assert "Name at least one candidate" in send().content.decode()
    both = {"person": cast.salesperson.pk, "department": cast.sales.pk}
    assert "one of them on a line" in send(both).content.decode()
    twice = {"person": cast.salesperson.pk}
    assert f"{cast.salesperson.name} is named twice." in send(twice, twice).content.decode()
    assert not DistributionRule.objects.exists()


def test_a_rule_of_territories_needs_no_candidates(cast, send):
    assert send(method="territory").status_code == 302
    assert DistributionRule.objects.get().method == Method.TERRITORY


def test_a_rule_that_gave_something_is_put_out_of_use_and_not_deleted(cast, desk, client_of):
    rule = make_distribution_rule("Leads", cast.salesperson, fallback=cast.head)
    fresh = make_distribution_rule("Deals", cast.salesperson, fallback=cast.head, record=Record.DEAL)
    desk.give(desk.lead())
    admin = client_of(cast.admin)
    assert admin.post(change(rule).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert admin.post(change(fresh).replace("change", "delete"), {"post": "yes"}).status_code == 302
    assert list(DistributionRule.objects.all()) == [rule]


def test_a_salesperson_makes_no_rules(cast, client_of):
    assert client_of(cast.salesperson).get(ADD).status_code != 200


def test_a_place_lies_in_one_territory_and_says_something(cast, client_of):
    make_territory("North", city="Murmansk")
    fields = {"name": "Arctic", "places-TOTAL_FORMS": 1, "places-INITIAL_FORMS": 0}
    admin, url = client_of(cast.admin), "/admin/accounts/territory/add/"
    place = {"places-0-country": "", "places-0-city": "murmansk", "places-0-postcode": ""}
    assert "lies in the territory “North” already" in admin.post(url, fields | place).content.decode()
    place["places-0-city"] = "Kirovsk"
    assert admin.post(url, fields | place).status_code == 302
