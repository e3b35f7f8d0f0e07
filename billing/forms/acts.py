"""What is asked before something happens to an invoice or a payment."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.crediting import Left
from billing.forms.lines import NumberField
from billing.models import Invoice
from billing.queries.words import plain
from users.models import User

DAY = {"type": "date"}


class VersionForm(forms.Form):
    """Nothing to fill in: a button, and the version the person saw."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ApproveForm(VersionForm):
    comment = forms.CharField(label=gettext_lazy("Comment"), max_length=300, required=False)


class ReasonForm(VersionForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class WriteOffForm(forms.Form):
    amount = NumberField(
        label=gettext_lazy("Amount"), places=4, help_text=gettext_lazy("nothing: all that is due")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class CreditForm(forms.Form):
    """How many of each line go back; all that is left unless somebody says less."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, data: Any = None, *, left: dict[int, Left]) -> None:
        super().__init__(data)
        self.left = left
        for key, each in left.items():
            self.fields[f"line-{key}"] = NumberField(
                label=each.line.title,
                places=3,
                initial=plain(each.quantity),
                help_text=_("at most %(count)s %(unit)s")
                % {"count": plain(each.quantity), "unit": each.line.unit},
            )

    def quantities(self) -> list[tuple[int, Decimal]] | None:
        """None: all of it."""
        said = {key: self.cleaned_data[f"line-{key}"] for key in self.left}
        if all(said[key] == each.quantity for key, each in self.left.items()):
            return None
        return [(key, quantity) for key, quantity in said.items() if quantity]


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("New owner"), empty_label=None)

    def __init__(self, data: Any = None, *, person: Any) -> None:
        super().__init__(data)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.visible_to(person).active()


class ScheduleForm(forms.Form):
    """Equal parts a number of months apart, or, where their amounts are said, those."""

    count = forms.IntegerField(
        label=gettext_lazy("How many equal instalments"), min_value=1, max_value=120, required=False
    )
    first_due_on = forms.DateField(
        label=gettext_lazy("The first is due on"), required=False, widget=forms.DateInput(DAY)
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months between them"), min_value=1, max_value=12, required=False, initial=1
    )
    by_hand = forms.CharField(
        label=gettext_lazy("Or each by itself"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("a day and an amount on each line, such as 2027-01-31 500"),
    )

    def __init__(self, data: Any = None, *, invoice: Invoice) -> None:
        parts = list(invoice.instalments.order_by("position"))
        said = "\n".join(f"{each.due_on.isoformat()} {plain(each.amount)}" for each in parts)
        super().__init__(data, initial={"by_hand": said, "months": 1})
        self.had = said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("count") and not said.get("first_due_on"):
            self.add_error("first_due_on", _("Say when the first is due."))
        if not said.get("count") and not said.get("by_hand", "").strip():
            raise forms.ValidationError(_("Say how many instalments there are, or each of them."))
        if said.get("by_hand") and not said.get("count"):
            said["parts"] = self._parts(said["by_hand"])
        return said

    def _parts(self, text: str) -> list[tuple[date, Decimal]]:
        parts, amounts = [], NumberField(places=4)
        for place, row in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
            day, _space, amount = row.partition(" ")
            try:
                parts.append((date.fromisoformat(day), amounts.clean(amount) or Decimal(0)))
            except (ValueError, forms.ValidationError):
                words = _("Line %(place)d is no day and amount, such as 2027-01-31 500: “%(row)s”.")
                self.add_error("by_hand", words % {"place": place, "row": row[:60]})
                return []
        return parts
