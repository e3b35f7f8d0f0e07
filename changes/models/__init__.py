from changes.models.change_set import ChangeKind, ChangeSet, ChangeState
from changes.models.result_row import Outcome, ResultRow
from changes.models.selection import Selection
from changes.models.trash_entry import KeptRows, TrashEntry

__all__ = [
    "ChangeKind",
    "ChangeSet",
    "ChangeState",
    "KeptRows",
    "Outcome",
    "ResultRow",
    "Selection",
    "TrashEntry",
]
