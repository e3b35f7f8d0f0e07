"""Colleagues on a deal: they see it without owning it, keep seeing it, and leave no trace of it when taken off."""

import pytest
from django.urls import reverse

from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from foundation.models import Event


def add(deal):
    return reverse("deals:team_add", args=[deal.pk])


def remove(deal, person):
    return reverse("deals:team_remove", args=[deal.pk, person.pk])


def test_a_colleague_added_sees_the_deal_everywhere_and_finds_it_with_me(cast, room, client_of, now):
    outsider, url = client_of(cast.outsider), room.deal.get_absolute_url()
    assert outsider.get(url).status_code == 404
    room.deal.add_colleague(cast.outsider, by=cast.head, at=now)
    assert outsider.get(url).status_code == 200
    make_deal("Own deal", owner=cast.outsider, pipeline=room.pipeline)
    for name in ("deals:board", "deals:list"):
        text = outsider.get(reverse(name) + "?with_me=1").content.decode()
        assert room.deal.title in text
        assert "Own deal" not in text
    assert (
        'visually-hidden">More colleagues who work on it: </span>+1'
        in outsider.get(reverse("deals:board")).content.decode()
    )
    mine = client_of(cast.salesperson).get(reverse("deals:board") + "?with_me=1").content.decode()
    assert room.deal.title not in mine


def test_they_keep_sight_when_the_deal_is_given_away(cast, room, now):
    room.deal.add_colleague(cast.outsider, by=cast.head, at=now)
    room.deal.assign(cast.colleague, by=cast.head, at=now)
    assert Deal.objects.visible_to(cast.outsider).filter(pk=room.deal.pk).exists()
    assert {cast.outsider.pk, cast.colleague.pk} <= {*room.deal.team_ids}


def test_the_page_adds_and_takes_off_with_facts_and_both_can_be_undone(cast, room, client_of):
    browser = client_of(cast.salesperson)
    answer = browser.post(add(room.deal), {"person": cast.colleague.pk}, follow=True)
    text = answer.content.decode()
    assert f"{cast.colleague.name} sees the deal now" in text
    assert remove(room.deal, cast.colleague) in text
    assert Event.objects.latest("pk").name == "deal.colleague_joined"
    gone = browser.post(remove(room.deal, cast.colleague), follow=True).content.decode()
    assert f"{add(room.deal)}?person={cast.colleague.pk}" in gone
    assert Event.objects.latest("pk").name == "deal.colleague_left"
    room.deal.refresh_from_db()
    assert room.deal.team_ids == [cast.salesperson.pk]
    browser.post(f"{add(room.deal)}?person={cast.colleague.pk}")
    room.deal.refresh_from_db()
    assert cast.colleague.pk in room.deal.team_ids


def test_the_outsider_gets_404_and_the_accountant_403(cast, room, client_of):
    said = {"person": cast.colleague.pk}
    for url in (add(room.deal), remove(room.deal, cast.salesperson)):
        assert client_of(cast.outsider).post(url, said).status_code == 404
        assert client_of(cast.accountant).post(url, said).status_code == 403
    room.deal.refresh_from_db()
    assert room.deal.team_ids == [cast.salesperson.pk]


def test_a_bad_choice_says_why(cast, room, client_of):
    browser = client_of(cast.salesperson)
    for person in ("", "x", cast.salesperson.pk, cast.robot.pk):
        answer = browser.post(add(room.deal), {"person": person})
        assert answer.status_code == 422, person


def test_the_owner_stays_and_adding_twice_tells_once(cast, room, now):
    with pytest.raises(Refused, match="owner is always"):
        room.deal.remove_colleague(cast.salesperson, by=cast.head, at=now)
    before = Event.objects.count()
    for _turn in range(2):
        room.deal.add_colleague(cast.colleague, by=cast.head, at=now)
    assert Event.objects.count() == before + 1


def test_who_takes_themselves_off_lands_on_the_list(cast, room, client_of, now):
    room.deal.add_colleague(cast.outsider, by=cast.head, at=now)
    answer = client_of(cast.outsider).post(remove(room.deal, cast.outsider))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("deals:list")
    assert client_of(cast.outsider).get(room.deal.get_absolute_url()).status_code == 404


def test_somebody_editing_meanwhile_is_not_refused(cast, room, now):
    room.deal.add_colleague(cast.colleague, by=cast.head, at=now)
    room.deal.change({"title": "Roses"}, by=cast.salesperson, at=now, version=1)
    assert cast.colleague.pk in Deal.objects.get(pk=room.deal.pk).team_ids
