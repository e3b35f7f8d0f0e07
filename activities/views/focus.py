from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from activities.my_day import Item, filled, items_of
from foundation.gate import Request, gate

MOST_DIGITS = 4


@gate("activities.view")
def focus(request: Request) -> HttpResponse:
    """One thing at a time. The address says which (`at`, or `key` of a row) and how many are done (`done`)."""
    items = items_of(filled(request.user, timezone.now()))
    done, at = _number(request, "done"), _place(request, items)
    item = items[at] if at < len(items) else None
    context = {
        "item": item,
        "number": done + at + 1,
        "total": done + len(items),
        "passed": done + at,
        "left": len(items),
        "next_url": _address(at + 1, done),
        "previous_url": _address(at - 1, done) if at else "",
        "again_url": _address(0, 0),
        "actions": [(action, _then(action.url, _address(at, done + 1))) for action in item.actions]
        if item
        else [],
        "after": _address(at, done + 1),
    }
    return render(request, "activities/focus.html", context)


def _place(request: Request, items: list[Item]) -> int:
    key = request.GET.get("key")
    if key:
        return next((place for place, item in enumerate(items) if item.key == key), 0)
    return min(_number(request, "at"), len(items))


def _number(request: Request, name: str) -> int:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else 0


def _address(at: int, done: int) -> str:
    asked = {name: number for name, number in (("at", at), ("done", done)) if number}
    return f"{reverse('activities:focus')}?{urlencode(asked)}" if asked else reverse("activities:focus")


def _then(url: str, following: str) -> str:
    """The page where something is done, which leads back to the next thing."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'next': following})}"
