"""How complete clients are: counted by rules, shown with what is missing, filled in five at a time."""

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.completeness import counting
from accounts.completeness.fixing import lacking, to_fix
from accounts.models import Account, Address, CompletenessRule, Contact, ContactPoint, Industry
from accounts.testing import make_account, make_contact, make_custom_field
from foundation.drain import drain
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db):
    """Ours instead of those every company begins with."""
    CompletenessRule.objects.all().delete()


def rule(field, weight=10, **parts):
    return CompletenessRule.objects.create(field=field, weight=weight, **parts)


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def score(account):
    account.refresh_from_db()
    return account.completeness


def sent(account, **said):
    return {f"client{account.pk}-{name}": value for name, value in said.items()}


def test_the_card_says_how_complete_it_is_and_where_to_fill_in_what_is_missing(cast, client_of, acme):
    rule("website", 30)
    rule("industry", 10, is_required=True)
    rule("contact", 10, role="supplier")
    page = client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()
    assert "0 %" in page
    assert f'href="/clients/{acme.pk}/edit/#id_website"' in page
    assert "required" in page
    acme.change({"website": "https://acme.example"}, by=cast.head, at=timezone.now())
    page = client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()
    assert "49 %" in page
    assert "#id_website" not in page


def test_the_column_follows_what_happens_to_the_client(cast, acme):
    rule("phone", 50)
    rule("position", 50)
    counting.keep([acme.pk])
    assert score(acme) == 0
    ContactPoint.add(acme, kind="phone", value="+74951234567", by=cast.head, at=timezone.now())
    drain()
    assert score(acme) == 50
    make_contact(acme, "Ivan", "Director")
    drain()
    assert score(acme) == 100


def test_without_rules_there_is_no_score(cast, client_of, acme):
    counting.keep([acme.pk])
    assert score(acme) is None
    assert "Missing:" not in client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()


def test_a_changed_rule_has_every_client_counted_anew_once(cast, client_of, acme):
    changed = rule("website")
    assert counting.keep_all(at=timezone.now()) == 1
    assert score(acme) == 0
    assert counting.keep_all(at=timezone.now()) == 0
    answer = client_of(cast.admin).post(
        f"/admin/accounts/completenessrule/{changed.pk}/change/",
        {"role": "", "field": "website", "weight": 10, "is_retired": "on"},
    )
    assert answer.status_code == 302
    assert counting.keep_all(at=timezone.now()) == 1
    assert score(acme) is None


def test_custom_fields_count_like_others(cast, acme):
    make_custom_field("area", "number")
    rule("custom.area")
    counting.keep([acme.pk])
    assert score(acme) == 0
    acme.change({"custom": {"area": 12}}, by=cast.head, at=timezone.now())
    drain()
    assert score(acme) == 100


def test_five_of_ones_own_worst_clients_are_filled_in_one_by_one_with_thanks_at_the_end(
    cast, client_of, acme
):
    rule("website")
    rule("phone")
    make_account("Foreign", owner=cast.head)
    counting.keep(Account.objects.values_list("pk", flat=True))
    seller = client_of(cast.salesperson)
    page = seller.get("/clients/fix/").content.decode()
    assert "Acme" in page
    assert "Foreign" not in page
    headers = {"HX-Request": "true"}
    filled = sent(acme, version=acme.version, website="acme.example", phone="+7 495 123-45-67") | {
        "left": "1"
    }
    answer = seller.post(f"/clients/fix/{acme.pk}/", filled, headers=headers).content.decode()
    assert "Acme: 0 % before, 100 % now." in answer
    assert "Thank you!" in answer
    assert score(acme) == 100
    assert ContactPoint.objects.get().value == "+74951234567"
    assert "All of your clients are complete" in seller.get("/clients/fix/").content.decode()


