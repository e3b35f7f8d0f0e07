"""Many deals changed together: what can be, who may, and what each of them says to it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.custom.bulk import custom_choices, custom_columns
from changes.bulk import kinds
from changes.bulk.editing import Edit, Judge, Verdict
from changes.bulk.kinds import BulkKind, BulkWords
from deals.bulk_inputs import inputs
from deals.bulk_writing import Change, write_many
from deals.models import Deal, Stage
from deals.models.stage_rule import rule_of
from deals.queries.bulk import filtered, spelled
from foundation.errors import Refused

COLUMNS = {
    "owner": "owner_id",
    "stage": "stage_id",
    "source": "source_id",
    "expected_close_on": "expected_close_on",
}
RIGHTS = {"owner": "deals.assign", "stage": "deals.move"}
ONLY_OPEN = {"stage", "next_step"}
LABELS = [
    ("owner", gettext_lazy("Owner")),
    ("stage", gettext_lazy("Stage")),
    ("source", gettext_lazy("Source")),
    ("expected_close_on", gettext_lazy("Expected close")),
    ("next_step", gettext_lazy("Next step")),
]
WORDS = BulkWords(
    list=gettext_lazy("Deals"),
    tick=gettext_lazy("Tick deals to change them together"),
    kept_in_trash=gettext_lazy(
        "They go into the trash with their tasks, notes and files, from where they can be put back for ninety "
        "days. Calls, messages and meetings that took place stay with the clients."
    ),
    change=ngettext_lazy("Change %(n)d deal", "Change %(n)d deals", "n"),
    picked=ngettext_lazy("%(n)d deal selected", "%(n)d deals selected", "n"),
    changed=ngettext_lazy("%(n)d deal changed", "%(n)d deals changed", "n"),
    field_of=ngettext_lazy("%(field)s of %(n)d deal", "%(field)s of %(n)d deals", "n"),
    given=ngettext_lazy("%(n)d deal is yours now", "%(n)d deals are yours now", "n"),
    delete=ngettext_lazy("Delete %(n)d deal?", "Delete %(n)d deals?", "n"),
    put=ngettext_lazy("Put %(n)d deal into the trash", "Put %(n)d deals into the trash", "n"),
    trashed=ngettext_lazy("%(n)d deal is in the trash.", "%(n)d deals are in the trash.", "n"),
    into_trash=ngettext_lazy("%(n)d deal into the trash", "%(n)d deals into the trash", "n"),
)


class DealJudge(Judge):
    def __init__(self, edit: Edit, by: Any) -> None:
        super().__init__(edit, by, right=RIGHTS.get(edit.field, "deals.change"), columns=_columns(edit))
        if "stage_id" in self.columns:
            self.target = Stage.objects.select_related("pipeline").get(pk=self.columns["stage_id"])
            if not self.target.is_open:
                raise Refused(_("To close the deal, win it or lose it."))
            stages = Stage.objects.filter(pipeline=self.target.pipeline_id).select_related("rule", "pipeline")
            self.stages = list(stages.prefetch_related("rule__allowed_next", "rule__roles"))

    def prepare(self, records: Sequence[Deal]) -> None:
        if self.edit.field != "stage":
            return
        entering = rule_of(next(stage for stage in self.stages if stage.pk == self.target.pk))
        wanted = {"contact": "deal_contacts", "product": "lines"}
        read = [name for need, name in wanted.items() if entering and need in entering.needs]
        if read:
            prefetch_related_objects(records, *read)

    def closed(self, record: Deal) -> str:
        return _("It is closed.") if self.edit.field in ONLY_OPEN and not record.is_open else ""

    def objection(self, record: Deal) -> str:
        if self.edit.field != "stage":
            return ""
        if record.pipeline_id != self.target.pipeline_id:
            return _("“%(stage)s” belongs to another pipeline.") % {"stage": self.target.name}
        of_pipeline = {stage.pk: stage for stage in self.stages}
        leaving, entering = rule_of(of_pipeline[record.stage_id]), rule_of(of_pipeline[self.target.pk])
        missing = [
            *(leaving.dead_end(self.target) if leaving else []),
            *(entering.missing(record, self.stages, self.by) if entering else []),
        ]
        clauses = "; ".join(each.clause for each in missing)
        return f"{clauses[:1].upper()}{clauses[1:]}." if clauses else ""


def write(verdicts: Sequence[Verdict], *, by: Any, at: datetime) -> None:
    write_many([Change(each.record, each.columns) for each in verdicts], by=by, at=at)


def register() -> None:
    kinds.register(DEALS)


def _columns(edit: Edit) -> dict[str, Any]:
    """The columns an edit writes, checked as the verbs check them."""
    if edit.custom_key:
        return custom_columns("deal", edit)
    if edit.field == "next_step":
        text, on = " ".join((edit.value["next_step"] or "").split()), edit.value["next_step_on"]
        if text and not on:
            raise Refused(_("Say on which day the next step is due."))
        return {"next_step": text, "next_step_on": date.fromisoformat(on) if on else None}
    if edit.field == "expected_close_on":
        return {"expected_close_on": date.fromisoformat(edit.value) if edit.value else None}
    return {COLUMNS[edit.field]: edit.value}


DEALS = BulkKind(
    record="deal",
    title="title",
    # In the order they were opened: the sums of one batch are then of few days, half as many rows to write.
    order="opened_at",
    list_url="deals:list",
    given="deal.many_assigned",
    words=WORDS,
    records=lambda person: Deal.objects.visible_to(person),
    filtered=filtered,
    spelled=spelled,
    fields=lambda: [*((name, str(label)) for name, label in LABELS), *custom_choices("deal")],
    columns=COLUMNS,
    inputs=inputs,
    judge=DealJudge,
    write=write,
    trash_right="deals.delete",
)
