"""What stands beside the paper of an invoice: whom it may be sent to, and by which links it is open."""

from datetime import date
from typing import Any

from django.db.models import Count

from accounts.models import ContactPoint
from billing.models import Invoice
from users.dates import day_text
from users.mailing import address

MOST = 20


def addresses_of(invoice: Invoice) -> list[str]:
    """The contact's address first, else the client's own, the preferred one first."""
    points = ContactPoint.objects.filter(account=invoice.account_id, kind="email")
    mine = (
        list(points.filter(contact=invoice.contact_id).order_by("-is_preferred", "pk")[:1])
        if invoice.contact_id
        else []
    )
    mine = mine or list(points.order_by("-is_preferred", "contact", "pk")[:1])
    return [each.value for each in mine]


def links_of(invoice: Invoice, today: date) -> list[dict[str, Any]]:
    """The newest first; what is over or revoked comes without its address."""
    rows = invoice.links.select_related("made_by", "revoked_by").annotate(count=Count("openings"))
    return [
        {
            "pk": each.pk,
            "address": address(each.path) if each.is_open(today) else "",
            "is_revoked": each.revoked_at is not None,
            "until": day_text(each.expires_on, today),
            "by": each.made_by.name,
            "count": each.count,
            "last": each.last_opened_at,
        }
        for each in rows.order_by("-pk")[:MOST]
    ]
