"""What the filters and forms of deals offer to choose from."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Value
from django.http import Http404

from accounts.models import Source
from deals.filters import NOBODY
from deals.models import Pipeline, Stage
from users.models import Department, User

ASKED_AS = {"owners": "owner", "departments": "department", "sources": "source"}
Option = tuple[str, str, str]


@dataclass(frozen=True)
class Choices:
    """Options as text: key, name, and the word that marks a chosen one. A list of people may hold hundreds."""

    owners: list[Option] = field(default_factory=list)
    departments: list[Option] = field(default_factory=list)
    sources: list[Option] = field(default_factory=list)


def chosen_choices(person: Any, said: dict[str, Any]) -> Choices:
    """Those of `filter_choices` that were asked for; no statement when none were."""
    keys = {kind: [key for key in said.get(name, ()) if key != NOBODY] for kind, name in ASKED_AS.items()}
    return filter_choices(person, said, keys) if any(keys.values()) else Choices()


def filter_choices(person: Any, said: dict[str, Any], only: dict[str, list[int]] | None = None) -> Choices:
    """Colleagues the person sees, departments with indentation, and sources, in one statement."""
    kinds = [
        ("owners", User.objects.visible_to(person).active(), "name", "sort_key"),
        ("departments", Department.objects.all(), "name", "path"),
        ("sources", Source.objects.all(), "name", "name"),
    ]
    parts = [
        (queryset.filter(pk__in=only[kind]) if only else queryset)
        .order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            said=F(name),
            place=F(place) if kind != "sources" else F("name"),
        )
        .values_list("kind", "place", "pk", "said")
        for kind, queryset, name, place in kinds
        if only is None or only[kind]
    ]
    found: dict[str, list[Option]] = defaultdict(list)
    chosen = {kind: frozenset(said.get(name, ())) for kind, name in ASKED_AS.items()}
    for kind, place, pk, name in sorted(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]):
        indent = "\N{NO-BREAK SPACE}" * 2 * max(0, place.count("/") - 2) if kind == "departments" else ""
        found[kind].append((str(pk), indent + name, "selected" if pk in chosen[kind] else ""))
    return Choices(**found)


def pipelines_with_stages(also: int | None = None) -> list[Pipeline]:
    """Pipelines that take deals, and one more by key; each with `steps`, its stages in order. One statement."""
    stages = Stage.objects.select_related("pipeline").order_by(
        "pipeline__position", "pipeline_id", "position", "pk"
    )
    found: dict[int, Any] = {}
    for stage in stages:
        if stage.pipeline_id not in found:
            found[stage.pipeline_id] = stage.pipeline
            stage.pipeline.steps = []  # type: ignore[attr-defined]
        found[stage.pipeline_id].steps.append(stage)
    for pipeline in found.values():
        pipeline.steps.sort(key=lambda stage: stage.place)
    return [pipeline for pipeline in found.values() if not pipeline.is_retired or pipeline.pk == also]


def chosen_pipeline(pipelines: list[Any], key: int | None) -> Any:
    """The one asked for, else the first. 404 for a key that is none of them."""
    if key is None:
        return pipelines[0] if pipelines else None
    for pipeline in pipelines:
        if pipeline.pk == key:
            return pipeline
    raise Http404
