"""Work about a record its holder may not see: all that is needed is there, and no link leads to nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm import process_work
from deals.models import Deal
from processes.models import Process, Run, WorkItem
from processes.testing import block, make_process
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
SEES = {"salesperson": True, "head": True, "admin": True, "colleague": True, "outsider": False}


@pytest.fixture
def given(cast: Cast, begun: Callable[..., Run], quagmire: Deal) -> Callable[[User], WorkItem]:
    """A task about the deal for a person, who may have nothing to do with deals."""

    def give(person: User) -> WorkItem:
        fields = [{"name": "deal.title", "label": "Title"}]
        who = {"kind": "person", "id": person.pk}
        process: Process = make_process([
            block("task", "Check the tax number", who=who, fields=fields, instructions="It has ten digits.")
        ])  # fmt: skip
        return WorkItem.objects.get(run=begun(process))

    return give


@pytest.mark.parametrize("name", ["salesperson", "head", "admin", "outsider"])
def test_a_link_to_the_record_stands_only_where_its_reader_may_open_it(
    cast: Cast, client_of: ClientOf, given: Callable[[User], WorkItem], quagmire: Deal, name: str
) -> None:
    person = getattr(cast, name)
    item, client = given(person), client_of(person)
    sees = client.get(quagmire.get_absolute_url()).status_code == 200
    through = reverse("processes:record", args=["deal", quagmire.pk])
    assert client.get(through).status_code == (302 if sees else 404)
    links = (f'href="{quagmire.get_absolute_url()}"', f'href="{through}"')
    for page in (
        reverse("processes:work", args=[item.pk]),
        reverse("processes:my_work"),
        item.run.get_absolute_url(),
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert any(link in answer.content.decode() for link in links) == sees, page
        assert "Quagmire drainage" in answer.content.decode()
    (row,) = process_work.items(User.objects.with_policy().get(pk=person.pk), timezone.now())
    assert row.about == "Quagmire drainage"
    assert row.about_url == (through if sees else "")
    assert sees == SEES[name]


def test_whoever_may_not_see_the_record_can_do_the_work_all_the_same(
    cast: Cast, client_of: ClientOf, given: Callable[[User], WorkItem]
) -> None:
    item, client = given(cast.outsider), client_of(cast.outsider)
    text = client.get(reverse("processes:work", args=[item.pk])).content.decode()
    assert "It has ten digits." in text
    assert 'value="Quagmire drainage"' in text
    assert "ask Sam Porter for more" in text
    answer = client.post(reverse("processes:work", args=[item.pk]), {"answer_0": "Quagmire drainage"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200


def test_telling_who_sees_what_costs_no_statement_a_row(
    cast: Cast, given: Callable[[User], WorkItem], django_assert_num_queries: Any
) -> None:
    for _turn in range(3):
        given(cast.outsider)
    person = User.objects.with_policy().get(pk=cast.outsider.pk)
    with django_assert_num_queries(1):
        assert [row.about_url for row in process_work.items(person, timezone.now())] == ["", "", ""]
