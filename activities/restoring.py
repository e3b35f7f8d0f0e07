"""How tasks and meetings are put back when a change-set is undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activities.giving import give_tasks
from activities.models import Meeting, Task
from changes import restoring
from changes.models import ChangeSet
from changes.restoring import Restorer, Values, history_of, named_values, one_by_one


def register() -> None:
    restoring.register(
        Restorer(
            record="task",
            model=Task,
            history=history_of(Task),
            rights={"owner_id": "activities.assign"},
            put_back=_tasks,
        )
    )
    restoring.register(
        Restorer(
            record="meeting",
            model=Meeting,
            history=history_of(Meeting),
            rights={"owner_id": "activities.change"},
            put_back=one_by_one(Meeting, _meeting),
        )
    )


def _tasks(wanted: Mapping[int, Values], *, by: Any, at: datetime, undone: ChangeSet) -> dict[int, str]:
    return give_tasks({key: values["owner_id"] for key, values in wanted.items()}, by=by, at=at)


def _meeting(meeting: Meeting, values: Values, *, by: Any, at: datetime) -> None:
    meeting.give(named_values(Meeting, values)["owner"], by=by, at=at)
