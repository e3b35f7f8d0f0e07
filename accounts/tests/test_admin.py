"""The short lists of words in the administration."""

import pytest

from accounts.models import Industry
from accounts.testing import make_account

pytestmark = pytest.mark.django_db


def test_a_word_in_use_is_retired_and_not_deleted(cast, client_of):
    used, unused = Industry.objects.create(name="Retail"), Industry.objects.create(name="Mining")
    make_account("Acme", owner=cast.head, industry=used)
    admin = client_of(cast.admin)
    assert admin.get("/admin/accounts/industry/").status_code == 200
    assert admin.post(f"/admin/accounts/industry/{used.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post(f"/admin/accounts/industry/{unused.pk}/delete/", {"post": "yes"})
    assert list(Industry.objects.all()) == [used]


def test_a_retired_word_stays_on_old_clients_and_is_offered_to_no_new_ones(cast, client_of):
    retired = Industry.objects.create(name="Retired Trade", is_retired=True)
    old = make_account("Old", owner=cast.head, industry=retired)
    new = make_account("New", owner=cast.head)
    assert "Retired Trade" in client_of(cast.head).get(f"/clients/{old.pk}/edit/").content.decode()
    assert "Retired Trade" not in client_of(cast.head).get(f"/clients/{new.pk}/edit/").content.decode()


def test_a_salesperson_has_no_door_to_the_administration(cast, client_of):
    assert client_of(cast.salesperson).get("/admin/accounts/industry/").status_code in (302, 403)
