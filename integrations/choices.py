"""What an unknown name of a file may be mapped to: the names this person sees."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Industry, Source, Tag
from catalog.models import Product
from deals.models import LossReason, Pipeline, Stage, StageKind
from distribution.rights import RUN
from integrations.importing.owners import BY_RULES
from integrations.mapping import Mapping
from users.models import Department, Role, User

MOST = 300


def names(field: str, person: Any) -> list[str] | None:
    """Sorted names; None where there are too many to choose from, or no list of them."""
    found = _known(field, person)
    if found is None:
        return None
    few = list(found[: MOST + 1])
    return sorted(set(few)) if len(few) <= MOST else None


def stage_names(entity: str, mapping: Mapping) -> list[str]:
    """Open stages whose day of entering a column may give."""
    if entity != "deals":
        return []
    if mapping.pipeline:
        return [each["name"] for each in mapping.pipeline["stages"] if each["kind"] == StageKind.OPEN]
    pipeline = Pipeline.objects.filter(is_retired=False).first()
    if pipeline is None:
        return []
    return [stage.name for stage in pipeline.stages_in_order() if stage.is_open]


def _known(field: str, person: Any) -> Any:
    of_models: dict[str, Any] = {
        "industry": Industry,
        "source": Source,
        "tags": Tag,
        "loss_reason": LossReason,
        "office": Department,
        "department": Department,
        "stage": Stage,
        "pipeline": Pipeline,
        "role": Role,
        "head_role": Role,
    }
    if field in of_models:
        return _names(of_models[field].objects.all())
    if field == "product" and person.may("catalog.view"):
        return _names(Product.objects.all())
    if field in {"owner", "head"}:
        names = _names(User.objects.visible_to(person).active())
        return [str(BY_RULES), *names] if field == "owner" and person.may(RUN) else names
    return None


def _names(records: Any) -> Iterable[str]:
    return records.order_by("name").values_list("name", flat=True)
