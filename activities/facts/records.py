"""What is written down: calls, notes, messages, files. Their words stay in the records, where they can be mended."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activities.facts.about import About
from foundation.facts import fact


class AboutCall(About):
    call_id: int
    direction: str = "out"
    result: str = "reached"

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("call", self.call_id), *self.linked()]


@fact("call.logged", label=gettext_lazy("Call logged"), icon="phone")
class CallLogged(AboutCall):
    duration: int | None = None
    task_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("task", self.task_id)]

    def sentence(self) -> str:
        said = {
            "direction": _labelled("Direction", self.direction),
            "result": _labelled("CallResult", self.result),
        }
        if not self.duration:
            return _("Call %(direction)s: %(result)s") % said
        minutes = ngettext("%(n)s minute", "%(n)s minutes", self.duration) % {"n": self.duration}
        return _("Call %(direction)s: %(result)s, %(minutes)s") % {**said, "minutes": minutes}


@fact("call.corrected", label=gettext_lazy("Call corrected"), icon="edit")
class CallCorrected(AboutCall):
    fields: list[str]
    from_deal_id: int | None = None


@fact("call.removed", label=gettext_lazy("Call taken back"), icon="phone-x")
class CallRemoved(AboutCall):
    pass


class AboutNote(About):
    note_id: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("note", self.note_id), *self.linked()]


@fact("note.added", label=gettext_lazy("Note"), icon="note")
class NoteAdded(AboutNote):
    mentioned_ids: list[int] | None = None


@fact("note.edited", label=gettext_lazy("Note reworded"), icon="edit")
class NoteEdited(AboutNote):
    mentioned_ids: list[int] | None = None


@fact("note.pinned", label=gettext_lazy("Note pinned"), icon="pin")
class NotePinned(AboutNote):
    pass


@fact("note.unpinned", label=gettext_lazy("Note no longer pinned"), icon="pinned-off")
class NoteUnpinned(AboutNote):
    pass


@fact("note.removed", label=gettext_lazy("Note removed"), icon="note-off")
class NoteRemoved(AboutNote):
    pass


@fact("message.logged", label=gettext_lazy("Message kept"), icon="mail")
class MessageLogged(About):
    message_id: int
    channel: str
    direction: str
    subject: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("message", self.message_id), *self.linked()]

    def sentence(self) -> str:
        said = {
            "direction": _labelled("Direction", self.direction),
            "channel": _labelled("MessageChannel", self.channel),
            "subject": self.subject,
        }
        if self.subject:
            return _("Message %(direction)s, %(channel)s: %(subject)s") % said
        return _("Message %(direction)s, %(channel)s") % said


class AboutFile(About):
    file_id: int
    name: str
    task_id: int | None = None
    meeting_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("file", self.file_id), ("task", self.task_id), ("meeting", self.meeting_id), *self.linked()]


@fact("file.added", label=gettext_lazy("File added"), icon="paperclip")
class FileAdded(AboutFile):
    def sentence(self) -> str:
        return _("File added: %(name)s") % {"name": self.name}


@fact("file.removed", label=gettext_lazy("File removed"), icon="trash")
class FileRemoved(AboutFile):
    def sentence(self) -> str:
        return _("File removed: %(name)s") % {"name": self.name}


@fact("file.restored", label=gettext_lazy("File taken out of the trash"), icon="trash-off")
class FileRestored(AboutFile):
    def sentence(self) -> str:
        return _("File taken out of the trash: %(name)s") % {"name": self.name}


def _labelled(choices: str, value: str) -> Any:
    """The word of a choice; one this version no longer has, as it was told."""
    from activities import models

    return dict(getattr(models, choices).choices).get(value, value)
