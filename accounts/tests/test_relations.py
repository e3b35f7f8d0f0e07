"""Relations between clients: made, ended, shown on both sides, and trees without circles."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Account, Relation, RelationKind
from accounts.relations import holdings
from accounts.testing import make_account, relate
from foundation.errors import Refused
from foundation.models import Event, EventSubject
from foundation.testing import assert_query_count
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


@pytest.fixture
def north(cast):
    return make_account("Acme North", owner=cast.salesperson)


def url(account, part=""):
    return f"/clients/{account.pk}/relations/{part}"


def kind(key):
    return RelationKind.objects.get(key=key)


def form_of(other, what, **more):
    return {"other": other.name, "what": what, "since": "", "until": "", "note": ""} | more


def test_a_relation_made_on_one_card_stands_on_both_each_in_its_own_word(cast, client_of, acme, north):
    seller = client_of(cast.salesperson)
    sent = form_of(north, f"{kind('holding').pk}:to", since="2020-05-01", note="bought")
    assert seller.post(url(acme, "new/"), sent).url == acme.get_absolute_url()
    card = seller.get(acme.get_absolute_url()).content.decode()
    assert "Subsidiary" in card
    assert "Acme North" in card
    assert "since" in card
    other = seller.get(north.get_absolute_url()).content.decode()
    assert "Parent company" in other
    assert f'href="{acme.get_absolute_url()}"' in other


def test_both_timelines_tell_of_it_and_neither_names_the_other(cast, client_of, acme):
    hidden = make_account("Hidden Holding", owner=cast.outsider)
    relation = relate("holding", hidden, acme)
    event = Event.objects.get(name="relation.added")
    subjects = set(EventSubject.objects.filter(event_id=event.pk).values_list("kind", "subject_id"))
    assert subjects == {("account", acme.pk), ("account", hidden.pk)}
    page = client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()
    assert "Related to another client" in page
    assert "a client you do not see" in page
    assert "Hidden Holding" not in page
    assert client_of(cast.salesperson).get(f"/relations/{relation.pk}/edit/").status_code == 404


def test_the_whole_holding_is_a_tree_in_which_hidden_clients_have_no_name(cast, client_of, acme, north):
    hidden = make_account("Hidden Top", owner=cast.outsider)
    deep = make_account("Acme North Shop", owner=cast.salesperson)
    relate("holding", hidden, acme)
    relate("holding", acme, north)
    relate("branch", north, deep)
    for account in (acme, north, deep):
        page = client_of(cast.salesperson).get(url(account)).content.decode()
        for name in ("Acme", "Acme North", "Acme North Shop", "a client you do not see"):
            assert name in page
        assert "Hidden Top" not in page
    assert client_of(cast.outsider).get(url(acme)).status_code == 404


def test_the_list_narrows_to_the_holding_of_a_client_one_sees(cast, client_of, acme, north):
    stranger, hidden = (
        make_account("Stranger", owner=cast.salesperson),
        make_account("H", owner=cast.outsider),
    )
    relate("holding", acme, north)
    seller = client_of(cast.salesperson)
    page = seller.get(f"/clients/?holding={north.pk}").content.decode()
    assert "In the holding of: Acme North" in page
    assert f'id="row-{acme.pk}"' in page
    assert f'id="row-{north.pk}"' in page
    assert f'id="row-{stranger.pk}"' not in page
    relate("holding", hidden, acme)
    nothing = seller.get(f"/clients/?holding={hidden.pk}").content.decode()
    assert f'id="row-{acme.pk}"' not in nothing
    assert "In the holding of: ?" in nothing
    assert client_of(cast.salesperson).get("/clients/?holding=x").status_code == 422


def test_no_client_stands_above_itself(cast, acme, north):
    deep = make_account("Deep", owner=cast.salesperson)
    relate("holding", acme, north)
    relate("branch", north, deep)
    with pytest.raises(Refused, match="circle"):
        relate("holding", deep, acme)
    with pytest.raises(Refused, match="itself"):
        relate("partner", acme, acme)
    with pytest.raises(Refused, match="already stands below"):
        relate("branch", acme, deep)


def test_partners_are_partners_once_whichever_side_says_so(cast, client_of, acme, north):
    relation = relate("partner", north, acme)
    assert (relation.from_account, relation.to_account) == (acme, north)
    with pytest.raises(Refused, match="already related"):
        relate("partner", acme, north)
    assert "Partner" in client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()


def test_an_ended_relation_stays_readable_and_makes_room_for_another(cast, client_of, acme, north):
    relation, today = relate("holding", acme, north), timezone.localdate()
    sent = {"since": "", "until": today.isoformat(), "note": "sold"}
    client_of(cast.salesperson).post(f"/relations/{relation.pk}/edit/", sent)
    north.refresh_from_db()
    assert north.parent is None
    assert Event.objects.filter(name="relation.ended").exists()
    assert "sold" in client_of(cast.salesperson).get(north.get_absolute_url()).content.decode()
    relate("holding", make_account("Buyer", owner=cast.salesperson), north)
    with pytest.raises(Refused, match="already stands below"):
        relation.change(since=None, until=None, note="", by=cast.head, at=timezone.now())


def test_subsidiary_of_in_the_form_and_the_relation_are_one_thing(cast, acme, north):
    north.change({"parent": acme}, by=cast.head, at=timezone.now())
    relation = Relation.objects.get()
    assert (relation.kind.key, relation.from_account, relation.to_account) == ("holding", acme, north)
    north.change({"parent": None}, by=cast.head, at=timezone.now())
    assert not Relation.objects.exists()
    version = north.version
    relate("holding", acme, north)
    north.refresh_from_db()
    assert (north.parent, north.version) == (acme, version + 1)


def test_a_relation_that_never_was_is_removed_and_its_event_stays(cast, client_of, acme, north):
    relation = relate("holding", acme, north)
    answer = client_of(cast.salesperson).post(f"/relations/{relation.pk}/edit/?of=from", {"remove": "1"})
    assert answer.url == acme.get_absolute_url()
    north.refresh_from_db()
    assert north.parent is None
    assert not Relation.objects.exists()
    assert Event.objects.filter(name="relation.removed").exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"other": "Nobody Ltd"}, "There is no client"),
        ({"other": ""}, "This field is required"),
        ({"what": "0:from"}, "Select a valid choice"),
        ({"since": "2024-02-01", "until": "2024-01-01"}, "before the first"),
        ({"since": "2024-13-01"}, "Enter a valid date"),
        ({"until": "2999-01-01"}, "once it has come"),
        ({"note": "x" * 201}, "at most 200"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, client_of, acme, north, changes, reason):
    sent = form_of(north, f"{kind('holding').pk}:to", note="mine") | changes
    answer = client_of(cast.salesperson).post(url(acme, "new/"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert reason in page
    assert sent["note"] in page
    assert not Relation.objects.exists()


def test_the_outsider_gets_404_and_who_may_only_look_403(cast, client_of, acme, north):
    relation = relate("holding", acme, north)
    sent = form_of(north, f"{kind('partner').pk}:from")
    for person, status in ((cast.outsider, 404), (cast.support, 403)):
        assert client_of(person).post(url(acme, "new/"), sent).status_code == status
        assert (
            client_of(person).post(f"/relations/{relation.pk}/edit/", {"remove": "1"}).status_code == status
        )
    assert Relation.objects.filter(until=None).exists()


def test_a_last_day_of_partners_is_their_last_whole_day(cast, acme, north):
    relation, today = relate("partner", acme, north), timezone.localdate()
    relation.change(since=None, until=today, note="", by=cast.head, at=timezone.now())
    assert not relation.is_over(today)
    assert relation.is_over(today + timedelta(days=1))


def test_kinds_are_kept_in_the_administration_and_one_in_use_only_retired(cast, client_of, acme, north):
    relate("referrer", acme, north)
    admin = client_of(cast.admin)
    page = admin.get(f"/admin/accounts/relationkind/{kind('referrer').pk}/change/").content.decode()
    assert "referred client" in page
    assert 'name="is_tree"' not in page
    assert admin.get(f"/admin/accounts/relationkind/{kind('referrer').pk}/delete/").status_code == 403
    admin.post(
        f"/admin/accounts/relationkind/{kind('referrer').pk}/change/",
        {"from_label": "adviser", "to_label": "advised", "position": 5, "is_retired": "on"},
    )
    with pytest.raises(Refused, match="no longer made"):
        relate("referrer", north, acme)


def test_the_pages_cost_what_is_recorded_however_many_relations(cast, client_of, acme):
    for number in range(4):
        relate("holding", acme, make_account(f"Below {number}", owner=cast.salesperson))
    seller = client_of(cast.salesperson)
    with assert_query_count("relations"):
        seller.get(url(acme))
    with assert_query_count("relation, form"):
        seller.get(url(acme, "new/"))


class TreesWithoutCircles(TestCase):
    """Whatever is asked in whatever order, what was let in has no circle; an oracle walks it by itself."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14))
    def test_what_is_let_in_never_goes_round(self, asked):
        robot = User.objects.robot()
        nodes = [make_account(f"N{number}") for number in range(6)]
        upper: dict[int, int] = {}
        for above, below in asked:
            fits = above != below and below not in upper and below not in _above(upper, above)
            try:
                Relation.tie(kind("holding"), nodes[above], nodes[below], by=robot, at=timezone.now())
            except Refused:
                assert not fits
            else:
                assert fits
                upper[below] = above
        for number, node in enumerate(nodes):
            top = (_above(upper, number) or [number])[-1]
            members = {each for each in range(6) if top in [each, *_above(upper, each)]}
            assert {each.pk for each in holdings.tree_of(node.pk)} == {nodes[each].pk for each in members}
        Account.objects.filter(pk__in=[node.pk for node in nodes]).delete()


def _above(upper, number):
    """Everything above a node, lowest first."""
    found = []
    while number in upper:
        number = upper[number]
        found.append(number)
    return found
