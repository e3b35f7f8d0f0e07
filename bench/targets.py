"""What the pages are asked about, found in the seeded database: run as a process of its own, prints JSON."""

import json
from contextlib import suppress
from typing import Any

import django

LIST_PAGE = 1_000
SIZE = 50


def find() -> dict[str, Any]:
    from accounts.models import Account
    from activities.models import Task
    from deals.models import Deal, Pipeline
    from foundation.models import EventSubject
    from users.models import User

    head = User.objects.with_policy().get(email="head@romashka.example")
    seen = Deal.objects.visible_to(head).order_by("-opened_at", "-pk")
    pipeline = Pipeline.objects.order_by("position", "pk")[0]
    told = (
        EventSubject.objects.filter(kind="account")
        .values_list("subject_id", flat=True)
        .order_by("subject_id")
    )
    accounts = sorted(set(told[:4_000]))
    accounts = list(
        Account.objects.visible_to(head).filter(pk__in=accounts).values_list("pk", flat=True)[:50]
    )
    open_deals = seen.open().filter(pipeline=pipeline).values_list("pk", flat=True)
    seller = User.objects.get(email="seller2@romashka.example")
    return {
        "cursor": _cursor(seen, ("-opened_at", "-pk")),
        "seller": seller.pk,
        "accounts": accounts,
        "deals": list(Deal.objects.filter(account__in=accounts).values_list("pk", flat=True)[:50]),
        "movable": list(open_deals[:400]),
        "stages": [stage.pk for stage in pipeline.stages_in_order() if stage.is_open],
        "words": _words(seen),
        "cells": _cells(),
        "billing": _billing(),
        "invoices": _invoices(head),
        "tasks": list(Task.objects.visible_to(head).order_by("-pk").values_list("pk", flat=True)[:50]),
    }


def _cursor(seen: Any, order: Any) -> str | None:
    """The link to page 1,000, or to the last page where there are fewer."""
    from foundation.keyset import keyset_page

    at = min(LIST_PAGE - 2, seen.count() // SIZE - 3) * SIZE
    first = seen.values("opened_at", "pk")[at]
    rows = seen.filter(opened_at__lte=first["opened_at"]).values("opened_at", "pk")
    return keyset_page(rows, order=order, size=SIZE).next


def _billing() -> dict[str, str]:
    """Addresses of billing's pages, as far as there are any."""
    from django.urls import NoReverseMatch, reverse

    found = {}
    for page in ("list", "receivables", "payments"):
        with suppress(NoReverseMatch):
            found[page] = reverse(f"billing:{page}")
    return found


def _invoices(head: Any) -> list[str]:
    """Addresses of some invoices, where they have pages."""
    from django.urls import NoReverseMatch

    from billing.models import Invoice

    try:
        return [each.get_absolute_url() for each in Invoice.objects.visible_to(head).order_by("-pk")[:50]]
    except NoReverseMatch:
        return []


def _cells() -> list[str]:
    """Numbers of the planner, as its links name them: a person and the ordinal of a day."""
    from django.utils import timezone

    from foundation.clock import company_day
    from users.models import User

    today, people = (
        company_day(timezone.now()),
        User.objects.active().order_by("pk").values_list("pk", flat=True),
    )
    return [f"{key}.{today.toordinal() + day}" for key in people[:20] for day in (2, 3, 9, 10)]


def _words(seen: Any) -> list[str]:
    """Rare, middling and common: a title's number, a client's name, the first word of many titles."""
    titles = list(seen.values_list("title", "account__name")[:5])
    rare = [title.rsplit(" ", 1)[-1] for title, _name in titles]
    clients = [name.rsplit(" ", 1)[0] for _title, name in titles if name]
    return [*rare, *clients, "terrace", "weekly bouquets"]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(find()))
