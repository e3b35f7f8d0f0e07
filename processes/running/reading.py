"""S1: the run of a step, locked in one statement, with the graph it is carried out by."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from processes.graph.model import Graph
from processes.models import Run, Version


@lru_cache(maxsize=500)
def graph_of(version_id: int) -> Graph:
    """The graph of a published version, which never changes and so is read once in a process."""
    return Graph.from_json(Version.objects.values_list("graph", flat=True).get(pk=version_id))


@lru_cache(maxsize=500)
def starts_of(version_id: int) -> tuple[dict[str, Any], ...]:
    """Its beginnings, read once in a process as its graph is."""
    return tuple(Version.objects.values_list("starts", flat=True).get(pk=version_id))


def locked(run_id: int) -> Run | None:
    """The run with its process, its row locked until the transaction ends; None where it is gone. Waits for others."""
    return Run.objects.select_for_update(of=("self",)).select_related("process").filter(pk=run_id).first()


def all_locked(keys: Collection[int]) -> dict[int, Run]:
    """Several runs in one statement, always in the order of their keys, so that two who want some never wait in a
    circle."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("process").filter(pk__in=keys)
    return {run.pk: run for run in rows.order_by("pk")}
