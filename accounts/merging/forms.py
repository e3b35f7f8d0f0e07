"""Choosing what to merge with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AccountField
from accounts.models import Account, Contact, DuplicatePair

MOST = 10


class AddForm(forms.Form):
    other = AccountField(label=_("Another client"), help_text=_("the name of another client"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].person = person  # type: ignore[attr-defined]


def alike(account: Account, person: Any) -> list[dict[str, Any]]:
    """Clients that the search found to be like this one, likeliest first, as far as the person sees them."""
    pairs = DuplicatePair.objects.undecided().visible_to(person).select_related("first", "second")
    found = [*pairs.filter(first=account)[:MOST], *pairs.filter(second=account)[:MOST]]
    ordered = sorted(found, key=lambda pair: (-pair.score, pair.pk))[:MOST]
    others = [pair.second if pair.first_id == account.pk else pair.first for pair in ordered]
    return [{"pk": each.pk, "name": each.name, "about": ""} for each in others]


def colleagues_of(contact: Contact) -> list[dict[str, Any]]:
    others = Contact.objects.filter(account=contact.account_id).exclude(pk=contact.pk)
    return [
        {"pk": each.pk, "name": each.name, "about": each.position}
        for each in others.order_by("sort_key", "pk")[: MOST * 10]
    ]
