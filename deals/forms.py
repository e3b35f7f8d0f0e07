"""Well-formed input only: what a deal may do is said by its verbs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.custom.forms import CustomForm
from accounts.models import Account, Contact, Source
from catalog.models import Product
from deals.models import Deal, LossReason, Stage, StageKind
from deals.models.deal_contact import DealContactRole
from foundation.money import minor_units, parsed_amount, rounded
from foundation.search import matching
from users.models import User

MOST_OFFERED = 8
QUICK_DAYS = [("0", _("Today")), ("1", _("Tomorrow")), ("3", _("+3 days")), ("7", _("+1 week"))]


def day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class AmountField(forms.CharField):
    """An amount as people type it: “1 234,50”, “1,234.50”; Decimal or None."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            amount = parsed_amount(text, get_language() or "en")
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        if amount < 0:
            raise forms.ValidationError(_("The amount of a deal cannot be negative."))
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".removesuffix(".00") if isinstance(value, Decimal) else value


class CurrencyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        code = (super().to_python(value) or "").upper()
        try:
            minor_units(code)
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        return code


class WorthForm(CustomForm, forms.Form):
    """The fields creating and changing share. The client is chosen among those the person sees.

    Of the custom fields a new deal is asked for the required ones only.
    """

    title = forms.CharField(label=_("Title"), max_length=200)
    client = forms.CharField(label=_("Client"), max_length=200, required=False)
    account = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    amount = AmountField(
        label=_("Amount"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 60}),
    )
    currency = CurrencyField(
        label=_("Currency"),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    expected_close_on = day_field(_("Expected close"))

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.offered: list[Account] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("amount") is not None and cleaned.get("currency"):
            cleaned["amount"] = rounded(cleaned["amount"], cleaned["currency"])
        cleaned["account"] = self._client(cleaned.get("client", "").strip(), cleaned.get("account"))
        return cleaned

    def changes(self) -> dict[str, Any]:
        names = ("title", "account", "amount", "currency", "expected_close_on")
        return {name: self.cleaned_data[name] for name in names} | {"custom": self.custom_changes()}

    def _client(self, name: str, key: int | None) -> Account | None:
        """By the choice made below the field, else by the name typed into it; an emptied field means no client."""
        if not name:
            return None
        visible = Account.objects.visible_to(self.person)
        if key is not None:
            chosen = visible.filter(pk=key).first()
            if chosen is not None:
                return chosen
        called = list(visible.filter(name__iexact=name)[:2])
        if len(called) == 1:
            return called[0]
        self.offered = called or clients_like(self.person, name)
        if self.offered:
            self.add_error("client", _("Choose which client you mean."))
        else:
            self.add_error(
                "client",
                _("There is no client called “%(name)s”. Add it first, or leave this empty.")
                % {"name": name},
            )
        return None


class DealForm(WorthForm):
    """A new deal: the few fields one knows when it begins."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), empty_label=None)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_on = day_field(_("Day of the next step"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(kind=StageKind.OPEN, pipeline__is_retired=False).select_related(
            "pipeline"
        )
        field = self.fields["stage"]
        field.queryset = stages.order_by("pipeline__position", "pipeline_id", "position", "pk")  # type: ignore[attr-defined]
        field.label_from_instance = lambda stage: f"{stage.pipeline.name}: {stage.name}"  # type: ignore[attr-defined]
        self.add_custom("deal", {}, self.person, only_required=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("next_step") and not cleaned.get("next_step_on") and "next_step_on" not in self.errors:
            self.add_error("next_step_on", _("Say on which day the next step is due."))
        return cleaned


class DealEditForm(WorthForm):
    source = forms.ModelChoiceField(Source.objects.none(), label=_("Source"), required=False)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        kept = Source.objects.filter(pk=deal.source_id) if deal.source_id else Source.objects.none()
        self.fields["source"].queryset = Source.objects.filter(is_retired=False) | kept  # type: ignore[attr-defined]
        self.add_custom("deal", deal.custom, self.person)

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), "source": self.cleaned_data["source"]}

    def _client(self, name: str, key: int | None) -> Account | None:
        """The client the deal has stays valid even for somebody who does not see it."""
        if (
            self.deal.account is not None
            and name == self.deal.account.name
            and key in (None, self.deal.account_id)
        ):
            return self.deal.account
        return super()._client(name, key)


class MoveForm(forms.Form):
    TOP, BOTTOM = "top", "bottom"
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), empty_label=None)
    place = forms.ChoiceField(
        label=_("Place in the column"),
        choices=[(TOP, _("At the top of the column")), (BOTTOM, _("At the bottom of the column"))],
        required=False,
    )
    after_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(pipeline=deal.pipeline_id).order_by("position", "pk")
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class AnywhereForm(MoveForm):
    """Where a deal goes, in its pipeline or another that takes deals."""

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, deal=deal, **kwargs)
        self.fields["stage"].queryset = stages_for(deal)  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    """The stages of the other pipelines; where the map leads in the first of them is chosen already."""

    stage = forms.TypedChoiceField(label=_("Goes on in"), coerce=int)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offers: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = {stage.pk: stage for offer in offers for stage in offer.stages}
        field: Any = self.fields["stage"]
        field.choices = [
            (offer.pipeline.name, [(stage.pk, self._label(stage, offer)) for stage in offer.stages])
            for offer in offers
        ]
        field.initial = offers[0].usual.pk if offers else None
        if not offers:
            field.help_text = _("There is no other pipeline that takes deals.")

    def clean_stage(self) -> Stage:
        return self.stages[self.cleaned_data["stage"]]

    def _label(self, stage: Stage, offer: Any) -> str:
        """With the pipeline, because a closed list shows no heading."""
        name = f"{offer.pipeline.name}: {stage.name}"
        return gettext("%(stage)s (usual)") % {"stage": name} if stage.pk == offer.usual.pk else name


class LoseForm(forms.Form):
    reason = forms.ModelChoiceField(
        LossReason.objects.none(), label=_("Why was it lost?"), empty_label=_("Choose a reason")
    )
    note = forms.CharField(
        label=_("What happened"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = LossReason.objects.filter(is_retired=False)  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """Nothing to fill in: a button, and the version the person saw."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ReopenForm(VersionForm):
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Go on in"), empty_label=None)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = Stage.objects.filter(pipeline=deal.pipeline_id, kind=StageKind.OPEN)
        self.fields["stage"].queryset = stages.order_by("position", "pk")  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("New owner"), required=False, empty_label=_("nobody")
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.visible_to(person).active()  # type: ignore[attr-defined]


class EstimateForm(forms.Form):
    """A percent with its reason; emptied, it is taken back."""

    percent = forms.IntegerField(
        label=_("Own estimate, %"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("empty: the stage's counts"),
    )
    reason = forms.CharField(label=_("Why?"), required=False, max_length=200)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ColleagueForm(forms.Form):
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Colleague"), empty_label=_("Choose"), help_text=_("sees the deal too")
    )

    def __init__(self, *args: Any, deal: Deal, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(viewer).active().exclude(pk__in=deal.team_ids)
        self.fields["person"].queryset = people.order_by("sort_key", "pk")  # type: ignore[attr-defined]


class NextStepForm(forms.Form):
    """What happens next and on which day; a quick button gives the day instead."""

    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_on = day_field(_("Day"))
    quick = forms.ChoiceField(choices=QUICK_DAYS, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("quick"):
            cleaned["next_step_on"] = timezone.localdate() + timedelta(days=int(cleaned["quick"]))
        return cleaned


class DealContactForm(forms.Form):
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"))
    role = forms.ChoiceField(label=_("Role in the deal"), choices=DealContactRole.choices)

    def __init__(self, *args: Any, deal: Deal, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.visible_to(person).filter(account=deal.account, has_left=False)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]


class DealLineForm(forms.Form):
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"))
    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal("0.001"),
        max_digits=14,
        decimal_places=3,
        initial=1,
        localize=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.filter(is_active=True)  # type: ignore[attr-defined]


def stages_for(deal: Deal) -> Any:
    """Of its pipeline, and the open ones of every other that takes deals."""
    others = Q(kind=StageKind.OPEN, pipeline__is_retired=False)
    found = Stage.objects.filter(Q(pipeline=deal.pipeline_id) | others).select_related("pipeline")
    return found.order_by("pipeline__position", "pipeline_id", "position", "pk")


def clients_like(person: Any, query: str) -> list[Account]:
    """A few clients the person sees, by letters of the name."""
    found = matching(Account.objects.visible_to(person), query[:100])
    return list(found.select_related("owner").order_by("sort_key", "pk")[:MOST_OFFERED])
