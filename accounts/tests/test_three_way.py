"""Two people change the same record: nothing typed is lost, and only what both changed is asked about."""

import json
import re

import pytest
from django import forms
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Contact, ContactPoint
from accounts.testing import make_account, make_contact
from lists.three_way import Merging


class TwoWords(forms.Form):
    a = forms.CharField(required=False)
    b = forms.CharField(required=False)
    ticked = forms.BooleanField(required=False)


def merged(original, mine, theirs):
    """What becomes of a form that began with `original` and was sent as `mine` after somebody left `theirs`."""
    sent = QueryDict(mutable=True)
    sent.update({name: value for name, value in mine.items() if value})
    sent.update({name: mine[name] for name in ("a", "b")})
    sent.update({"version": "1", "original": json.dumps(original)})
    initial = {**theirs, "ticked": theirs["ticked"] == "on"}
    return Merging(sent, lambda: TwoWords(initial=initial), 2)


WORDS = st.fixed_dictionaries(
    {"a": st.sampled_from("xyz"), "b": st.sampled_from(["", "x", "y"]), "ticked": st.sampled_from(["", "on"])}
)


@given(WORDS, WORDS, WORDS)
def test_every_field_is_merged_as_an_oracle_would(original, mine, theirs):
    merging = merged(original, mine, theirs)
    asked = {conflict.name for conflict in merging.conflicts}
    for name in original:
        became = merging.data.get(name, "")
        if mine[name] == theirs[name] or theirs[name] == original[name]:
            assert (became, name in asked) == (mine[name], False)
        elif mine[name] == original[name]:
            assert (became, name in asked) == (theirs[name], False)
        else:
            assert (became, name in asked) == (mine[name], True)
    assert merging.data["version"] == "2"


@given(WORDS, WORDS, WORDS, st.sampled_from(["mine", "theirs", "original"]))
def test_what_is_chosen_is_what_is_sent_on(original, mine, theirs, choice):
    first = merged(original, mine, theirs)
    answered = first.data.copy()
    answered["conflicts"] = first.kept
    for conflict in first.conflicts:
        answered[f"take-{conflict.name}"] = choice
    second = Merging(answered, TwoWords, 2)
    wanted = {"mine": mine, "theirs": theirs, "original": original}[choice]
    assert not second.conflicts
    assert all(second.data.get(each.name, "") == wanted[each.name] for each in first.conflicts)


@pytest.mark.parametrize("original", ["", "{", "[]", "x" * 200_001])
def test_a_damaged_original_asks_about_every_difference(original):
    sent = QueryDict(mutable=True)
    sent.update({"a": "mine", "b": "same", "version": "1", "original": original})
    merging = Merging(sent, lambda: TwoWords(initial={"a": "theirs", "b": "same"}), 2)
    assert [conflict.name for conflict in merging.conflicts] == ["a"]
    assert [choice for choice, _called, _words in merging.conflicts[0].offered] == ["mine", "theirs"]


@pytest.fixture
def ivan(cast):
    return make_contact(make_account("Acme", owner=cast.salesperson), "Ivan Petrov", "Director", note="old")


def opened(browser, url):
    """The fields of a form as a browser would send them back."""
    page = browser.get(url)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if form[name].value()}
    rows = page.context["points"]
    sent |= {"points-TOTAL_FORMS": len(rows.forms), "points-INITIAL_FORMS": rows.initial_form_count()}
    for number, row in enumerate(rows.initial or []):
        sent |= {f"points-{number}-{name}": value for name, value in row.items() if value}
    return sent | {"original": page.context["original"]}


def url(contact):
    return f"/contacts/{contact.pk}/edit/"


@pytest.mark.django_db
def test_different_fields_of_a_contact_are_merged_without_a_question(cast, client_of, ivan):
    seller = client_of(cast.salesperson)
    sent = opened(seller, url(ivan))
    ivan.change({"position": "Owner"}, by=cast.head, at=timezone.now())
    ContactPoint.add(
        ivan.account, contact=ivan, kind="phone", value="+74951234567", by=cast.head, at=timezone.now()
    )
    assert seller.post(url(ivan), sent | {"note": "new"}).status_code == 302
    ivan.refresh_from_db()
    assert (ivan.position, ivan.note) == ("Owner", "new")
    assert ivan.points.get().value == "+74951234567"


@pytest.mark.django_db
def test_the_same_field_of_a_contact_is_asked_about_once_and_saved_in_one_submit(cast, client_of, ivan):
    seller = client_of(cast.salesperson)
    sent = opened(seller, url(ivan)) | {"position": "Chief", "note": "mine too"}
    ivan.change({"position": "Owner"}, by=cast.head, at=timezone.now())
    answer = seller.post(url(ivan), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.findall(r'name="take-(\w+)" value="(\w+)"', page) == [
        ("position", "mine"),
        ("position", "theirs"),
        ("position", "original"),
    ]
    for words in ("Chief", "Owner", "Director", "mine too"):
        assert words in page
    ivan.refresh_from_db()
    assert ivan.position == "Owner"
    again = {name: value for name, value in sent.items() if name not in ("version", "original")}
    again |= {"version": ivan.version, "original": answer.context["original"], "take-position": "original"}
    again |= {"conflicts": answer.context["merging"].kept}
    assert seller.post(url(ivan), again).status_code == 302
    ivan.refresh_from_db()
    assert (ivan.position, ivan.note) == ("Director", "mine too")


@pytest.mark.django_db
def test_a_way_to_reach_them_that_i_removed_stays_removed_and_theirs_is_kept(cast, client_of, ivan):
    at, seller = timezone.now(), client_of(cast.salesperson)
    ContactPoint.add(ivan.account, contact=ivan, kind="phone", value="+74951234567", by=cast.head, at=at)
    sent = opened(seller, url(ivan)) | {"points-0-value": ""}
    ivan.refresh_from_db()
    ivan.change({"note": "theirs"}, by=cast.head, at=at)
    ContactPoint.add(ivan.account, contact=ivan, kind="email", value="i@acme.example", by=cast.head, at=at)
    assert seller.post(url(ivan), sent).status_code == 302
    assert [point.value for point in Contact.objects.get().points.all()] == ["i@acme.example"]
