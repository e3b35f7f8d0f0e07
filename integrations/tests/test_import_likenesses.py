"""New clients of a file are compared with those there, as new ones of the forms are."""

import pytest
from django.utils import timezone

from accounts.duplicates import match_keys
from accounts.models import Account, ContactPoint, DuplicateRule
from accounts.testing import make_account
from integrations.tests.test_import_command import mapped, run, written  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
ROWS = "Name,Phone\nAcme,+74951234567\nBolt,+74957654321\n"


def known(name, owner):
    account = make_account(name, owner=owner)
    ContactPoint.add(account, kind="phone", value="+74951234567", by=owner, at=timezone.now())
    match_keys.keep([account.pk])
    return account


def test_a_row_like_a_client_there_is_named_with_the_reason_and_imported(cast, written):  # noqa: F811
    known("Acme Tools", cast.head)
    code, answer = run("accounts", written(ROWS), email=cast.head.email)
    assert code == 0
    assert answer["alike"] == 1
    assert answer["likenesses"] == [{"row": 2, "column": "", "reason": "like “Acme Tools”: the same phone"}]
    assert Account.objects.count() == 3


def test_a_client_of_another_team_is_hinted_at_and_no_more(cast, written):  # noqa: F811
    known("Secret Customer", cast.outsider)
    _code, answer = run("accounts", written(ROWS), email=cast.head.email)
    assert [each["reason"] for each in answer["likenesses"]] == [
        "like a client of another team: the same phone"
    ]


def test_a_strict_company_takes_such_rows_by_hand_only(cast, written):  # noqa: F811
    DuplicateRule.objects.create(kind="phone", strictness="reason")
    known("Acme Tools", cast.head)
    _code, answer = run("accounts", written(ROWS), email=cast.head.email)
    assert (answer["created"], answer["rejected"]) == (1, 1)
    assert "Add it by hand and say why" in answer["problems"][0]["reason"]
    assert not Account.objects.filter(name="Acme").exists()
