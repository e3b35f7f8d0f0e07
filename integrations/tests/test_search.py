import pytest

from accounts.testing import make_account
from deals.testing import make_deal
from integrations.models import ExternalId


@pytest.fixture
def brought(cast):
    account = make_account("Acme Florists", owner=cast.salesperson)
    deal = make_deal("Office flowers", owner=cast.salesperson)
    ExternalId.objects.create(system="Old CRM", kind="account", key="ACC-77", object_id=account.pk)
    ExternalId.objects.create(system="Old CRM", kind="deal", key="ACC-77", object_id=deal.pk)
    return account, deal


def test_the_other_systems_key_finds_the_client_and_the_deal(brought, cast, client_of):
    page = client_of(cast.salesperson).get("/search/?q=ACC-77").content.decode()
    page = page.replace("<mark>", "").replace("</mark>", "")
    for record in brought:
        assert record.get_absolute_url() in page
    assert page.count("Old CRM: ACC-77") == 2


def test_the_outsider_finds_nothing_by_the_other_systems_key(brought, cast, client_of):
    page = client_of(cast.outsider).get("/search/?q=ACC-77").content.decode()
    assert "Acme Florists" not in page
    assert "Office flowers" not in page
