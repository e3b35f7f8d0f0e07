"""What clients allow: written down, never changed, and obeyed."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.consents.permission import may_contact, unwilling
from accounts.models import Consent, ConsentPurpose
from accounts.testing import allow, make_account, make_contact
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def url(account, part=""):
    return f"/clients/{account.pk}/consents/{part}"


def purpose(key):
    return ConsentPurpose.objects.get(key=key)


def form_of(**changes):
    said = {"word": "no", "purpose": purpose("everyday").pk, "channel": "phone", "contact": ""}
    return said | {"on": timezone.localdate().isoformat(), "source": "a call", "evidence": ""} | changes


def test_a_no_written_down_stands_on_the_card_and_is_obeyed(cast, client_of, acme):
    today = timezone.localdate()
    assert may_contact(acme, "phone", on=today)
    seller = client_of(cast.salesperson)
    assert seller.post(url(acme, "new/"), form_of()).url == acme.get_absolute_url()
    page = seller.get(acme.get_absolute_url()).content.decode()
    assert "Day-to-day contact: phone" in page
    assert "does not want" in page
    assert "Consent withdrawn: day-to-day contact, phone" in page
    refused = may_contact(acme, "phone", on=today)
    assert not refused
    assert "Acme asked on" in refused.why_not
    assert may_contact(acme, "email", on=today)
    assert may_contact(acme, "phone", on=today - timedelta(days=1))


def test_news_need_a_yes_and_day_to_day_contact_does_not(cast, acme):
    today = timezone.localdate()
    assert "never agreed" in may_contact(acme, "email", "news", on=today).why_not
    allow(acme, "news", "email")
    assert may_contact(acme, "email", "news", on=today)
    assert not may_contact(acme, "sms", "news", on=today)


def test_what_a_person_says_goes_before_what_the_client_says(cast, acme):
    ivan, olga = make_contact(acme, "Ivan Petrov"), make_contact(acme, "Olga Smirnova")
    allow(acme, "everyday", "", is_given=False)
    allow(acme, "everyday", "phone", contact=ivan)
    today = timezone.localdate()
    assert may_contact(ivan, "phone", on=today)
    assert not may_contact(olga, "phone", on=today)
    found = unwilling([ivan, olga], "phone", on=today)
    assert list(found) == [olga]
    assert found[olga].startswith("Olga Smirnova asked")


def test_what_was_said_is_never_changed_only_said_again(cast, acme):
    consent = allow(acme, "news", "email")
    with pytest.raises(InternalError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(is_given=False)
    allow(acme, "news", "email", is_given=False)
    assert Consent.objects.filter(account=acme).count() == 2
    names = [event.name for event in Event.objects.filter(name__startswith="consent.").order_by("pk")]
    assert names == ["consent.recorded", "consent.revoked"]


def test_every_word_is_shown_newest_first_page_by_page(cast, client_of, acme):
    for number in range(55):
        allow(acme, "news", "email", is_given=bool(number % 2), source=f"letter {number}.")
    seller = client_of(cast.salesperson)
    first = seller.get(url(acme))
    assert "letter 54." in first.content.decode()
    assert "letter 4." not in first.content.decode()
    second = seller.get(f"{url(acme)}?{first.context['page']['next']}").content.decode()
    assert "letter 4." in second


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": ""}, "This field is required"),
        ({"source": "\x00"}, "Null characters"),
        ({"on": "2999-01-01"}, "still to come"),
        ({"on": "soon"}, "Enter a valid date"),
        ({"word": "perhaps"}, "Select a valid choice"),
        ({"channel": "pigeon"}, "Select a valid choice"),
        ({"contact": "999999"}, "Select a valid choice"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, client_of, acme, changes, reason):
    answer = client_of(cast.salesperson).post(url(acme, "new/"), form_of(evidence="See the letter") | changes)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "See the letter" in answer.content.decode()
    assert not Consent.objects.exists()


def test_the_outsider_gets_404_and_who_may_only_look_403(cast, client_of, acme):
    assert client_of(cast.outsider).get(url(acme)).status_code == 404
    for person, status in ((cast.outsider, 404), (cast.support, 403)):
        assert client_of(person).post(url(acme, "new/"), form_of()).status_code == status
    assert not Consent.objects.exists()


def test_the_preferred_channel_is_kept_and_shown(cast, client_of, acme):
    contact = make_contact(acme, "Ivan Petrov")
    sent = {
        "name": "Ivan Petrov",
        "preferred_channel": "email",
        "points-TOTAL_FORMS": 0,
        "points-INITIAL_FORMS": 0,
    }
    client_of(cast.salesperson).post(f"/contacts/{contact.pk}/edit/", sent)
    contact.refresh_from_db()
    assert contact.preferred_channel == "email"
    assert "Prefers: e-mail" in client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()
    assert may_contact(contact, "phone", on=timezone.localdate()).prefers == "Ivan Petrov prefers: e-mail."
    assert not may_contact(contact, "email", on=timezone.localdate()).prefers


def test_purposes_are_kept_in_the_administration(cast, client_of, acme):
    allow(acme, "news", "email")
    admin = client_of(cast.admin)
    page = admin.get(f"/admin/accounts/consentpurpose/{purpose('everyday').pk}/change/").content.decode()
    assert 'name="needs_consent"' not in page
    assert admin.get(f"/admin/accounts/consentpurpose/{purpose('news').pk}/delete/").status_code == 403


def test_the_pages_cost_what_is_recorded(cast, client_of, acme):
    for number in range(3):
        allow(acme, "news", "email", source=f"letter {number}")
    seller = client_of(cast.salesperson)
    with assert_query_count("consents"):
        seller.get(url(acme))
    with assert_query_count("consent, form"):
        seller.get(url(acme, "new/"))


class TheLatestWordCounts(TestCase):
    """Any order of writing down, any days and channels: compared with reading the words one after another."""

    WORDS = st.tuples(
        st.integers(0, 3), st.sampled_from(["", "phone", "email"]), st.booleans(), st.booleans()
    )

    @settings(max_examples=25, deadline=None)
    @given(st.lists(WORDS, max_size=8), st.sampled_from(["phone", "email"]), st.integers(0, 3))
    def test_as_an_oracle_reads_them(self, words, channel, asked_ago):
        from users.models import User

        today, robot = timezone.localdate(), User.objects.robot()
        account = make_account("Acme")
        contact = make_contact(account)
        for ago, by_channel, is_given, is_own in words:
            Consent.record(
                account, contact if is_own else None, purpose=purpose("everyday"), channel=by_channel,
                is_given=is_given, source="x", on=today - timedelta(days=ago), by=robot, at=timezone.now(),
            )  # fmt: skip
        heard = [
            (is_own, -ago, number, is_given)
            for number, (ago, by_channel, is_given, is_own) in enumerate(words)
            if ago >= asked_ago and by_channel in ("", channel)
        ]
        expected = max(heard)[3] if heard else True
        asked = may_contact(contact, channel, on=today - timedelta(days=asked_ago))
        assert bool(asked) is expected