def test_a_contact_with_phone_and_position_is_added_where_they_are_missing(cast, client_of, acme):
    rule("position")
    rule("phone")
    counting.keep([acme.pk])
    seller = client_of(cast.salesperson)
    bad = seller.post(f"/clients/fix/{acme.pk}/", sent(acme, version=acme.version, position="Director"))
    assert bad.status_code == 422
    assert "Say whose position this is." in bad.content.decode()
    said = sent(acme, version=acme.version, position="Director", contact="Ivan", phone="+74951234567")
    assert seller.post(f"/clients/fix/{acme.pk}/", said).url == "/clients/fix/"
    contact = Contact.objects.get()
    assert (contact.position, contact.points.get().value) == ("Director", "+74951234567")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [({"phone": "12"}, "is not a phone number"), ({"website": "javascript:1"}, "Enter a valid URL")],
)
def test_a_bad_value_says_why_and_keeps_what_was_typed(cast, client_of, acme, typed, reason):
    rule("website")
    rule("phone")
    answer = client_of(cast.salesperson).post(
        f"/clients/fix/{acme.pk}/", sent(acme, version=acme.version, **typed)
    )
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert f'value="{next(iter(typed.values()))}"' in answer.content.decode()


def test_nobody_overwrites_what_somebody_else_just_filled_in(cast, client_of, acme):
    rule("website")
    before = acme.version
    acme.change({"employees": 5}, by=cast.head, at=timezone.now())
    answer = client_of(cast.salesperson).post(
        f"/clients/fix/{acme.pk}/", sent(acme, version=before, website="acme.example")
    )
    assert answer.status_code == 422
    assert "Somebody else changed this client" in answer.content.decode()


def test_the_outsider_fills_in_nothing_and_who_may_only_look_is_told_so(cast, client_of, acme):
    rule("website")
    for person, status in ((cast.outsider, 404), (cast.head, 404), (cast.support, 403)):
        answer = client_of(person).post(f"/clients/fix/{acme.pk}/", sent(acme, website="a.example"))
        assert answer.status_code == status


def test_a_head_sees_the_averages_of_the_team_with_the_clients_behind_them(cast, client_of, acme):
    rule("website")
    make_account("Whole", owner=cast.salesperson, website="https://whole.example")
    make_account("Foreign", owner=cast.outsider)
    counting.keep(Account.objects.values_list("pk", flat=True))
    page = client_of(cast.head).get("/clients/completeness/").content.decode()
    assert "50 % on average" in page
    assert f"?owner={cast.salesperson.pk}&amp;complete=low" in page
    assert cast.outsider.name not in page
    rows = client_of(cast.head).get(f"/clients/?owner={cast.salesperson.pk}&complete=low").content.decode()
    assert f'id="row-{acme.pk}"' in rows
    assert "Whole" not in rows


def test_the_pages_cost_what_is_recorded(cast, client_of, acme):
    rule("website")
    counting.keep([acme.pk])
    with assert_query_count("fix, one client"):
        client_of(cast.salesperson).get("/clients/fix/")
    with assert_query_count("team completeness"):
        client_of(cast.head).get("/clients/completeness/")


class CountedTwice(TestCase):
    """The page counts in Python, the column in PostgreSQL: whatever the rules and the client, they agree."""

    RULES = st.lists(
        st.tuples(
            st.sampled_from(["", "client", "lead"]),
            st.sampled_from(
                ["website", "industry", "employees", "phone", "contact", "position", "address", "owner"]
            ),
            st.integers(1, 100),
            st.booleans(),
        ),
        max_size=6,
        unique_by=lambda each: each[:2],
    )

    @settings(max_examples=25, deadline=None)
    @given(
        RULES, st.sets(st.sampled_from(["website", "industry", "employees", "phone", "contact", "address"]))
    )
    def test_the_page_and_the_column_agree(self, rules, known):
        from users.models import User

        CompletenessRule.objects.all().delete()
        for role, field, weight, is_required in rules:
            rule(field, weight, role=role, is_required=is_required)
        robot, at = User.objects.robot(), timezone.now()
        fields = {"website": "https://a.example", "employees": 0}
        plain = {name: value for name, value in fields.items() if name in known}
        if "industry" in known:
            plain["industry"] = Industry.objects.get_or_create(name="Flowers")[0]
        account = make_account("Acme", owner=robot, **plain)
        if "phone" in known:
            ContactPoint.add(account, kind="phone", value="+74951234567", by=robot, at=at)
        if "contact" in known:
            make_contact(account, "Ivan", "")
        if "address" in known:
            Address.replace(account, [Address(city="Berlin")], by=robot, at=at)
        counting.keep([account.pk])
        account.refresh_from_db()
        assert lacking(to_fix(robot).get(pk=account.pk), robot).score == account.completeness
