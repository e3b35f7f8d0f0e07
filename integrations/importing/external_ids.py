"""Finding again what another system's files brought before, a batch at a time."""

from collections.abc import Iterable

from django.db import connection

from integrations.models import ExternalId


def wait_for_turn(system: str, kind: str) -> None:
    """Imports of one kind from one system go one after another, so that none makes what another is making."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {system} {kind}"])


def objects_by_key(system: str, kind: str, keys: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    rows = ExternalId.objects.filter(system=system, kind=kind, key__in=list(keys)).order_by("pk")
    for key, object_id in rows.values_list("key", "object_id"):
        found.setdefault(key, []).append(object_id)
    return found


def remember(system: str, kind: str, pairs: Iterable[tuple[str, int]]) -> None:
    ExternalId.objects.bulk_create(
        (ExternalId(system=system, kind=kind, key=key, object_id=object_id) for key, object_id in pairs),
        ignore_conflicts=True,
        batch_size=2_000,
    )
