"""The header of an invoice: what may be said about it, and what is used where nothing is said."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from billing.models.languages import LANGUAGES
from billing.models.legal_entity import BankAccount, LegalEntity
from catalog.models.discount_rule import known_code
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.money import minor_units, rounded
from foundation.search_text import normalised

HEADER = {
    "legal_entity", "bank_account", "account", "contact", "deal", "language", "currency", "dated_on", "tax_mode",
    "tax_rounding", "price_list", "promo_code", "discount_percent", "discount_amount", "note", "payment_days",
}  # fmt: skip
HUNDRED = Decimal(100)


def begun(
    model: Any,
    *,
    account: Any,
    deal: Any,
    legal_entity: Any,
    currency: str | None,
    header: dict[str, Any],
    by: Any,
    at: datetime,
) -> Any:
    """A draft not yet saved, with the usual header."""
    if account is None:
        raise Refused(_("Choose the client whom the invoice is for."))
    entity = legal_entity or usual_legal_entity()
    owner = header.pop("owner", None) or _usual_owner(account, deal, by)
    people = {owner.pk if owner else None, None if by.is_robot else by.pk}
    invoice = model(
        account=account,
        legal_entity=entity,
        owner=owner,
        team_ids=sorted(key for key in people if key is not None),
        currency=currency or (deal.currency if deal else usual_currency(entity)),
        dated_on=company_day(at),
        language=entity.language,
        created_at=at,
        created_by=by,
        search_text=normalised(account.name),
    )
    said = checked(invoice, {"deal": deal, "legal_entity": entity, "currency": invoice.currency} | header)
    for name, value in said.items():
        setattr(invoice, name, value)
    invoice.is_dated = "dated_on" in header
    return invoice


def checked(invoice: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with what follows from them. Refuses what does not belong together."""
    unknown = changes.keys() - HEADER
    if unknown:
        raise TypeError(f"No fields of an invoice's header: {sorted(unknown)}.")
    changes = dict(changes)
    after = {name: changes.get(name, getattr(invoice, name, None)) for name in HEADER - {"account"}}
    account = changes.get("account", invoice.account)
    if account is None:
        raise Refused(_("Choose the client whom the invoice is for."))
    _follow_account(changes, after, account)
    _follow_legal_entity(changes, after)
    _refuse_wrong_sums(changes, after)
    if changes.get("promo_code"):
        changes["promo_code"] = known_code(changes["promo_code"], after["dated_on"] or invoice.dated_on)
    return changes


def usual_legal_entity() -> LegalEntity:
    """The one used unless another is chosen, or the only one there is."""
    active = list(LegalEntity.objects.filter(is_active=True).order_by("-is_default", "pk")[:2])
    if active and (active[0].is_default or len(active) == 1):
        return active[0]
    if active:
        raise Refused(_("Choose which own company issues the invoice."))
    raise Refused(_("There is no own company to issue invoices yet. Ask an administrator to add one."))


def _usual_owner(account: Any, deal: Any, by: Any) -> Any:
    owner = (deal.owner if deal else None) or account.owner
    return owner or (None if by.is_robot else by)


def usual_currency(entity: LegalEntity) -> str:
    found = BankAccount.objects.filter(legal_entity=entity, is_active=True).order_by("-is_default", "pk")
    return found.values_list("currency", flat=True).first() or settings.BASE_CURRENCY


def _follow_account(changes: dict[str, Any], after: dict[str, Any], account: Any) -> None:
    if after["deal"] is not None and after["deal"].account_id not in (None, account.pk):
        if changes.get("deal") is not None:
            raise Refused(_("The deal “%(deal)s” is with another client.") % {"deal": after["deal"]})
        changes["deal"] = None
    if after["contact"] is not None and after["contact"].account_id != account.pk:
        if changes.get("contact") is not None:
            raise Refused(_("%(name)s belongs to another client.") % {"name": after["contact"]})
        changes["contact"] = None
    if "account" in changes:
        changes["account"] = account


def _follow_legal_entity(changes: dict[str, Any], after: dict[str, Any]) -> None:
    entity, bank = after["legal_entity"], after["bank_account"]
    if not entity.is_active:
        raise Refused(_("%(company)s issues no documents any more. Choose another.") % {"company": entity})
    if bank is not None and bank.legal_entity_id != entity.pk:
        if changes.get("bank_account") is not None:
            raise Refused(_("The bank account %(account)s is another own company's.") % {"account": bank})
        changes["bank_account"] = None
    if after["language"] not in dict(LANGUAGES):
        raise Refused(_("Choose the language of the document."))


def _refuse_wrong_sums(changes: dict[str, Any], after: dict[str, Any]) -> None:
    from billing.models.paper import TaxMode, TaxRounding

    try:
        minor_units(after["currency"])
    except ValueError as unknown:
        raise Refused(str(unknown)) from None
    if after["tax_mode"] not in TaxMode.values or after["tax_rounding"] not in TaxRounding.values:
        raise Refused(_("Say how taxes are computed."))
    percent, amount = after["discount_percent"], after["discount_amount"]
    if percent is not None and amount is not None:
        raise Refused(_("A discount is in percent or an amount, not both."))
    if percent is not None and not 0 <= percent <= HUNDRED:
        raise Refused(_("A discount is between 0 and 100 %."))
    if amount is not None and (amount < 0 or amount != rounded(amount, after["currency"])):
        if changes.get("discount_amount") is None and "currency" in changes:
            return  # converted with the currency
        raise Refused(_("A discount is nothing or more, in whole units of the currency."))
    if not 0 <= after["payment_days"] <= 3650:
        raise Refused(_("Days to pay are between 0 and 3650."))
