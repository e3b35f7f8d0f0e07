"""Absences: one's own and those of one's department; no two at once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from activities.models import Absence
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count

FIRST = timezone.localdate() + timedelta(days=10)
LAST = FIRST + timedelta(days=4)


def away(person, by=None, **fields):
    fields = {"starts_on": FIRST, "ends_on": LAST, "kind": "leave"} | fields
    return Absence.plan(person=person, by=by or person, at=timezone.now(), **fields)


def said(person, **fields):
    return {"person": person.pk, "kind": "leave", "starts_on": FIRST, "ends_on": LAST} | fields


def test_a_person_notes_their_own_and_a_head_those_of_the_department(cast, client_of):
    url = reverse("activities:absence_create")
    assert client_of(cast.salesperson).post(url, said(cast.salesperson)).status_code == 302
    assert client_of(cast.head).post(url, said(cast.colleague)).status_code == 302
    assert set(Absence.objects.values_list("person", flat=True)) == {cast.salesperson.pk, cast.colleague.pk}


def test_nobody_notes_those_of_others(cast, client_of):
    url = reverse("activities:absence_create")
    assert client_of(cast.salesperson).post(url, said(cast.colleague)).status_code == 422
    assert client_of(cast.head).post(url, said(cast.outsider)).status_code == 422
    assert not Absence.objects.exists()


@pytest.mark.parametrize("name", ["absence_edit", "absence_remove"])
def test_the_outsider_gets_404_and_sees_none_in_the_list(cast, client_of, name):
    absence = away(cast.salesperson, note="To the sea")
    outsider, url = client_of(cast.outsider), reverse(f"activities:{name}", args=[absence.pk])
    assert outsider.get(url).status_code == 404
    assert outsider.post(url, said(cast.salesperson)).status_code == 404
    assert "To the sea" not in outsider.get(reverse("activities:absences")).content.decode()
    assert "To the sea" in client_of(cast.head).get(reverse("activities:absences")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"starts_on": "never"}, {"ends_on": FIRST - timedelta(days=1)}, {"kind": "bored"}, {"ends_on": ""}],
)
def test_a_bad_form_says_why(cast, client_of, wrong):
    answer = client_of(cast.salesperson).post(
        reverse("activities:absence_create"), said(cast.salesperson, note="Kept text") | wrong
    )
    assert answer.status_code == 422
    assert "Kept text" in answer.content.decode()


def test_two_at_once_are_refused_in_words_and_by_the_database(cast):
    away(cast.salesperson)
    with pytest.raises(Refused, match="already"):
        away(cast.salesperson, starts_on=LAST, ends_on=LAST + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(person=cast.salesperson, starts_on=LAST, ends_on=LAST)
    away(cast.salesperson, starts_on=LAST + timedelta(days=1), ends_on=LAST + timedelta(days=2))


def test_who_stands_in_is_there_and_is_somebody_else(cast):
    away(cast.colleague)
    for substitute in (cast.colleague, cast.salesperson):
        with pytest.raises(Refused):
            away(cast.salesperson, substitute=substitute)


def test_each_verb_tells_one_fact(cast):
    absence = away(cast.salesperson)
    absence.change({"ends_on": LAST + timedelta(days=1)}, by=cast.head, at=timezone.now())
    absence.remove(by=cast.head, at=timezone.now())
    names = Event.objects.filter(name__startswith="absence.").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["absence.planned", "absence.changed", "absence.removed"]
    assert not Absence.objects.exists()


def test_removing_needs_a_post(cast, client_of):
    absence = away(cast.salesperson)
    url = reverse("activities:absence_remove", args=[absence.pk])
    client_of(cast.salesperson).get(url)
    assert Absence.objects.exists()
    client_of(cast.salesperson).post(url)
    assert not Absence.objects.exists()


def test_days_are_the_same_days_wherever_the_reader_is(cast, client_of):
    away(cast.salesperson, starts_on=date(2030, 1, 1), ends_on=date(2030, 1, 1))
    for zone in ("Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"):
        cast.salesperson.settle(time_zone=zone)
        assert (
            "Jan 1, 2030" in client_of(cast.salesperson).get(reverse("activities:absences")).content.decode()
        )


def test_statements_of_the_list(cast, client_of):
    for number in range(20):
        day = FIRST + timedelta(days=3 * number)
        away(cast.salesperson, starts_on=day, ends_on=day, substitute=cast.colleague)
    browser = client_of(cast.head)
    browser.get(reverse("activities:absences"))
    with assert_query_count("absences"):
        assert browser.get(reverse("activities:absences")).status_code == 200
