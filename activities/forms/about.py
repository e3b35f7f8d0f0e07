"""What a task is about: the client by letters of the name, then a contact and a deal of theirs."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from deals.forms import clients_like
from deals.models import Deal


class AboutForm(forms.Form):
    """Links are chosen among the records the person sees; those a task has already stay valid."""

    client = forms.CharField(label=_("Client"), max_length=200, required=False)
    account = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Contact"), required=False, empty_label=_("nobody in particular")
    )
    deal = forms.ModelChoiceField(
        Deal.objects.none(), label=_("Deal"), required=False, empty_label=_("no deal")
    )

    def __init__(self, *args: Any, person: Any, task: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.task = task
        self.offered: list[Account] = []
        chosen = str(self["account"].value() or "")
        account = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
        contacts, deals = linked_choices(person, account)
        kept_contact = Q(pk=task.contact_id if task else None) | Q(pk=self.initial.get("contact"))
        kept_deal = Q(pk=task.deal_id if task else None) | Q(pk=self.initial.get("deal"))
        self.fields["contact"].queryset = contacts | Contact.objects.filter(kept_contact)  # type: ignore[attr-defined]
        self.fields["deal"].queryset = deals | Deal.objects.filter(kept_deal)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["account"] = self._client(cleaned.get("client", "").strip(), cleaned.get("account"))
        return cleaned

    def links(self) -> dict[str, Any]:
        said = self.cleaned_data
        account = said["account"]
        if account is None and not self.data.get("client", "").strip():
            beside = said["deal"] or said["contact"]
            account = beside.account if beside is not None else None
        return {"account": account, "contact": said["contact"], "deal": said["deal"]}

    def _client(self, name: str, key: int | None) -> Account | None:
        """By the choice made below the field, else by the name typed into it; an emptied field means none."""
        if not name:
            return None
        kept: Account | None = self.task.account if self.task is not None else None
        if kept is not None and name == kept.name and key in (None, kept.pk):
            return kept
        visible = Account.objects.visible_to(self.person)
        if key is not None:
            chosen = visible.filter(pk=key).first()
            if chosen is not None:
                return chosen
        called = list(visible.filter(name__iexact=name)[:2])
        if len(called) == 1:
            return called[0]
        self.offered = called or clients_like(self.person, name)
        said = _("There is no client called so. Add it first, or leave this empty.")
        self.add_error("client", _("Choose which client you mean.") if self.offered else said)
        return None


def linked_choices(person: Any, account: int | None) -> tuple[Any, Any]:
    """Contacts and open deals of a client that the person sees; none without a client."""
    if account is None:
        return Contact.objects.none(), Deal.objects.none()
    contacts = Contact.objects.visible_to(person).filter(account=account, has_left=False)
    deals = Deal.objects.visible_to(person).open().filter(account=account)
    return contacts.order_by("sort_key", "pk"), deals.order_by("-opened_at", "-pk")
