"""The list of invoices: what its address may ask, its rows, and what they come to."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice
from billing.queries.words import money, name_of, state_tag
from foundation.keyset import CappedCount, Page, capped_count, keyset_page
from foundation.search import matching
from users.dates import short_day

SIZE = 50
LONGEST_QUERY = 100
STATES = {
    "draft": gettext_lazy("Drafts"),
    "waiting": gettext_lazy("Wait for approval"),
    "approved": gettext_lazy("Approved, not issued"),
    "due": gettext_lazy("Not paid"),
    "overdue": gettext_lazy("Overdue"),
    "paid": gettext_lazy("Paid"),
    "credit_note": gettext_lazy("Credit notes"),
    "written_off": gettext_lazy("Written off"),
    "discarded": gettext_lazy("Discarded"),
}
ORDERS = {
    "": ("-dated_on", "-pk"),
    "due": ("due_on", "pk"),
    "worth": ("-base_total", "-pk"),
}
KEY = RegexValidator(r"^\d{1,18}$", gettext_lazy("There is no such record."))


class InvoiceFilter(forms.Form):
    """What the address asks for; `owner` is a key, `me` or `team`."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=LONGEST_QUERY, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("any")), *STATES.items()], required=False
    )
    owner = forms.CharField(
        label=gettext_lazy("Owner"),
        validators=[RegexValidator(r"^(me|team|\d{1,18})$", gettext_lazy("There is no such colleague."))],
        required=False,
    )
    account = forms.CharField(label=gettext_lazy("Client"), validators=[KEY], required=False)
    deal = forms.CharField(label=gettext_lazy("Deal"), validators=[KEY], required=False)
    company = forms.CharField(label=gettext_lazy("Own company"), validators=[KEY], required=False)
    currency = forms.RegexField(r"^[A-Za-z]{3}$", label=gettext_lazy("Currency"), required=False)
    since = forms.DateField(
        label=gettext_lazy("Dated from"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Dated to"), required=False, widget=forms.DateInput({"type": "date"})
    )
    sort = forms.ChoiceField(choices=[(each, each) for each in ORDERS], required=False)

    def invoices(self, person: Any, *, today: date) -> Any:
        said, found = self.cleaned_data, Invoice.objects.visible_to(person)
        found = _in_state(found, said["state"], today)
        match said["owner"]:
            case "":
                pass
            case "me":
                found = found.filter(owner=person.pk)
            case "team":
                found = found.filter(owner__in=sorted(person.policy.colleagues))
            case key:
                found = found.filter(owner=int(key))
        for name, column in (("account", "account"), ("deal", "deal"), ("company", "legal_entity")):
            if said[name]:
                found = found.filter(**{column: int(said[name])})
        if said["currency"]:
            found = found.filter(currency=said["currency"].upper())
        if said["since"]:
            found = found.filter(dated_on__gte=said["since"])
        if said["until"]:
            found = found.filter(dated_on__lte=said["until"])
        return matching(found, said["q"]) if said["q"] else found

    @property
    def order(self) -> tuple[str, ...]:
        return ORDERS[self.cleaned_data["sort"]]


class Row(NamedTuple):
    pk: int
    name: str
    account: str
    account_id: int
    tag: str
    state: str
    dated_on: str
    due_on: str
    owner: str
    total: str
    due: str


class Shown(NamedTuple):
    rows: list[Row]
    page: Page
    how_many: CappedCount
    totals: list[tuple[str, str]]


FIELDS = (
    "pk", "number", "kind", "state", "account_id", "account__name", "dated_on", "due_on", "owner__name", "total",
    "due", "currency", "base_total",
)  # fmt: skip


def listed(found: Any, order: tuple[str, ...], cursor: str | None, *, today: date) -> Shown:
    """Three statements; what all come to is said where they are counted to the end."""
    page = keyset_page(found.values(*FIELDS), order=order, cursor=cursor, size=SIZE)
    how_many = capped_count(found)
    totals = _totals(found) if how_many.is_exact and how_many.n else []
    return Shown([_row(each, today) for each in page.rows], page, how_many, totals)


def _in_state(found: Any, state: str, today: date) -> Any:
    match state:
        case "due":
            return found.unsettled()
        case "overdue":
            return found.overdue(on=today)
        case "credit_note":
            return found.filter(kind="credit_note")
        case "":
            return found.exclude(state="discarded")
        case _:
            return found.filter(state=state, kind="invoice")


def _totals(found: Any) -> list[tuple[str, str]]:
    """(total, still due) of each currency; credit notes take away."""
    rows = (
        found.order_by()
        .values("currency", "kind")
        .annotate(total=Sum("total"), due=Sum("due"), n=Count("pk"))
    )
    sums: dict[str, list[Any]] = {}
    for each in rows:
        sign = -1 if each["kind"] == "credit_note" else 1
        had = sums.setdefault(each["currency"], [0, 0])
        had[0] += sign * each["total"]
        had[1] += sign * each["due"]
    return [(money(total, currency), money(due, currency)) for currency, (total, due) in sorted(sums.items())]


def _row(each: Mapping[str, Any], today: date) -> Row:
    tag, state = state_tag(
        each["state"], kind=each["kind"], due=each["due"], due_on=each["due_on"], today=today
    )
    sign = -1 if each["kind"] == "credit_note" else 1
    return Row(
        each["pk"],
        name_of(each["number"], each["pk"]),
        each["account__name"],
        each["account_id"],
        tag,
        state,
        short_day(each["dated_on"], today),
        short_day(each["due_on"], today) if each["due_on"] else "",
        each["owner__name"] or "",
        money(sign * each["total"], each["currency"]),
        money(sign * each["due"], each["currency"]) if each["due"] else "",
    )


def today() -> date:
    return timezone.localdate()


def asked_in_words(said: Mapping[str, Any], person: Any) -> list[tuple[str, str]]:
    """(name of the filter, sentence) of what no chip shows. One statement for each record named."""
    from accounts.models import Account
    from billing.models import LegalEntity
    from deals.models import Deal
    from users.models import User

    found = []
    records = (
        ("account", _("Client"), Account.objects.visible_to(person)),
        ("deal", _("Deal"), Deal.objects.visible_to(person)),
        ("company", _("Own company"), LegalEntity.objects.all()),
        ("owner", _("Owner"), User.objects.all()),
    )
    for name, label, records_of in records:
        if said.get(name) and str(said[name]).isdigit():
            record = records_of.filter(pk=int(said[name])).first()
            found.append((name, f"{label}: {record or '?'}"))
    return found
