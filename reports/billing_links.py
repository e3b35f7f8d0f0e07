"""Addresses of the invoices and payments behind a number. Where billing has no such page, a number has no link."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from reports.links import query_of

INVOICES, PAYMENTS, PAYMENT, CLIENT = "billing:list", "billing:payments", "billing:payment", "accounts:card"


def invoices_url(**asked: Any) -> str:
    return _url(INVOICES, **asked)


def payments_url(**asked: Any) -> str:
    return _url(PAYMENTS, **asked)


def payment_url(pk: int) -> str:
    return _url(PAYMENT, pk)


def client_url(pk: int | None) -> str:
    return _url(CLIENT, pk) if pk else ""


def _url(name: str, *args: Any, **asked: Any) -> str:
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    said = query_of(asked)
    return f"{path}?{said}" if said else path
