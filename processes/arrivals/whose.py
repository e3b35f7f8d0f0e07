"""Who will get what comes, as far as it can be known beforehand: a person, or somebody of a role."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.automation import all_subjects
from processes.models import Run
from users.heads import heads_of
from users.models import User

OF_ROLE = frozenset({"role", "least_busy", "in_turn"})


@dataclass(frozen=True, slots=True)
class Whose:
    """By run: who owns its record, and their head; and who of all these works here."""

    owners: Mapping[int, int]
    heads: Mapping[int, int | None]
    here: frozenset[int]

    def of(self, who: Mapping[str, Any], run: Run) -> tuple[list[int], str]:
        """(people, role): one of the two is empty. Where nobody is meant, whoever answers for the process."""
        kind = who.get("kind", "")
        if kind in OF_ROLE:
            return [], str(who["key"])
        owner = self.owners.get(run.pk)
        meant: list[int | None]
        match kind:
            case "person":
                meant = [who["id"]]
            case "people":
                meant = list(who["ids"])
            case "owner":
                meant = [owner]
            case "head":
                meant = [self.heads.get(owner) if owner else None]
            case _:
                meant = [run.started_by_id]
        found = [key for key in meant if key in self.here]
        return found or [key for key in (run.process.owner_id,) if key in self.here], ""


def whose(runs: Sequence[Run], named: set[int]) -> Whose:
    """For runs read with their process; `named` are people whom steps name. A statement a kind of record, and three."""
    of_kind: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        of_kind[run.subject_kind][run.subject_id].append(run.pk)
    owners: dict[int, int] = {}
    for kind, records in of_kind.items():
        about = all_subjects().get(kind)
        if about is None or not about.of_owner:
            continue
        rows = about.model._default_manager.filter(pk__in=records).order_by()
        for key, owner in rows.values_list("pk", about.of_owner):
            if owner is not None:
                owners |= dict.fromkeys(records[key], owner)
    people = list(User.objects.filter(pk__in=set(owners.values())).order_by())
    heads = heads_of(people)
    keys = {*named, *owners.values(), *heads.values()}
    keys |= {run.started_by_id for run in runs} | {run.process.owner_id for run in runs}
    here = User.objects.active().filter(pk__in=keys - {None}).order_by().values_list("pk", flat=True)
    return Whose(owners, heads, frozenset(here))
