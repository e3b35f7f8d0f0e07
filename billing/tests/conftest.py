"""What tests of bank statements share: an account of ours, a client who pays into it, a file brought."""

import pytest

from accounts.models import TaxNumber
from accounts.testing import make_account
from billing.models import BankStatement
from billing.testing import make_rate
from billing.tests.samples import NOON, OURS, bank_account


@pytest.fixture
def bank(db):
    make_rate("RUB", "0.0125")
    make_rate("EUR", "1.1")
    return bank_account(OURS)


@pytest.fixture
def lily(cast, bank):
    """The client who pays in the sample, known by its tax number."""
    account = make_account('ООО "Лилия"', owner=cast.salesperson)
    TaxNumber.objects.create(account=account, kind="ru_inn", value="7701234560")
    return account


@pytest.fixture
def bring(cast, bank):
    def bring(content, name="bank.txt", **said):
        content = content.encode() if isinstance(content, str) else content
        return BankStatement.bring(content, file_name=name, by=cast.accountant, at=NOON, **said)

    return bring
