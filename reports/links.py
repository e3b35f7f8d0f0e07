"""Addresses of the rows behind a number: the list of deals with the filters that count the same deals."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from deals.models import Stage
from reports.periods import Period
from reports.selections import Selection

Asked = dict[str, Any]


def standing_url(selection: Selection, stages: Iterable[Stage]) -> str:
    """Deals that are in these stages now."""
    return _url({"stage": _keys(stages)}, _owners(selection))


def passed_url(
    selection: Selection,
    stages: Iterable[Stage],
    *,
    owners: Iterable[int | None] | None = None,
    period: Period | None = None,
) -> str:
    """Deals that passed these stages first in the period, under these owners of that moment."""
    whose = _owners(selection, "passed_") if owners is None else {"passed_owner": _people(owners)}
    return _url({"passed": _keys(stages)}, _span("passed", period or selection.period), whose)


def cohort_url(selection: Selection, stages: Iterable[Stage] = (), state: str = "") -> str:
    """Deals opened in the period that reached these stages."""
    reached = {"reached": _keys(stages), "state": state}
    return _url(_pipelines(selection), reached, _span("opened", selection.period), _owners(selection))


def closed_url(selection: Selection, state: str, **more: Any) -> str:
    """Deals closed in the period, of their owners now."""
    closed = _span("closed", selection.period)
    return _url(_pipelines(selection), {"state": state}, closed, _owners(selection), more)


def open_url(selection: Selection, *, owners: Iterable[int | None] | None = None, **more: Any) -> str:
    whose = _owners(selection) if owners is None else {"owner": _people(owners)}
    return _url(_pipelines(selection), {"state": "open"}, whose, more)


def report_url(key: str, selection: Selection, params: Mapping[str, Any]) -> str:
    """A report of the catalogue with the same pipeline, people and days."""
    whose = {each: params[each].pk for each in ("department", "owner") if params.get(each)}
    asked = _pipelines(selection) | whose | {"from": selection.period.first, "to": selection.period.last}
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('reports:report', args=[key])}?{said}"


def query_of(said: Mapping[str, Any]) -> str:
    """What was asked, as a query string; what was not is left out."""
    return urlencode({name: value for name, value in said.items() if value})


def as_of_url(on: Any, params: Mapping[str, Any]) -> str:
    """The pipeline when a day ended, of the same pipeline and people."""
    whose = {each: params[each].pk for each in ("pipeline", "department", "owner") if params.get(each)}
    return f"{reverse('reports:pipeline_on')}?{query_of(whose | {'on': on})}"


def deal_url(pk: int) -> str:
    return reverse("deals:page", args=[pk])


def _url(*parts: Asked) -> str:
    asked = {key: value for part in parts for key, value in part.items() if value not in ("", None)}
    return f"{_list_of_deals()}?{urlencode(asked, safe=',')}"


@cache
def _list_of_deals() -> str:
    """Asked for hundreds of times a page, and the same all day."""
    return reverse("deals:list")


def _keys(stages: Iterable[Stage]) -> str:
    return ",".join(str(stage.pk) for stage in stages)


def _people(owners: Iterable[int | None]) -> str:
    return ",".join("none" if owner is None else str(owner) for owner in owners)


def _pipelines(selection: Selection) -> Asked:
    if len(selection.pipelines) == len(selection.reader.pipelines):
        return {}
    return {"pipeline": ",".join(str(pipeline.pk) for pipeline in selection.pipelines)}


def _span(name: str, period: Period) -> Asked:
    return {f"{name}_from": period.first, f"{name}_to": period.last}


def _owners(selection: Selection, then: str = "") -> Asked:
    """Said whenever the figures are not everybody's: the list also shows what a person only helps with."""
    people = selection.people
    if people is None:
        return {}
    if selection.whole_department is not None:
        return {f"{then}department": selection.whole_department.pk}
    return {f"{then}owner": _people(sorted(people) or [selection.reader.user.pk])}
