"""The forms of what is drawn: those of the outline for its blocks, and the same ones for nodes and flows of a graph."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import operations
from processes.canvas import changing
from processes.editing import block_forms, parts
from processes.editing.action_form import ActionForm
from processes.editing.around import Around
from processes.editing.choices import LABELS
from processes.graph.blocks import find
from processes.graph.model import Flow, Graph, Kind
from processes.queries.words import KIND_WORDS

FLOW_HEADING = gettext_lazy("Line")


class EachForm(block_forms.RepeatForm):
    """A repeat of a graph has a body of its own; “until” is a line that leads back there."""

    def prepare(self) -> None:
        super().prepare()
        ways: Any = self.fields["way"]
        ways.choices = [each for each in ways.choices if each[0] != "until"]

    def changes(self) -> dict[str, Any]:
        other = {"times": None, "each": None}
        return other | super().changes()


class JoinForm(block_forms.TogetherForm):
    """A join knows all of them or a number; the first is a number too."""

    def changes(self) -> dict[str, Any]:
        said = super().changes()
        return said | {"need": 1 if said["need"] == "first" else said["need"]}


class FlowForm(block_forms.NamedForm):
    heading = FLOW_HEADING


class WayForm(block_forms.ChoiceBranchForm):
    """A way out of a choice: with a condition, or taken otherwise."""

    is_else = forms.BooleanField(label=gettext_lazy("Taken when no other way is"), required=False)

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {"is_else": value.get("is_else", False)}

    def parts(self) -> list[Any]:
        return [self.row("is_else"), *super().parts()]

    def changes(self) -> dict[str, Any]:
        said = super().changes()
        if self.cleaned_data["is_else"]:
            return said | {"is_else": True, "when": None}
        return said | {"is_else": False}


class OutcomeForm(FlowForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Taken when it is"),
        choices=[
            ("approved", gettext_lazy("approved")),
            ("returned", gettext_lazy("returned")),
            ("declined", gettext_lazy("declined")),
        ],
    )

    def initial_of(self, value: dict[str, Any]) -> dict[str, Any]:
        return super().initial_of(value) | {"outcome": value.get("outcome", "")}

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"outcome": self.cleaned_data["outcome"]}


OF_NODES: dict[Kind, Any] = {
    Kind.START: block_forms.NamedForm,
    Kind.END: block_forms.EndForm,
    Kind.TASK: block_forms.TaskForm,
    Kind.APPROVAL: block_forms.ApprovalForm,
    Kind.ACTION: ActionForm,
    Kind.WAIT: block_forms.WaitForm,
    Kind.CALL: block_forms.CallForm,
    Kind.CHOICE: block_forms.NamedForm,
    Kind.SPLIT: block_forms.NamedForm,
    Kind.RACE: block_forms.NamedForm,
    Kind.JOIN: JoinForm,
    Kind.SCOPE: block_forms.StageForm,
    Kind.EACH: EachForm,
}
SAID_BY_FORM = frozenset({Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.EACH})
OF_FLOWS = {Kind.CHOICE: WayForm, Kind.APPROVAL: OutcomeForm}


def form_of(around: Around, key: str, data: Any = None, *, is_line: bool = False) -> Any:
    """Of a node, or of a flow. Raises Http404 for what has no form or is not there."""
    if around.process.graph is None:
        return parts.form_of(around, block_of(around.process.outline, key), data)
    graph = operations.draft_graph(around.process)
    if not is_line and (node := graph.nodes.get(key)) is not None:
        form = OF_NODES[node.kind](around, {**node.data, "name": node.name, "id": key}, data)
        form.heading = form.heading or LABELS.get(str(node.kind)) or KIND_WORDS.get(node.kind, _("Step"))
        return form
    if is_line and (flow := _flow(graph, key)) is not None:
        said = {"name": flow.name, "when": flow.when, "is_else": flow.is_else, "outcome": flow.outcome}
        return OF_FLOWS.get(graph.nodes[flow.source].kind, FlowForm)(around, said, data)
    raise Http404


def keep(around: Around, key: str, form: Any, *, is_line: bool, revision: int, by: Any, at: datetime) -> None:
    """What a valid form says, kept. Raises Stale where somebody else was faster, and Refused."""
    process = around.process
    told: dict[str, Any] = {"revision": revision, "by": by, "at": at}
    if process.graph is None:
        return parts.keep(around, block_of(process.outline, key), form, **told)
    graph = operations.draft_graph(process)
    change = changing.change_flow if is_line else changing.change_node
    changes = form.changes()
    if not is_line and graph.nodes[key].kind in SAID_BY_FORM:
        changes["refused"] = None  # what a file could not say is said now
    changed = change(graph, key, changes)
    operations.edit(process, **told, graph=changed.to_json())
    return None


def block_of(outline: Any, key: str) -> str:
    """The block or branch a node or flow of an outline's graph belongs to. Raises Http404 for the start and the end."""
    outline = outline or {"blocks": []}
    block = key.partition(":")[0]
    for each in (key, block):
        if find(outline, each) is not None or parts.branch_of(outline, each) is not None:
            return each
    raise Http404


def _flow(graph: Graph, key: str) -> Flow | None:
    return next((each for each in graph.flows if each.key == key), None)
