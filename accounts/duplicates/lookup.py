"""Clients and contacts that may be the ones somebody is about to write down: looked up by their match keys.

One indexed look-up a key, at most `MOST_SHARING` rows each: what more clients share tells nothing of any of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.clients.queries import day_text
from accounts.duplicates.matching import KeyKind, Party, keys_of
from accounts.models import Account, Contact, DuplicatePair, PairState
from foundation.search_text import sort_key

MOST = 5
MOST_SHARING = 20
# Strongest first: the reason that is said first.
STRENGTH = [KeyKind.TAX, KeyKind.EMAIL, KeyKind.PHONE, KeyKind.NAME, KeyKind.DOMAIN]
OFTEN_SHARED = {KeyKind.DOMAIN.value, KeyKind.NAME.value}

SHARING = """
SELECT given.place, given.kind, found.account_id, coalesce(rule.strictness, 'warn')
FROM unnest(%s::int[], %s::varchar[], %s::varchar[]) AS given (place, kind, value)
LEFT JOIN accounts_duplicaterule AS rule ON rule.kind = given.kind
CROSS JOIN LATERAL (
    SELECT account_id FROM accounts_matchkey AS key
    WHERE key.kind = given.kind AND key.value = given.value LIMIT %s
) AS found
WHERE rule.strictness IS DISTINCT FROM 'off'
"""

REACHED = """
SELECT given.kind, found.contact_id, coalesce(rule.strictness, 'warn')
FROM unnest(%s::varchar[], %s::varchar[]) AS given (kind, value)
LEFT JOIN accounts_duplicaterule AS rule ON rule.kind = given.kind
CROSS JOIN LATERAL (
    SELECT contact_id FROM accounts_contactpoint AS point
    WHERE point.kind = given.kind AND point.value = given.value AND point.contact_id IS NOT NULL LIMIT %s
) AS found
WHERE rule.strictness IS DISTINCT FROM 'off'
"""


@dataclass(frozen=True, kw_only=True)
class Match:
    """`about` is the owner of a client, or the client of a contact; `last` when it was last dealt with."""

    pk: int
    name: str
    url: str
    about: str
    last: str
    reasons: list[str]
    may_use: bool = False
    may_merge: bool = False


@dataclass
class Duplicates:
    """`hidden` are the reasons by which clients this person does not see match, and nothing else about them."""

    matches: list[Match] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    is_strict: bool = False  # the company asks why it is written down anyway
    lacks_reason: bool = False
    of_contacts: bool = False
    merge_with: int | None = None  # the one being edited, which may be merged with a match

    def __bool__(self) -> bool:
        return bool(self.matches or self.hidden)

    @property
    def heading(self) -> str:
        n = len(self.matches) + len(self.hidden)
        return ngettext("%(n)s possible match", "%(n)s possible matches", n) % {"n": n}


def possible_duplicates(
    person: Any, party: Party, *, excluding: int | None = None, besides: Iterable[tuple[str, str]] = ()
) -> Duplicates:
    """Clients that share a strong key with the party. Two statements, three where an edited one is excluded.

    `excluding` is the client being edited: neither itself nor those decided to be others count, nor the keys
    `besides`, which it had before.
    """
    keys = sorted(_strong(party) - set(besides))
    shared = _sharing([(0, kind, value) for kind, value in keys])[0] if keys else {}
    if excluding is not None and shared:
        for known in (excluding, *_known_others(excluding)):
            shared.pop(known, None)
    found = Duplicates(is_strict=any(strict for _kinds, strict in shared.values()), merge_with=excluding)
    likeliest = sorted(shared, key=lambda pk: (-len(shared[pk][0]), pk))[: MOST * 4]
    if not likeliest:
        return found
    rows = Account.objects.filter(pk__in=likeliest).select_related("owner").order_by("sort_key", "pk")
    for account in rows:
        reasons = _said(shared[account.pk][0])
        if not person.reaches(account, "accounts.view"):
            found.hidden += [reasons[0]] if reasons[0] not in found.hidden else []
        elif len(found.matches) < MOST:
            found.matches.append(_client(account, reasons, person))
    return found


def doubles_of_many(parties: Sequence[Party]) -> list[dict[int, tuple[list[str], bool]]]:
    """For each party the clients that share a strong key with it, why, and whether the company asks for a reason.

    One statement, however many there are.
    """
    asked = [(place, *key) for place, party in enumerate(parties) for key in sorted(_strong(party))]
    shared = _sharing(asked) if asked else {}
    return [
        {pk: (_said(kinds), is_strict) for pk, (kinds, is_strict) in shared.get(place, {}).items()}
        for place in range(len(parties))
    ]


def possible_contacts(
    person: Any,
    account: Account,
    *,
    name: str,
    points: Iterable[tuple[str, str]],
    excluding: int | None = None,
    besides: Iterable[tuple[str, str]] = (),
) -> Duplicates:
    """Contacts reached by the same phone or e-mail wherever they are, and those of the same name at this client."""
    asked = sorted({each for each in points if each[0] in ("phone", "email")} - set(besides))
    kinds: dict[int, set[str]] = defaultdict(set)
    found = Duplicates(of_contacts=True, merge_with=excluding)
    with connection.cursor() as cursor:
        cursor.execute(REACHED, [[kind for kind, _v in asked], [value for _k, value in asked], MOST_SHARING])
        for kind, contact_id, strictness in cursor.fetchall():
            if contact_id != excluding:
                kinds[contact_id].add(kind)
                found.is_strict |= strictness == "reason"
    if (key := sort_key(" ".join(name.split()))) and ("name", key) not in besides:
        same = account.contacts.filter(sort_key=key).exclude(pk=excluding or 0).order_by("pk")
        for contact_id in same.values_list("pk", flat=True)[:MOST]:
            kinds[contact_id].add("name")
    rows = Contact.objects.filter(pk__in=kinds).select_related("account__owner").order_by("sort_key", "pk")
    for contact in rows[: MOST * 4]:
        reasons = _said(kinds[contact.pk])
        if not person.reaches(contact.account, "accounts.view"):
            found.hidden += [reasons[0]] if reasons[0] not in found.hidden else []
        elif len(found.matches) < MOST:
            found.matches.append(_contact(contact, reasons, person, account))
    return found


def _strong(party: Party) -> set[tuple[str, str]]:
    strong = {kind.value for kind in STRENGTH}
    return {key for key in keys_of(party) if key[0] in strong}


def _sharing(asked: Sequence[tuple[int, str, str]]) -> dict[int, dict[int, tuple[set[str], bool]]]:
    """{place: {client: (kinds of keys shared, whether one of them asks for a reason)}}."""
    rows: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        places, kinds, values = zip(*asked, strict=True)
        cursor.execute(SHARING, [list(places), list(kinds), list(values), MOST_SHARING + 1])
        for place, kind, account_id, strictness in cursor.fetchall():
            rows[place, kind].append((account_id, strictness))
    found: dict[int, dict[int, tuple[set[str], bool]]] = defaultdict(dict)
    for (place, kind), clients in rows.items():
        if kind in OFTEN_SHARED and len(clients) > MOST_SHARING:
            continue
        for account_id, strictness in clients:
            kinds_before, was_strict = found[place].get(account_id, (set(), False))
            found[place][account_id] = (kinds_before | {kind}, was_strict or strictness == "reason")
    return found


def _said(kinds: Iterable[str]) -> list[str]:
    return [str(kind.label) for kind in STRENGTH if kind.value in set(kinds)]


def _known_others(account_id: int) -> list[int]:
    """Clients of which somebody said that they are not this one."""
    decided = DuplicatePair.objects.filter(state=PairState.NOT_DUPLICATE).order_by()
    after = decided.filter(first=account_id).values_list("second_id", flat=True)
    return list(after.union(decided.filter(second=account_id).values_list("first_id", flat=True)))


def _client(account: Account, reasons: list[str], person: Any) -> Match:
    may_change = person.reaches(account, "accounts.change")
    return Match(
        pk=account.pk,
        name=account.name,
        url=account.get_absolute_url(),
        about=_("owner: %(owner)s") % {"owner": account.owner.name if account.owner else _("nobody")},
        last=_last(account.last_event_at),
        reasons=reasons,
        may_use=may_change,
        may_merge=may_change,
    )


def _contact(contact: Contact, reasons: list[str], person: Any, here: Account) -> Match:
    may_change = person.reaches(contact.account, "accounts.change")
    return Match(
        pk=contact.pk,
        name=contact.name,
        url=f"{reverse('accounts:card', args=[contact.account_id])}#contact-{contact.pk}",
        about=", ".join(part for part in (contact.position, contact.account.name) if part),
        last=_last(contact.account.last_event_at),
        reasons=reasons,
        may_use=may_change,
        may_merge=may_change and contact.account_id == here.pk,
    )


def _last(moment: datetime | None) -> str:
    if moment is None:
        return _("never dealt with")
    return _("last touch: %(day)s") % {"day": day_text(moment, timezone.localdate())}
