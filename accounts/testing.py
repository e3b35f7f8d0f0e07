"""Builders of clients for tests and the demo company."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Account, AccountRole, Contact
from users.models import User


def make_account(
    name: str = "Romashka Flowers", *, owner: User | None = None, at: datetime | None = None, **fields: Any
) -> Account:
    fields.setdefault("roles", [AccountRole.CLIENT])
    return Account.create(
        name=name, owner=owner, by=owner or User.objects.robot(), at=at or timezone.now(), **fields
    )


def make_contact(
    account: Account, name: str = "Ivan Petrov", position: str = "Director", **fields: Any
) -> Contact:
    by = account.owner or User.objects.robot()
    return Contact.create(account, name=name, position=position, by=by, at=timezone.now(), **fields)
