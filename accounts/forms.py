"""Forms of clients and contacts: only what is well formed; the rules are in the verbs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.consents.forms import channel_field
from accounts.custom.forms import CustomForm
from accounts.fields import AccountField, AmountField, TagsField
from accounts.models import Account, AccountRole, Address, Contact, Industry, Source
from accounts.models.account import Kind
from accounts.models.address import AddressKind
from accounts.models.contact_point import PointKind, cleaned_value
from accounts.models.tax_number import TaxNumberKind, checked_tax_number
from foundation.errors import Refused
from users.models import User

LARGEST_COUNT = 2**31 - 1
UNKNOWN = gettext_lazy("Not known")
PLAIN_FIELDS = [
    "name",
    "kind",
    "roles",
    "industry",
    "employees",
    "annual_revenue",
    "founded_year",
    "website",
    "parent",
    "source",
    "preferred_channel",
    "about",
]


def capitalised(choices: Any) -> list[tuple[str, Any]]:
    """Words of the glossary as they begin a line."""
    return [(value, capfirst(words)) for value, words in choices]


class QuickAccountForm(forms.Form):
    """The few fields a client begins with. The phone and the e-mail are the contact's when one is named."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=capitalised(Kind.choices), initial=Kind.ORGANISATION
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=capitalised(AccountRole.choices), initial=AccountRole.LEAD
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "email", "inputmode": "email", "autocomplete": "off"}),
    )
    source = forms.ModelChoiceField(
        Source.objects.filter(is_retired=False),
        label=gettext_lazy("Source"),
        required=False,
        empty_label=UNKNOWN,
    )
    contact_name = forms.CharField(
        label=gettext_lazy("Contact person"),
        required=False,
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("The phone and the e-mail above will be theirs."),
    )
    contact_position = forms.CharField(label=gettext_lazy("Position"), required=False, max_length=120)

    def clean_phone(self) -> str:
        return _cleaned(PointKind.PHONE, self.cleaned_data["phone"])

    def clean_email(self) -> str:
        return _cleaned(PointKind.EMAIL, self.cleaned_data["email"])

    def points(self) -> list[dict[str, Any]]:
        kinds = ((PointKind.PHONE, "phone"), (PointKind.EMAIL, "email"))
        return [
            {"kind": kind, "value": value} for kind, name in kinds if (value := self.cleaned_data.get(name))
        ]


class AccountForm(CustomForm, forms.ModelForm):  # type: ignore[type-arg]
    """Every field of a client; `version` is what the person saw."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=capitalised(AccountRole.choices),
        widget=forms.CheckboxSelectMultiple,
    )
    annual_revenue = AmountField(
        label=gettext_lazy("Annual revenue"),
        required=False,
        help_text=gettext_lazy("in the company's own currency"),
    )
    employees = forms.IntegerField(
        label=gettext_lazy("Employees"), required=False, min_value=0, max_value=LARGEST_COUNT
    )
    founded_year = forms.IntegerField(
        label=gettext_lazy("Founded in"), required=False, min_value=1000, max_value=2100
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        assume_scheme="https",
        max_length=200,
        widget=forms.TextInput({"inputmode": "url"}),
    )
    parent = AccountField(
        label=gettext_lazy("Subsidiary of"),
        required=False,
        help_text=gettext_lazy("the name of another client"),
    )
    tags = TagsField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("separated by commas"),
    )
    preferred_channel = channel_field()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=LARGEST_COUNT)

    class Meta:
        model = Account
        fields = PLAIN_FIELDS
        widgets = {"about": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].person = person  # type: ignore[attr-defined]
        self.initial["parent"] = self.instance.parent
        self.initial["version"] = self.instance.version if self.instance.pk else None
        for name, words in (("industry", Industry.objects), ("source", Source.objects)):
            kept = getattr(self.instance, f"{name}_id")
            self.fields[name].queryset = words.filter(Q(is_retired=False) | Q(pk=kept))  # type: ignore[attr-defined]
            self.fields[name].empty_label = UNKNOWN  # type: ignore[attr-defined]
        self.fields["kind"].choices = capitalised(Kind.choices)  # type: ignore[attr-defined]
        self.add_custom("client", self.instance.custom, person)

    def _post_clean(self) -> None:
        """The verb checks and writes the record; the form leaves it as it is."""

    def plain(self) -> dict[str, Any]:
        plain = {name: self.cleaned_data[name] for name in PLAIN_FIELDS}
        return plain | {"custom": self.custom_changes()}


class PointForm(forms.Form):
    """One way to reach somebody. A row without a value is no row."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=capitalised(PointKind.choices), required=False
    )
    value = forms.CharField(
        label=gettext_lazy("Number or address"),
        max_length=254,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=80, required=False)
    is_preferred = forms.BooleanField(label=gettext_lazy("Preferred"), required=False)

    def clean(self) -> dict[str, Any]:
        value, kind = self.cleaned_data.get("value"), self.cleaned_data.get("kind")
        if value and kind == "":
            self.add_error("kind", gettext_lazy("Say what this is."))
        elif value and kind:
            try:
                self.cleaned_data["value"] = cleaned_value(kind, value)
            except Refused as refusal:
                self.add_error("value", refusal.message)
        return self.cleaned_data


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Address
        fields = ["kind", "street", "postcode", "city", "country"]
        labels = {"street": gettext_lazy("Street and house")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = capitalised(AddressKind.choices)  # type: ignore[attr-defined]
        self.fields["kind"].required = False

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or AddressKind.OFFICE


class TaxNumberForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=capitalised(TaxNumberKind.choices), required=False
    )
    value = forms.CharField(label=gettext_lazy("Number"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        value, kind = self.cleaned_data.get("value"), self.cleaned_data.get("kind")
        if value and kind == "":
            self.add_error("kind", gettext_lazy("Say what this is."))
        elif value and kind:
            try:
                self.cleaned_data["value"] = checked_tax_number(kind, value)
            except Refused as refusal:
                self.add_error("value", refusal.message)
        return self.cleaned_data


class ContactForm(CustomForm, forms.ModelForm):  # type: ignore[type-arg]
    preferred_channel = channel_field()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=LARGEST_COUNT)

    class Meta:
        model = Contact
        fields = ["name", "position", "preferred_channel", "note", "has_left"]
        widgets = {"note": forms.Textarea({"rows": 2}), "name": forms.TextInput({"autocomplete": "off"})}

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version if self.instance.pk else None
        self.add_custom("contact", self.instance.custom, person)

    def _post_clean(self) -> None:
        """The verb checks and writes the record; the form leaves it as it is."""

    def plain(self) -> dict[str, Any]:
        plain = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return plain | {"custom": self.custom_changes()}


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("New owner"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
        help_text=gettext_lazy("The owner before keeps seeing the client."),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.visible_to(person).active().order_by("sort_key", "pk")
        self.fields["owner"].queryset = colleagues  # type: ignore[attr-defined]


def _cleaned(kind: str, value: str) -> str:
    """The value as it is kept, or the field's own error."""
    if not value:
        return ""
    try:
        return cleaned_value(kind, value)
    except Refused as refusal:
        raise ValidationError(refusal.message) from None
