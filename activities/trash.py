"""What becomes of activities when what they are about goes into the trash.

With a client, all of them go. With a deal, what was planned or written for it goes; what was done with the client
(calls, messages, meetings that were held) stays with the client. With a contact nothing goes: it is the client's.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from activities.facts.records import FileRemoved, FileRestored
from activities.facts.tasks import TaskRestored, TaskTrashed
from activities.models import Attachment, Task
from changes.models import TrashEntry
from changes.trash import kinds
from changes.trash.kinds import Shown, Trashable

LINKED = ("Task", "Meeting", "Call", "Message", "Note", "Attachment")
ORDER = 30
OF_FILE = ("task_id", "meeting_id")
OF_CLIENT = Q(account__isnull=False)


def register() -> None:
    for model in LINKED:
        kinds.stays(f"activities.{model}", "contact", OF_CLIENT)
    for link in ("account", "contact", "deal"):
        kinds.stays("activities.Project", link)
    for model in ("Call", "Message"):
        kinds.stays(f"activities.{model}", "deal", OF_CLIENT)
    kinds.stays("activities.Meeting", "deal", OF_CLIENT & Q(state="held"))
    with_what_stays = Q(message__isnull=False) | Q(meeting__state="held")
    kinds.stays("activities.Attachment", "deal", OF_CLIENT & with_what_stays)
    kinds.show(
        *(Shown(model=f"activities.{model}") for model in LINKED),
    )
    kinds.register(
        Trashable(
            record="task",
            subject="task",
            model=Task,
            right="activities.change",
            view_right="activities.view",
            team_of=lambda task: task.team_ids,
            trashed=lambda entry, said: TaskTrashed(**_named(entry, said), reason=entry.reason),
            restored=lambda entry, said: TaskRestored(**_named(entry, said)),
            order=ORDER,
            is_part=True,
        )
    )
    kinds.register(
        Trashable(
            record="file",
            subject="file",
            model=Attachment,
            right="activities.change",
            view_right="activities.view",
            team_of=lambda file: file.team_ids,
            trashed=lambda entry, said: FileRemoved(**_of_file(entry, said)),
            restored=lambda entry, said: FileRestored(**_of_file(entry, said)),
            names=OF_FILE,
            page=lambda file: file.holder.get_absolute_url(),
            order=ORDER,
            is_part=True,
        )
    )
    kinds.on_forgetting("activities.Attachment", forget_bytes)


def forget_bytes(rows: Sequence[Mapping[str, Any]]) -> None:
    """The files themselves, once it is committed that their rows are gone."""
    storage = Attachment._meta.get_field("file").storage  # type: ignore[union-attr]
    for row in rows:
        transaction.on_commit(partial(storage.delete, str(row["file"])), robust=True)


def _named(entry: TrashEntry, said: Mapping[str, Any]) -> dict[str, Any]:
    links = {name: said[name] for name in ("account_id", "contact_id", "deal_id", "owner_id")}
    return {"task_id": entry.record_id, "title": entry.title, **links}


def _of_file(entry: TrashEntry, said: Mapping[str, Any]) -> dict[str, Any]:
    links = {name: said[name] for name in ("account_id", "contact_id", "deal_id", *OF_FILE)}
    return {"file_id": entry.record_id, "name": entry.title, **links}
