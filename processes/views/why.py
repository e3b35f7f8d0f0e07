"""Why a process began for a record or did not, and why something changed."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from foundation.search import matching
from processes.models import Process
from processes.queries import chain, subjects
from processes.queries.why import Why

MOST_FOUND, MOST_PROCESSES, LONGEST = 20, 200, 100
DRAFT = ("outline", "graph", "drawing")


@require_safe
@gate("processes.work")
def why(request: Request, kind: str, pk: int) -> HttpResponse:
    """Of one record and the process that is asked about (`process`); without one, which there are."""
    found, record = _record(request, kind, pk)
    processes = Process.objects.visible_to(request.user).filter(subject_kind=kind).exclude(status="draft")
    offered = list(processes.defer(*DRAFT).order_by("name", "pk")[:MOST_PROCESSES])
    asked = request.GET.get("process", "")
    process = next((each for each in offered if str(each.pk) == asked), None)
    if asked and process is None:
        raise Http404
    context = {"kind": kind, "key": pk, "title": str(record), "record_url": found.page(pk)}
    context |= {"offered": offered, "process": process}
    if process is not None:
        context |= Why(process, pk, request.user, timezone.now()).page()
    return render(request, "processes/why.html", context)


@require_safe
@gate("processes.work")
def ask(request: Request, pk: int) -> HttpResponse:
    """Which record to ask about: those the person sees, by a few letters (`q`)."""
    process = find(Process.objects.defer(*DRAFT), request, pk)
    found = subjects.known_kind(process.subject_kind)
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    rows = found.model._default_manager.visible_to(request.user)
    has_text = any(each.name == "search_text" for each in found.model._meta.fields)
    if query and has_text:
        rows = matching(rows, query)
    records = [(each.pk, found.title(each)) for each in rows.order_by("-pk")[:MOST_FOUND]]
    context = {"process": process, "query": query, "records": records, "kind": process.subject_kind}
    return render(request, "processes/ask.html", context)


@require_safe
@gate("processes.work")
def because(request: Request, pk: int) -> HttpResponse:
    """One change, back over what caused it; for whoever sees anything of that."""
    found = chain.chains([pk], request.user).get(pk, [])
    if all(link.is_hidden for link in found):
        raise Http404
    return render(request, "processes/because.html", {"chains": [found], "is_one": True})


@require_safe
@gate("processes.work")
def record_because(request: Request, kind: str, pk: int) -> HttpResponse:
    """What changed of a record by itself, the latest first, each with its chain."""
    found, record = _record(request, kind, pk)
    keys, older = chain.caused_page(kind, pk, _before(request))
    chains = chain.chains(keys, request.user)
    context: dict[str, Any] = {"kind": kind, "key": pk, "title": str(record), "record_url": found.page(pk)}
    context["chains"] = [chains[key] for key in keys if key in chains]
    context["older"] = f"{older[0]}|{older[1].isoformat()}" if older else ""
    return render(request, "processes/because.html", context)


def _record(request: Request, kind: str, pk: int) -> Any:
    found = subjects.known_kind(kind)
    return found, find(found.model._default_manager.all(), request, pk)


def _before(request: Request) -> tuple[datetime, int]:
    """Where the page goes on from; what it does not understand is the beginning."""
    key, _bar, moment = request.GET.get("before", "").partition("|")
    try:
        at = parse_datetime(moment)
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at) or not (key.isascii() and key.isdigit() and len(key) < 19):
        return timezone.now() + timedelta(days=1), 0
    return at, int(key)
