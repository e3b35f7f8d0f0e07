"""“Fix five records”: a person's least complete clients, with the fields that are missing."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy

from accounts import operations
from accounts.card import accounts_for_card, completeness_of, identity, people_of
from accounts.completeness import counting
from accounts.completeness.counting import CUSTOM, Completeness
from accounts.custom.forms import PREFIX
from accounts.forms import AccountForm
from accounts.models import Account, ContactPoint
from accounts.models.contact_point import PointKind, cleaned_value
from foundation.errors import Refused

HOW_MANY = 5
MOST_OWNERS = 200
KINDS = {"phone": PointKind.PHONE, "email": PointKind.EMAIL}


def least_complete(person: Any) -> list[int]:
    """The keys of the person's own clients that lack most, those counted worst first. One statement, by an index."""
    mine = Account.objects.filter(owner=person.pk, completeness__lt=100)
    return list(mine.order_by("completeness", "pk").values_list("pk", flat=True)[:HOW_MANY])


def to_fix(person: Any) -> Any:
    return accounts_for_card(person).filter(owner=person.pk)


def lacking(account: Account, person: Any) -> Completeness:
    """How complete a client of `to_fix` is now. Four statements."""
    _contacts, _points, there = people_of(account)
    return completeness_of(account, there, identity(account, person.language))


class FixForm(AccountForm):
    """The missing fields of one client, and no others: all may stay empty."""

    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=60)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    contact = forms.CharField(label=gettext_lazy("Contact person"), required=False, max_length=150)
    position = forms.CharField(label=gettext_lazy("Their position"), required=False, max_length=120)

    def __init__(self, *args: Any, missing: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name.replace(CUSTOM, PREFIX, 1) if name.startswith(CUSTOM) else name for name in missing]
        names += ["contact"] if "position" in names and "contact" not in names else []
        self.asked = [name for name in names if name in self.fields]
        for name in [each for each in self.fields if each not in {*self.asked, "version"}]:
            del self.fields[name]
        for field in self.fields.values():
            field.required = False
        self.custom_names = [name for name in self.custom_names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, kind in KINDS.items():
            if cleaned.get(name):
                try:
                    cleaned[name] = cleaned_value(kind, cleaned[name])
                except Refused as refusal:
                    self.add_error(name, refusal.message)
        if cleaned.get("position") and not cleaned.get("contact"):
            self.add_error("contact", gettext_lazy("Say whose position this is."))
        return cleaned

    def save_to(self, account: Account, *, by: Any, at: datetime) -> None:
        """Only what was filled in. Stale where somebody changed the client meanwhile."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        plain = {name: value for name, value in said.items() if name in counting.PLAIN}
        own = {key: value for key, value in self.custom_changes().items() if value not in (None, "", [])}
        points = [{"kind": KINDS[name], "value": said[name]} for name in KINDS if name in said]
        with transaction.atomic():
            if plain or own:
                changes = plain | ({"custom": own} if own else {})
                account.change(changes, by=by, at=at, version=self.cleaned_data["version"])
            for point in points if "contact" not in said else ():
                ContactPoint.add(account, by=by, at=at, **point)
            if "contact" in said:
                person = {"name": said["contact"], "position": said.get("position", "")}
                operations.add_contact(account, person, points, by=by, at=at)
            counting.keep([account.pk])


def averages(person: Any) -> list[dict[str, Any]]:
    """How complete the clients of each colleague are, worst first: by the index of owners, without reading a client."""
    reach = person.reach("accounts.view")
    of = Account.objects.filter(owner__isnull=False, completeness__isnull=False)
    of = of if reach.everybody else of.filter(owner__in=sorted(reach.people))
    rows = (
        of.order_by()
        .values("owner")
        .annotate(
            name=F("owner__name"),
            average=Avg("completeness"),
            clients=Count("pk"),
            low=Count("pk", filter=Q(completeness__lt=50)),
        )
        .order_by("average", "owner")
    )
    return [row | {"average": round(row["average"])} for row in rows[:MOST_OWNERS]]
