"""Form fields that read what people type: amounts, tags, and another client by its name."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Account
from foundation.money import number_text, parsed_amount
from foundation.search_text import sort_key

KEY_AT_END = re.compile(r"\bID\s?(\d{1,18})\s*$", re.IGNORECASE)
LONGEST_TAG = 80
MOST_TAGS = 20
LARGEST_AMOUNT = Decimal(10) ** 16


class AmountField(forms.CharField):
    """“1 234 567,89” as a Decimal; None when empty. Never negative."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            amount = parsed_amount(typed, get_language() or "en")
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None
        if amount < 0 or amount >= LARGEST_AMOUNT:
            raise ValidationError(_("Enter an amount from 0 to 9,999,999,999,999,999."))
        return amount.quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        whole = value == value.to_integral_value()
        return number_text(int(value), get_language() or "en") if whole else str(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.clean(data) != initial)


class TagsField(forms.CharField):
    """Tags by name, separated by commas, as a list of names; the same word in another case is the same tag."""

    def clean(self, value: Any) -> Any:
        words = [" ".join(word.split()) for word in super().clean(value).split(",")]
        tags = list({word.casefold(): word for word in words if word}.values())
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError(_("A tag has at most %(limit)d letters.") % {"limit": LONGEST_TAG})
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("A client has at most %(limit)d tags.") % {"limit": MOST_TAGS})
        return tags

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value


class AccountField(forms.CharField):
    """Another client by name, or by the `ID12` that suggestions end in. Give `person`: only clients they see are found.

    The page needs one `<datalist id="client-names">`, which suggestions fill.
    """

    person: Any = None

    def __init__(self, **kwargs: Any) -> None:
        attributes = {
            "list": "client-names",
            "autocomplete": "off",
            "hx-get": reverse_lazy("accounts:names"),
            "hx-trigger": "input delay:200ms",
            "hx-target": "#client-names",
            "hx-swap": "innerHTML",
        }
        super().__init__(max_length=240, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        visible = Account.objects.visible_to(self.person)
        if key := KEY_AT_END.search(typed):
            found = list(visible.filter(pk=int(key[1])))
        else:
            found = list(visible.filter(sort_key=sort_key(typed)).order_by("pk")[:2])
        if not found:
            message = _("There is no client “%(name)s”. Choose one of the suggestions.")
            raise ValidationError(message, params={"name": typed})
        if len(found) > 1:
            raise ValidationError(
                _("Several clients have this name. Choose one of the suggestions, with its ID.")
            )
        return found[0]

    def prepare_value(self, value: Any) -> Any:
        return suggestion(value.pk, value.name) if isinstance(value, Account) else value


def suggestion(pk: int, name: str) -> str:
    return f"{name} · ID{pk}"
