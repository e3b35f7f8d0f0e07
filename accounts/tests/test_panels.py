"""The right side of the card: what a role sees there and in which order, and what a person folded."""

import pytest

from accounts.models import FoldedPanel, PanelSetting
from accounts.testing import make_account
from users.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def card(client_of, person, account):
    return client_of(person).get(account.get_absolute_url()).content.decode()


def order(page, *ids):
    return sorted(ids, key=lambda each: page.index(f'id="{each}"'))


def setting(role, key, **parts):
    return PanelSetting.objects.create(role=Role.objects.get(key=role), key=key, **parts)


def test_an_administrator_orders_and_hides_panels_for_a_role(cast, client_of, acme):
    page = card(client_of, cast.salesperson, acme)
    assert order(page, "people", "relations", "consents") == ["people", "relations", "consents"]
    setting("salesperson", "consents", position=1)
    setting("salesperson", "relations", is_hidden=True)
    page = card(client_of, cast.salesperson, acme)
    assert order(page, "people", "consents") == ["consents", "people"]
    assert 'id="relations"' not in page
    assert 'id="relations"' in card(client_of, cast.head, acme)


def test_somebody_of_two_roles_sees_what_either_shows(cast, client_of, acme):
    cast.salesperson.roles.add(Role.objects.get(key="accountant"))
    setting("salesperson", "relations", is_hidden=True)
    assert 'id="relations"' in card(client_of, cast.salesperson, acme)
    setting("accountant", "relations", is_hidden=True)
    assert 'id="relations"' not in card(client_of, cast.salesperson, acme)


def test_a_panel_shows_nobody_more_than_their_rights_do(cast, client_of, acme):
    Role.objects.get(key="salesperson").grants.filter(verb="deals.view").delete()
    setting("salesperson", "deals", position=1)
    assert "client-deals-title" not in card(client_of, cast.salesperson, acme)


def test_a_folded_panel_stays_folded_on_every_card_of_this_person(cast, client_of, acme):
    seller, back = client_of(cast.salesperson), acme.get_absolute_url()
    for _time in range(2):
        assert seller.post("/clients/panels/people/fold/", {"fold": "yes", "back": back}).url == back
    other = make_account("Bolt", owner=cast.salesperson)
    assert "foldable is-folded" in card(client_of, cast.salesperson, other)
    assert "foldable is-folded" not in card(client_of, cast.head, other)
    answer = seller.post(
        "/clients/panels/people/fold/", {"fold": "no"}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 204
    assert not FoldedPanel.objects.exists()


def test_only_panels_that_are_there_fold_and_the_way_back_is_ours(cast, client_of):
    seller = client_of(cast.salesperson)
    assert seller.post("/clients/panels/nothing/fold/").status_code == 404
    assert seller.post("/clients/panels/people/fold/", {"back": "https://evil.example/"}).url == "/clients/"


def test_the_administration_offers_the_panels_there_are(cast, client_of):
    page = client_of(cast.admin).get("/admin/accounts/panelsetting/add/").content.decode()
    for title in ("Contacts", "Deals", "Consents", "Relations"):
        assert title in page
    sent = {"role": Role.objects.get(key="head").pk, "key": "pigeons", "position": 1}
    assert (
        "Select a valid choice"
        in client_of(cast.admin).post("/admin/accounts/panelsetting/add/", sent).content.decode()
    )
