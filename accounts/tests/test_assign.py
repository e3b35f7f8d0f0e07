"""Giving a client to another owner."""

import pytest

from accounts.testing import make_account
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


def test_the_head_gives_a_client_to_somebody_else_who_then_sees_it(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    response = client_of(cast.head).post(f"/clients/{acme.pk}/assign/", {"owner": cast.colleague.pk})
    assert response.url == acme.get_absolute_url()
    for person in (cast.colleague, cast.salesperson):
        assert client_of(person).get(acme.get_absolute_url()).status_code == 200
    assert Event.objects.get(name="account.assigned").payload["to_name"] == cast.colleague.name


def test_the_same_owner_again_is_no_event(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    client_of(cast.head).post(f"/clients/{acme.pk}/assign/", {"owner": cast.salesperson.pk})
    assert not Event.objects.filter(name="account.assigned").exists()


def test_a_salesperson_lacks_the_right_and_other_heads_the_client(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    foreign = make_account("Foreign", owner=cast.outsider)
    assert client_of(cast.salesperson).get(f"/clients/{acme.pk}/assign/").status_code == 403
    assert client_of(cast.outsider).get(f"/clients/{acme.pk}/assign/").status_code == 403
    assert (
        client_of(cast.head).post(f"/clients/{foreign.pk}/assign/", {"owner": cast.head.pk}).status_code
        == 404
    )


@pytest.mark.parametrize("owner", ["999999", "x", "-1", "9" * 40])
def test_a_forged_owner_is_refused(cast, client_of, owner):
    acme = make_account("Acme", owner=cast.salesperson)
    response = client_of(cast.head).post(f"/clients/{acme.pk}/assign/", {"owner": owner})
    assert response.status_code == 422
    acme.refresh_from_db()
    assert acme.owner == cast.salesperson


def test_somebody_out_of_sight_cannot_be_chosen(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    assert (
        client_of(cast.head).post(f"/clients/{acme.pk}/assign/", {"owner": cast.outsider.pk}).status_code
        == 422
    )


def test_the_dialog_costs_what_is_recorded(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    head = client_of(cast.head)
    with assert_query_count("assign, form"):
        head.get(f"/clients/{acme.pk}/assign/")
