"""The parts of a draft that have a form: the settings, each beginning, each block, each branch. Found by their key."""

from datetime import datetime
from typing import Any

from django.http import Http404

from processes import operations
from processes.editing import block_forms
from processes.editing.action_form import ActionForm
from processes.editing.around import Around
from processes.editing.choices import LABELS
from processes.editing.process_forms import SettingsForm, StartForm
from processes.graph import editing
from processes.graph.blocks import BRANCHING, Block, Outline, find, walk

SETTINGS, START, NEW = "settings", "start-", "new"
OF_BLOCKS: dict[str, Any] = {
    "task": block_forms.TaskForm,
    "approval": block_forms.ApprovalForm,
    "action": ActionForm,
    "choice": block_forms.NamedForm,
    "together": block_forms.TogetherForm,
    "race": block_forms.NamedForm,
    "wait": block_forms.WaitForm,
    "repeat": block_forms.RepeatForm,
    "stage": block_forms.StageForm,
    "call": block_forms.CallForm,
    "end": block_forms.EndForm,
    "back": block_forms.BackForm,
}
OF_BRANCHES: dict[str, Any] = {
    "choice": block_forms.ChoiceBranchForm,
    "together": block_forms.NamedForm,
    "race": block_forms.RaceBranchForm,
}


def form_of(around: Around, key: str, data: Any = None) -> Any:
    """The form of a part. Raises Http404 for a part that is not there any more."""
    process = around.process
    outline = process.outline or {"blocks": []}
    if key == SETTINGS:
        return SettingsForm(around, data)
    if key.startswith(START):
        return StartForm(around, _start(process, key), data)
    if (block := find(outline, key)) is not None:
        form = OF_BLOCKS[block["kind"]](around, block, data)
        form.heading = form.heading or LABELS[block["kind"]]
        return form
    if (found := branch_of(outline, key)) is not None:
        form = OF_BRANCHES[found[0]["kind"]](around, found[1], data)
        form.heading = form.heading or LABELS[found[0]["kind"]]
        return form
    raise Http404


def keep(around: Around, key: str, form: Any, *, revision: int, by: Any, at: datetime) -> None:
    """Keep what a valid form says. Raises Stale where somebody else was faster, and Refused."""
    process = around.process
    told: dict[str, Any] = {"revision": revision, "by": by, "at": at}
    if key == SETTINGS:
        operations.edit(process, **told, **form.cleaned_data)
    elif key.startswith(START):
        starts, place = list(process.starts), key.removeprefix(START)
        if place == NEW:
            starts.append(form.start())
        else:
            starts[int(place)] = form.start()
        operations.edit(process, **told, starts=starts)
    else:
        operations.edit(
            process, **told, outline=_changed(process.outline or {"blocks": []}, key, form.changes())
        )


def branch_of(outline: Outline, key: str) -> tuple[Block, dict[str, Any]] | None:
    for block, _depth, _place in walk(outline):
        if block["kind"] in BRANCHING:
            for branch in block["branches"]:
                if branch["id"] == key:
                    return block, branch
    return None


def _changed(outline: Outline, key: str, changes: dict[str, Any]) -> Outline:
    if find(outline, key) is not None:
        return editing.change_block(outline, key, changes)
    return editing.change_branch(outline, key, changes)


def _start(process: Any, key: str) -> dict[str, Any]:
    place = key.removeprefix(START)
    if place == NEW:
        return {}
    if not place.isdigit() or int(place) >= len(process.starts):
        raise Http404
    return dict(process.starts[int(place)])
