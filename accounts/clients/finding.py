"""Which clients a few typed letters mean: a name, a phone, an e-mail, a tax number or `ID123`."""

import re
from typing import Any

from accounts.models import ContactPoint, TaxNumber
from accounts.querysets import AccountQuerySet
from foundation.search import CAP, matching
from foundation.search_text import digits, readings, sort_key

FEWEST_DIGITS = 4
KEY = re.compile(r"\s*ID\s*(\d{1,18})\s*", re.IGNORECASE)
PHONE = re.compile(r"[\d\s()+./-]+")
TAX_NUMBER = re.compile(r"[A-Za-z]{0,3}[\d\s./-]{5,}[A-Za-z]?")


def meant(accounts: AccountQuerySet, query: str, *, cap: int = CAP, beginning: int = 0) -> Any:
    """Those of `accounts` that the query means, at most `cap` for each way of meaning.

    The ways are one UNION in a subquery, so that the planner starts from the few matches and not from the
    ordering index. With `beginning`, so many of the first names that begin with the query are among them, however
    many others hold it.
    """
    if key := KEY.fullmatch(query):
        return accounts.filter(pk=int(key[1]))
    if not readings(query):
        return accounts.none()
    by_point = points_like(query)
    by_number = numbers_like(query)
    begins = sort_key(query) if beginning else ""
    if by_point is None and by_number is None and not begins:
        return matching(accounts, query, cap=cap)
    among = accounts.order_by()
    ways = [matching(among, query, cap=cap).order_by().values("pk")]
    if begins:
        first = among.filter(sort_key__startswith=begins).order_by("sort_key", "pk")
        ways.append(first.values("pk")[:beginning])
    # Before the cap: a thousand of other people's phones hide nobody's own.
    ways += [
        _of(found, "account", among).values("account_id")[:cap]
        for found in (by_point, by_number)
        if found is not None
    ]
    return accounts.model._default_manager.filter(pk__in=ways[0].union(*ways[1:], all=True))


def contacts_meant(contacts: Any, query: str) -> Any:
    """Contacts by name or position, phone or e-mail."""
    found = points_like(query)
    if not readings(query):
        return contacts.none()
    if found is None:
        return matching(contacts, query)
    reached = _of(found, "contact", contacts).filter(contact__isnull=False).values("contact_id")[:CAP]
    return contacts.model._default_manager.filter(pk__in=reached)


def _of(found: Any, whose: str, among: Any) -> Any:
    """Those of the records a person sees. Who sees all is not asked about each: that costs more than finding them."""
    found = found.order_by()
    return found.filter(**{f"{whose}__in": among.order_by().values("pk")}) if among.query.where else found


def points_like(query: str) -> Any:
    """Phones holding at least four digits of the query in a row, or e-mails holding it; None for other text."""
    number = digits(query)
    if PHONE.fullmatch(query) and len(number) >= FEWEST_DIGITS:
        return ContactPoint.objects.filter(kind="phone", value__contains=_without_trunk(query, number))
    if "@" in query and query.isascii() and len(query) >= FEWEST_DIGITS:
        return ContactPoint.objects.filter(kind="email", value__contains=query.strip().lower())
    return None


def numbers_like(query: str) -> Any:
    """Tax numbers equal to the query, however it is spaced; None for text that cannot be one."""
    if not TAX_NUMBER.fullmatch(query.strip()):
        return None
    return TaxNumber.objects.filter(value=re.sub(r"[\s./-]", "", query).upper())


def _without_trunk(query: str, number: str) -> str:
    """A whole number typed as at home, `8 495 …` or `0171 …`, is stored with the country's code instead."""
    if number[0] in "08" and not query.lstrip().startswith("+") and len(number) > 9:
        return number[1:]
    return number
