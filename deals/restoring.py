"""How deals are put back when a change-set is undone: many at once, as they were changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Source
from accounts.restoring import custom_label, custom_words
from changes import restoring
from changes.models import ChangeSet
from changes.restoring import Restorer, Values, history_of
from deals.bulk_writing import NEXT_STEP, WORTH, Change, write_many
from deals.models import Deal, Stage
from foundation.errors import Refused
from users.models import User

ASSIGN, CHANGE, MOVE = "deals.assign", "deals.change", "deals.move"
CHANGED = (
    "title",
    "account_id",
    "amount",
    "currency",
    "source_id",
    "expected_close_on",
    "custom",
    *NEXT_STEP,
)


def register() -> None:
    restoring.register(
        Restorer(
            record="deal",
            model=Deal,
            history=history_of(Deal),
            rights={"owner_id": ASSIGN, "team_ids": ASSIGN, "stage_id": MOVE}
            | dict.fromkeys(CHANGED, CHANGE),
            parts=frozenset({"custom"}),
            hidden=frozenset({"team_ids"}),
            put_back=put_back,
            label=lambda name: custom_label("deal", name),
            words=lambda name, values, reader: custom_words("deal", name, values, reader),
        )
    )


def put_back(wanted: Mapping[int, Values], *, by: Any, at: datetime, undone: ChangeSet) -> dict[int, str]:
    """In a few statements; only what was closed, opened or taken to another pipeline goes by the verbs of one deal."""
    known = Known(wanted.values())
    refused: dict[int, str] = {}
    with transaction.atomic():
        changes = []
        for deal in Deal.objects.select_for_update().filter(pk__in=wanted).order_by("pk"):
            columns = _columns(deal, wanted[deal.pk])
            objection = known.objection(deal, columns)
            if objection:
                refused[deal.pk] = objection
                continue
            if "stage_id" in columns and _goes_alone(deal, known.stages[columns["stage_id"]]):
                stage = known.stages[columns.pop("stage_id")]
                if objection := _gone_back(deal, stage, by=by, at=at):
                    refused[deal.pk] = objection
                    continue
            if columns:
                changes.append(Change(deal, columns))
        write_many(changes, by=by, at=at)
    return refused


class Known:
    """What there still is of the people, clients, sources and stages that deals are to go back to."""

    def __init__(self, wanted: Iterable[Values]) -> None:
        said = list(wanted)
        keys = {
            name: {values[name] for values in said if values.get(name) is not None}
            for name in ("owner_id", "account_id", "source_id", "stage_id")
        }
        self.people = {each.pk: each for each in User.objects.filter(pk__in=keys["owner_id"])}
        self.accounts = set(Account.objects.filter(pk__in=keys["account_id"]).values_list("pk", flat=True))
        self.sources = set(Source.objects.filter(pk__in=keys["source_id"]).values_list("pk", flat=True))
        self.stages = {each.pk: each for each in Stage.objects.filter(pk__in=keys["stage_id"])}

    def objection(self, deal: Deal, columns: Values) -> str:
        """Why the deal cannot have these values again."""
        owner = columns.get("owner_id")
        if owner is not None and not self.people[owner].is_active:
            return _("%(name)s no longer works here.") % {"name": self.people[owner].name}
        for name, there_are in (("account_id", self.accounts), ("source_id", self.sources)):
            if columns.get(name) is not None and columns[name] not in there_are:
                return _("What stood there is gone.")
        stage_id = columns.get("stage_id")
        if stage_id is not None and stage_id not in self.stages:
            return _("The stage it stood in is gone.")
        if (
            not deal.is_open
            and not columns.keys().isdisjoint({*NEXT_STEP, *WORTH})
            and "stage_id" not in columns
        ):
            return _("The deal is closed.")
        return ""


def _columns(deal: Deal, values: Values) -> dict[str, Any]:
    """Parts of `custom` put into the whole of it."""
    columns: dict[str, Any] = {}
    custom = dict(deal.custom)
    for name, value in values.items():
        column, dot, key = name.partition(".")
        if not dot:
            columns[column] = value
        elif value is None:
            custom.pop(key, None)
        else:
            custom[key] = value
    return columns | ({"custom": custom} if custom != deal.custom else {})


def _goes_alone(deal: Deal, stage: Stage) -> bool:
    return not deal.is_open or not stage.is_open or stage.pipeline_id != deal.pipeline_id


def _gone_back(deal: Deal, stage: Stage, *, by: Any, at: datetime) -> str:
    """To its stage of another pipeline, or open again; what was closed before is closed by hand, with its reason."""
    if not stage.is_open:
        return _("It was closed as “%(stage)s” before; close it by hand.") % {"stage": stage.name}
    try:
        with transaction.atomic():
            if deal.is_open:
                deal.transfer(stage, by=by, at=at, is_undo=True)
            else:
                deal.reopen(by=by, at=at, stage=stage)
    except Refused as refusal:
        return refusal.message
    return ""
