"""Quotes in global search, by number; and as subjects of processes."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.automation import fixed
from billing.models import Quote, QuoteState
from billing.queries.quotes import name_of
from billing.search import NEWEST, first_of, joined
from deals.queries.words import amount_text
from foundation.automation import Field, Subject, offer, offer_subject
from users import finders
from users.automation import people
from users.finders import Finder, Hit

QUOTE = ("pk", "number", "version_number", "state", "total", "currency", "account__name")
PAST = (QuoteState.SUPERSEDED, QuoteState.WITHDRAWN)
FIELDS = [
    Field("quote.number", _("Quote: number"), "text", "number"),
    Field("quote.state", _("Quote: state"), "choice", "state", options=fixed(QuoteState.choices)),
    Field("quote.total", _("Quote: total"), "money", "total"),
    Field(
        "quote.base_total",
        _("Quote: total in the company's currency"),
        "money",
        "base_total",
        unit=settings.BASE_CURRENCY,
    ),
    Field("quote.currency", _("Quote: currency"), "text", "currency"),
    Field("quote.valid_until", _("Quote: valid until"), "date", "valid_until"),
    Field("quote.owner", _("Quote: owner"), "person", "owner_id", options=people),
]


def find_quotes(person: Any, query: str, limit: int) -> list[Hit]:
    """By what has a number in it, as theirs have: a client is found itself, and shows its quotes."""
    if not any(sign.isdigit() for sign in query):
        return []
    visible = Quote.objects.visible_to(person).exclude(state__in=PAST)
    return _hits(first_of(visible, query, NEWEST, limit).values(*QUOTE))


def quotes_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    return _hits(Quote.objects.visible_to(person).filter(pk__in=keys).order_by("pk").values(*QUOTE))


def _hits(rows: Any) -> list[Hit]:
    return [
        Hit(
            title=name_of(row),
            detail=joined(
                row["account__name"],
                amount_text(row["total"], row["currency"]),
                str(QuoteState(row["state"]).label),
            ),
            url=reverse("billing:quote", args=[row["pk"]]),
            icon="file-text",
            key=row["pk"],
        )
        for row in rows
    ]


def _page(pk: int) -> str:
    return Quote(pk=pk).get_absolute_url()


def register() -> None:
    offer_subject(Subject("quote", _("quote"), Quote, _page))
    offer(*FIELDS)
    finders.register(
        Finder(
            "quotes",
            _("Quotes"),
            "billing.view",
            find_quotes,
            27,
            page="billing:quote",
            subject="quote",
            named=quotes_named,
        )
    )
