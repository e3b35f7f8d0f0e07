"""What a stage still asks of a deal, as one short form."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from catalog.models import Product
from deals.forms import DealEditForm, DealLineForm, MoveForm, day_field, stages_for
from deals.models import Deal, Stage
from deals.models.deal_contact import DealContactRole
from deals.operations import Filling
from deals.requirements import Missing, Need

FIELDS = {
    Need.AMOUNT: ("amount", "currency"),
    Need.EXPECTED_CLOSE: ("expected_close_on",),
    Need.CLIENT: ("client", "account"),
    Need.CONTACT: ("contact", "role"),
    Need.SOURCE: ("source",),
    Need.NEXT_STEP: ("next_step", "next_step_on"),
    Need.PRODUCT: ("product", "quantity"),
}
PLAIN = {
    Need.AMOUNT: ("amount", "currency"),
    Need.EXPECTED_CLOSE: ("expected_close_on",),
    Need.CLIENT: ("account",),
    Need.SOURCE: ("source",),
}
# Where it is going, as the drop said it.
WHERE = ("stage", "place", "after_id", "version")


class StageNeedsForm(DealEditForm):
    """Only the fields that are missing; and for who may go against the rules, the reason to do so.

    With a reason nothing else has to be filled in; what is filled in is saved all the same.
    """

    stage = forms.ModelChoiceField(Stage.objects.none(), widget=forms.HiddenInput)
    place = forms.ChoiceField(
        choices=MoveForm.base_fields["place"].choices,  # type: ignore[attr-defined]
        required=False,
        widget=forms.HiddenInput,
    )
    after_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Contact"),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role in the deal"), choices=DealContactRole.choices, required=False
    )
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    next_step_on = day_field(gettext_lazy("Day of the next step"))
    product = forms.ModelChoiceField(
        Product.objects.none(),
        label=gettext_lazy("Product"),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    quantity = DealLineForm.base_fields["quantity"]
    override = forms.CharField(
        label=gettext_lazy("Why move it anyway?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("With a reason the deal moves as it is. The reason is kept in its history."),
    )

    def __init__(
        self,
        *args: Any,
        deal: Deal,
        missing: list[Missing],
        may_fill: bool,
        may_override: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, deal=deal, **kwargs)
        self.missing = missing
        fillable = [Need(each.field) for each in missing if each.is_fillable]
        self.asked = fillable if may_fill else []
        self.in_the_way = [each.sentence for each in missing if not (each.is_fillable and may_fill)]
        kept = {*WHERE, *(name for need in self.asked for name in FIELDS[need])}
        kept |= {"override"} if may_override and missing else set()
        for name in set(self.fields) - kept:
            del self.fields[name]
        self.order_fields([*(name for need in self.asked for name in FIELDS[need]), "override"])
        self._choices()

    @property
    def is_hopeless(self) -> bool:
        """Nothing this person can fill in would be enough."""
        return bool(self.in_the_way) and "override" not in self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if Need.CONTACT in self.asked and cleaned["account"] is not None:
            self._take_client(cleaned["account"])
        if not cleaned.get("override"):
            for need in self.asked:
                self._require(need, cleaned)
        return cleaned

    def filling(self) -> Filling:
        said = self.cleaned_data
        plain = {name: said[name] for need in self.asked for name in PLAIN.get(need, ())}
        if plain.get("amount") is None:
            plain.pop("currency", None)
        return Filling(
            changes={name: value for name, value in plain.items() if value not in (None, "")},
            contact=said.get("contact"),
            role=said.get("role") or DealContactRole.DECIDES,
            product=said.get("product"),
            quantity=said.get("quantity") or Decimal(1),
            next_step=said.get("next_step") or "",
            next_step_on=said.get("next_step_on"),
        )

    def add_custom(self, *_record: Any, **_how: Any) -> None:
        """Rules ask for none of the fields a company adds itself."""
        self.custom_names: list[str] = []

    def say(self, name: str, value: Any) -> None:
        """As if the person had sent this value."""
        said: Any = self.data.copy()  # type: ignore[attr-defined]
        said[name] = str(value)
        self.data = said

    def _choices(self) -> None:
        fields: Any = self.fields
        fields["stage"].queryset = stages_for(self.deal)
        if "product" in fields:
            fields["product"].queryset = Product.objects.filter(is_active=True)
            fields["quantity"].required = False
        if "currency" in fields:
            fields["currency"].required = False
        if "contact" in fields:
            said = str((self.data if self.is_bound else self.initial).get("account") or "")
            key = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
            chosen = Account.objects.visible_to(self.person).filter(pk=key).first() if key else None
            self._offer_contacts(self.deal.account or chosen)

    def _offer_contacts(self, account: Account | None) -> None:
        field: Any = self.fields["contact"]
        contacts = Contact.objects.visible_to(self.person).filter(account=account, has_left=False)
        field.queryset = contacts if account is not None else Contact.objects.none()
        self.contacts_client = account
        if account is None:
            field.help_text = _("Choose the client first: its contacts are offered then.")

    def has_no_contacts(self) -> bool:
        """A client is known, and nobody there; asks the database."""
        return self.contacts_client is not None and not self.fields["contact"].queryset.exists()  # type: ignore[attr-defined]

    def _take_client(self, account: Any) -> None:
        """A client chosen by its name is kept chosen, so that its contacts can be offered."""
        self.fields["contact"].help_text = ""
        if str(self.data.get("account", "")) != str(account.pk):
            self.say("account", account.pk)
            self._offer_contacts(account)

    def _require(self, need: Need, cleaned: dict[str, Any]) -> None:
        names = {"client"} if need == Need.CLIENT else set(FIELDS[need]) - {"currency", "role", "quantity"}
        for name in names:
            value = cleaned.get("account" if name == "client" else name)
            if value in (None, "") and name not in self.errors:
                self.add_error(name, _("This is needed to enter the stage."))
