"""Many contacts at once: the same rows and facts as the verbs of one contact write, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import facts
from accounts.duplicates import match_keys
from accounts.models import Account, Contact, ContactPoint
from foundation.copying import copy_rows, new_keys
from foundation.search_text import normalised, sort_key
from foundation.telling import tell_many

CONTACT_COLUMNS = [field.attname for field in Contact._meta.concrete_fields if not field.has_db_default()]


@dataclass(kw_only=True, slots=True)
class ContactDraft:
    """A contact to be: its client, plain fields, ways to reach it as (kind, value)."""

    account: Account
    fields: dict[str, Any] = field(default_factory=dict)
    points: Sequence[tuple[str, str]] = ()


def add_many(drafts: Sequence[ContactDraft], *, by: Any, at: datetime) -> list[Contact]:
    """Values are as the verbs would have cleaned them: names not empty, phones E.164, e-mails in lower case."""
    with transaction.atomic():
        keys = new_keys(Contact, len(drafts))
        contacts = [_contact(key, draft, at) for key, draft in zip(keys, drafts, strict=True)]
        copy_rows(
            Contact, CONTACT_COLUMNS, ([getattr(each, name) for name in CONTACT_COLUMNS] for each in contacts)
        )
        points = [
            (draft.account.pk, contact.pk, kind, value)
            for draft, contact in zip(drafts, contacts, strict=True)
            for kind, value in dict.fromkeys(draft.points)
        ]
        copy_rows(
            ContactPoint,
            ("account_id", "contact_id", "kind", "value", "note", "is_preferred"),
            ((*point, "", False) for point in points),
        )
        match_keys.add_points((account, kind, value) for account, _contact_id, kind, value in points)
        tell_many(((_added(each), at) for each in contacts), by=by)
        tell_many(
            (
                (facts.ContactPointAdded(account_id=account, kind=kind, value=value), at)
                for account, _contact_id, kind, value in points
            ),
            by=by,
        )
    return contacts


def _contact(key: int, draft: ContactDraft, at: datetime) -> Contact:
    contact = Contact(pk=key, account=draft.account, created_at=at, **draft.fields)
    contact.sort_key = sort_key(contact.name)
    contact.search_text = normalised(contact.name, contact.position)
    return contact


def _added(contact: Contact) -> facts.ContactAdded:
    return facts.ContactAdded(
        account_id=contact.account_id, contact_id=contact.pk, name=contact.name, position=contact.position
    )
