"""The register of calls, meetings, messages and notes, past and to come."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.forms.register import RegisterForm
from activities.queries.register import KINDS, Asked, page_of, people_of
from foundation.gate import Request, gate


@require_safe
@gate("activities.view")
def register(request: Request) -> HttpResponse:
    form = RegisterForm(request.GET, person=request.user)
    asked = form.asked()
    page = page_of(asked, request.user, now=timezone.now(), cursor=request.GET.get("cursor", ""))
    context = {
        "form": form,
        "asked": asked,
        "account": form.cleaned_data.get("account"),
        "people": form.fields["person"].queryset.values_list("pk", "name"),  # type: ignore[attr-defined]
        "page": page,
        "links": {
            name: _address(request, cursor=cursor) if (cursor := getattr(page, name)) else ""
            for name in ("previous", "next")
        },
        "kinds": _kind_chips(request, asked),
        "past_url": "?" + _address(request, when=""),
        "upcoming_url": "?" + _address(request, when="upcoming"),
        "people_url": "people/?" + _address(request),
        "is_filtered": bool(set(request.GET) - {"when", "cursor"}),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "activities/register.html", context, status=status)


@require_safe
@gate("activities.view")
def register_people(request: Request) -> HttpResponse:
    """The same selection, counted for each colleague; fetched when it is opened."""
    form = RegisterForm(request.GET, person=request.user)
    people = people_of(form.asked(), request.user, now=timezone.now())
    context = {"people": people, "back_url": "../?" + _address(request)}
    part = "register_people_rows" if request.htmx else "register_people"
    return render(request, f"activities/{part}.html", context)


def _kind_chips(request: Request, asked: Asked) -> list[dict[str, Any]]:
    """A chip puts its kind in or takes it out."""
    chips = []
    for key, title in KINDS.items():
        others = set(asked.kinds) ^ {key}
        chips.append(
            {
                "title": title,
                "url": "?" + _address(request, kind=[each for each in KINDS if each in others], result=""),
                "is_on": key in asked.kinds,
            }
        )
    return chips


def _address(request: Request, **changes: Any) -> str:
    """The query with some of it said otherwise, from its first page unless a cursor is said."""
    said = request.GET.copy()
    said.pop("cursor", None)
    for name, value in changes.items():
        said.setlist(name, value if isinstance(value, list) else [value])
        if not value:
            said.pop(name)
    return said.urlencode()
