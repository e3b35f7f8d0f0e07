"""Seller and buyer as they are called today: what a document keeps when it is issued."""

from typing import Any

from accounts.models import Address, TaxNumber
from accounts.models.address import AddressKind

SELLER = (
    "name", "full_name", "code", "country", "address", "tax_number", "registration_number", "reason_code", "phone",
    "email", "website", "director", "director_position", "accountant",
)  # fmt: skip
BANK = ("number", "bank_name", "bank_code", "correspondent_account", "currency")
# Where the law looks for a client first.
ADDRESSES = (AddressKind.LEGAL, AddressKind.OFFICE, AddressKind.POSTAL, AddressKind.DELIVERY)


def parties_of(paper: Any) -> dict[str, Any]:
    """{"seller": {…, "bank": {…} or None}, "buyer": {…}}, plain text."""
    seller: dict[str, Any] = {name: getattr(paper.legal_entity, name) for name in SELLER}
    seller["full_name"] = seller["full_name"] or seller["name"]
    bank = paper.bank_account or _usual_bank(paper)
    seller["bank"] = {name: getattr(bank, name) for name in BANK} if bank else None
    return {"seller": seller, "buyer": _buyer(paper)}


def _usual_bank(paper: Any) -> Any:
    accounts = paper.legal_entity.bank_accounts.filter(currency=paper.currency, is_active=True)
    return accounts.order_by("-is_default", "pk").first()


def _buyer(paper: Any) -> dict[str, Any]:
    numbers = list(TaxNumber.objects.filter(account=paper.account_id).order_by("kind", "pk"))
    addresses = sorted(
        Address.objects.filter(account=paper.account_id),
        key=lambda each: (ADDRESSES.index(each.kind), each.pk),
    )
    return {
        "name": paper.account.name,
        "kind": paper.account.kind,
        "address": str(addresses[0]) if addresses else "",
        "tax_number": numbers[0].value if numbers else "",
        "tax_numbers": [{"kind": each.kind, "value": each.value} for each in numbers],
        "contact": paper.contact.name if paper.contact else "",
    }
