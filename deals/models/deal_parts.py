from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals import facts
from foundation.errors import Refused
from foundation.facts import tell


class DealParts:
    """Who takes part in a deal and what it is about: contacts of its client, and products. Mixed into Deal."""

    def add_contact(self: Any, contact: Any, role: str, *, by: Any, at: datetime, cause: Any = None) -> Any:
        """A contact of the deal's client takes part; somebody there already takes the new role."""
        with transaction.atomic():
            deal = self._locked(None)
            if contact.account_id != deal.account_id:
                raise Refused(_("%(name)s belongs to another client.") % {"name": contact.name})
            part, is_new = deal.deal_contacts.get_or_create(contact=contact, defaults={"role": role})
            if not is_new and part.role == role:
                return part
            part.role = role
            part.save(update_fields=["role"])
            about = {"contact_id": contact.pk, "name": contact.name, **deal._named()}
            told = facts.DealContactJoined(role=role, **about)
            tell(told, by=by, at=at, cause=cause)
        return part

    def remove_contact(self: Any, part: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            deal = self._locked(None)
            if not deal.deal_contacts.filter(pk=part.pk).delete()[0]:
                return
            about = {"contact_id": part.contact_id, "name": part.contact.name, **deal._named()}
            told = facts.DealContactLeft(**about)
            tell(told, by=by, at=at, cause=cause)

    def add_line(
        self: Any, product: Any, quantity: Decimal, *, by: Any, at: datetime, cause: Any = None
    ) -> Any:
        """So much of a product; of one that is there already, the quantity is set anew."""
        if quantity <= 0:
            raise Refused(_("The quantity must be more than nothing."))
        with transaction.atomic():
            deal = self._locked(None)
            line, is_new = deal.lines.get_or_create(product=product, defaults={"quantity": quantity})
            if not is_new and line.quantity == quantity:
                return line
            line.quantity = quantity
            line.save(update_fields=["quantity"])
            told = facts.DealProductAdded(product=product.name, quantity=quantity, **deal._named())
            tell(told, by=by, at=at, cause=cause)
        return line

    def remove_line(self: Any, line: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            deal = self._locked(None)
            if not deal.lines.filter(pk=line.pk).delete()[0]:
                return
            told = facts.DealProductRemoved(product=line.product.name, **deal._named())
            tell(told, by=by, at=at, cause=cause)

    def _named(self: Any) -> dict[str, Any]:
        return {"deal_id": self.pk, "account_id": self.account_id, "title": self.title}
