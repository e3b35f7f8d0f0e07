"""Pieces drawn once: nothing of one person, one language or one place reaches another page."""

import re

import pytest
from django.template import Context, Template
from django.utils import translation

from users.models import User


def test_a_piece_is_drawn_once_for_each_language_and_each_value():
    drawn = []
    piece = Template(
        "{% load i18n still %}{% still a %}{{ seen }}{% translate 'Search' %} {{ a }}{% endstill %}"
    )

    def seen():
        drawn.append(1)
        return ""

    def shown(language, a):
        with translation.override(language):
            return piece.render(Context({"seen": seen, "a": a}))

    assert [shown(*each) for each in [("en", 1), ("en", 1), ("ru", 1), ("ru", 2), ("en", 1)]] == [
        "Search 1", "Search 1", "Поиск 1", "Поиск 2", "Search 1",
    ]  # fmt: skip
    assert len(drawn) == 3


@pytest.mark.django_db
def test_the_frame_of_a_page_holds_nothing_of_whoever_opened_it_before(cast, client_of):
    def frame(person, address):
        page = client_of(person).get(address).content.decode()
        return page.split("<main", 1)[0] + page.split("</main>", 1)[1]

    head = frame(cast.head, "/my-day/")
    User.objects.filter(pk=cast.salesperson.pk).update(language="ru")
    mine = frame(cast.salesperson, "/tasks/")
    assert cast.head.name in head
    assert cast.head.name not in mine
    assert cast.head.email not in mine
    assert "Задачи" in mine
    assert 'data-place="planner"' in head
    assert 'data-place="planner"' not in mine
    assert set(re.findall(r'data-place="(\w+)"[^>]*aria-current', mine)) == {"tasks"}
    token = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
    assert not set(token.findall(head)) & set(token.findall(mine))
    assert token.findall(mine)
