"""What prices offer to processes: new terms for a client."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from catalog.models import PriceList, PriceTerms
from foundation.automation import Action, offer, offer_options
from foundation.clock import company_day
from foundation.errors import Refused

LONGEST_NOTICE = 366


def price_lists() -> list[tuple[Any, Any]]:
    return list(
        PriceList.objects.filter(is_active=True).order_by("position", "name").values_list("pk", "name")
    )


def apply_terms(account_id: int, arguments: dict[str, Any], *, by: Any, at: Any, cause: Any = None) -> None:
    """From the day `days` after today on, so that the client can be told in time. Terms in force already stay."""
    account = Account.objects.get(pk=account_id)
    named = arguments.get("price_list")
    price_list = PriceList.objects.filter(pk=named).first() if named else None
    if named and price_list is None:
        raise Refused(_("The price list of the new terms is not there any more."))
    try:
        percent = Decimal(str(arguments.get("percent") or 0))
        days = int(arguments.get("days") or 0)
    except (InvalidOperation, ValueError):
        raise Refused(_("The percent and the days of the new terms must be numbers.")) from None
    if not 0 <= days <= LONGEST_NOTICE:
        raise Refused(_("New terms begin within a year."))
    valid_from = company_day(at) + timedelta(days=days)
    before = PriceTerms.in_force(account.pk, valid_from)
    same = (before.price_list_id, before.percent) if before else (None, Decimal(0))
    if same == (price_list.pk if price_list else None, percent):
        return
    PriceTerms.agree(
        account,
        price_list=price_list,
        percent=percent,
        valid_from=valid_from,
        reason=str(arguments.get("reason") or _("by a process")),
        by=by,
        at=at,
        cause=cause,
    )


ACTIONS = [
    Action(
        "account.apply_terms",
        gettext_lazy("Agree price terms with the client"),
        "account",
        apply_terms,
        "catalog.change_prices",
        {"price_list": "price_list", "percent": "number", "days": "number", "reason": "text"},
    ),
]


def register() -> None:
    offer(*ACTIONS)
    offer_options("price_list", price_lists)
