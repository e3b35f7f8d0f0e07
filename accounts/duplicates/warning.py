"""The warning while a client or a contact is written down: what is like it, and what the person says to that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.duplicates.lookup import Duplicates, possible_contacts, possible_duplicates
from accounts.duplicates.match_keys import parties_of
from accounts.duplicates.matching import keys_of
from accounts.duplicates.typed import typed_party, typed_points
from accounts.models import Account, Contact, ContactPoint
from foundation.facts import tell
from foundation.search_text import sort_key

LONGEST_REASON = 200


@dataclass(frozen=True)
class Accepted:
    """That somebody saw what is alike and went on. `others` are the clients they saw."""

    others: list[int]
    reason: str

    def tell(self, account: Account, *, by: Any, at: datetime) -> None:
        from accounts.duplicates.facts import DuplicateAccepted

        told = DuplicateAccepted(account_id=account.pk, others=self.others, reason=self.reason)
        tell(told, by=by, at=at)


def like_client(person: Any, sent: Any, account: Account | None = None) -> Duplicates:
    """Clients like the one being typed; of one being edited only what it comes to share by what is typed now."""
    typed = typed_party(sent)
    if account is None:
        return possible_duplicates(person, typed)
    had = keys_of(parties_of([account.pk])[account.pk])
    return possible_duplicates(person, typed, excluding=account.pk, besides=had)


def like_contact(person: Any, sent: Any, account: Account, contact: Contact | None = None) -> Duplicates:
    """Contacts like the one being typed, of this client or reached the same way at another."""
    name, points = sent.get("name", "").replace("\x00", "")[:300], typed_points(sent)
    if contact is None:
        return possible_contacts(person, account, name=name, points=points)
    mine = ContactPoint.objects.filter(contact=contact).order_by().values_list("kind", "value")
    had = [*mine, ("name", sort_key(contact.name))]
    return possible_contacts(person, account, name=name, points=points, excluding=contact.pk, besides=had)


def must_be_shown(found: Duplicates, sent: Any) -> bool:
    """Whether the form stops at the warning: until the person says “anyway”, and why where the company is strict."""
    if not found:
        return False
    is_answered = "anyway" in sent
    found.lacks_reason = is_answered and found.is_strict and not _reason(sent)
    return not is_answered or found.lacks_reason


def accepted(found: Duplicates, sent: Any) -> Accepted | None:
    return Accepted([match.pk for match in found.matches], _reason(sent)) if found else None


def missing(
    wanted: Iterable[tuple[str, str]], account: Account, contact: Contact | None
) -> list[dict[str, Any]]:
    """Those of the ways to reach them that are not written down there yet."""
    had = set(ContactPoint.objects.filter(account=account, contact=contact).values_list("kind", "value"))
    return [
        {"kind": kind, "value": value} for kind, value in dict.fromkeys(wanted) if (kind, value) not in had
    ]


def _reason(sent: Any) -> str:
    return " ".join(sent.get("reason", "").replace("\x00", "").split())[:LONGEST_REASON]
