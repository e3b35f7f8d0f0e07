"""The latest invoices of a client or a deal, as their pages show them."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from billing.models import Invoice
from billing.queries.words import money, name_of, state_tag
from users.dates import short_day

MOST = 5


class Latest(NamedTuple):
    name: str
    url: str
    tag: str
    state: str
    day: str
    total: str


def latest_of(person: Any, **of: Any) -> list[Latest]:
    """The latest invoices of a client or a deal that this person sees; one more than is shown says there are more."""
    today = timezone.localdate()
    visible = Invoice.objects.visible_to(person).filter(**of).exclude(state="discarded")
    rows = visible.order_by("-dated_on", "-pk").values(
        "pk", "number", "kind", "state", "due", "due_on", "dated_on", "total", "currency"
    )[: MOST + 1]
    return [_latest(each, today) for each in rows]


def _latest(each: Any, today: Any) -> Latest:
    tag, state = state_tag(
        each["state"], kind=each["kind"], due=each["due"], due_on=each["due_on"], today=today
    )
    sign = -1 if each["kind"] == "credit_note" else 1
    return Latest(
        name_of(each["number"], each["pk"]),
        reverse("billing:invoice", args=[each["pk"]]),
        tag,
        state,
        short_day(each["dated_on"], today),
        money(sign * each["total"], each["currency"]),
    )
