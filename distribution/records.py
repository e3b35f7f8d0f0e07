"""What can be distributed: leads and open deals."""

from typing import Any

from django.db.models import Q

from accounts.models import Account, AccountRole
from deals.models import Deal
from distribution.models import Record

ASSIGN = {Record.LEAD: "accounts.assign", Record.DEAL: "deals.assign"}
MODELS: dict[str, Any] = {Record.LEAD: Account, Record.DEAL: Deal}
TITLES = {Record.LEAD: "name", Record.DEAL: "title"}
CAME_AT = {Record.LEAD: "created_at", Record.DEAL: "opened_at"}


def distributable(record: str) -> Any:
    """Leads, or open deals."""
    if record == Record.DEAL:
        return Deal.objects.open()
    return Account.objects.in_role(AccountRole.LEAD)


def without_owner(record: str) -> Any:
    return distributable(record).filter(owner__isnull=True)


def reached(record: str, person: Any, verb: str) -> Any:
    """What this person may give or look at: what nobody has, and what their right reaches."""
    if not person.may(verb):
        return without_owner(record)
    theirs = MODELS[record].objects.visible_to(person, verb).order_by().values("pk")
    return distributable(record).filter(Q(owner__isnull=True) | Q(pk__in=theirs))
