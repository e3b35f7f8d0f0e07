"""What happens to tasks."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.facts import because
from activities.facts.about import About
from foundation.facts import fact


class AboutTask(About):
    task_id: int
    title: str
    owner_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("task", self.task_id), *self.linked()]


@fact("task.planned", label=gettext_lazy("Task planned"), icon="checkbox")
class TaskPlanned(AboutTask):
    owner: str
    due_on: date | str | None = None

    def sentence(self) -> str:
        return _("Planned for %(owner)s: %(title)s") % {"owner": self.owner, "title": self.title}


@fact("task.changed", label=gettext_lazy("Task changed"), icon="edit")
class TaskChanged(AboutTask):
    fields: list[str]
    from_deal_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("deal", self.from_deal_id)]

    def sentence(self) -> str:
        from activities.models import Task

        names = [str(getattr(Task._meta.get_field(name), "verbose_name", name)) for name in self.fields]
        return _("%(title)s changed: %(fields)s") % {"title": self.title, "fields": ", ".join(names)}


@fact("task.reassigned", label=gettext_lazy("Task given to somebody else"), icon="user-share")
class TaskReassigned(AboutTask):
    from_id: int | None = None
    from_name: str
    to_name: str

    def sentence(self) -> str:
        return _("%(title)s: %(before)s → %(after)s") % {
            "title": self.title,
            "before": self.from_name,
            "after": self.to_name,
        }


@fact("task.snoozed", label=gettext_lazy("Task put off"), icon="clock-pause")
class TaskSnoozed(AboutTask):
    until: str

    def sentence(self) -> str:
        return _("Put off: %(title)s") % {"title": self.title}


@fact("task.resurfaced", label=gettext_lazy("Task back in sight"), icon="clock-play")
class TaskResurfaced(AboutTask):
    def sentence(self) -> str:
        return _("Back in sight: %(title)s") % {"title": self.title}


@fact("task.state_changed", label=gettext_lazy("Task taken up or waiting"), icon="progress")
class TaskStateChanged(AboutTask):
    before: str
    after: str

    def sentence(self) -> str:
        from activities.models.task import TaskState

        return _("%(title)s: %(before)s → %(after)s") % {
            "title": self.title,
            "before": TaskState(self.before).label,
            "after": TaskState(self.after).label,
        }


@fact("task.finished", label=gettext_lazy("Task done"), icon="circle-check")
class TaskFinished(AboutTask):
    """`no_next_step` is why nothing follows, where somebody said so."""

    outcome: str = ""
    no_next_step: str = ""

    def sentence(self) -> str:
        said = _("Done: %(title)s") % {"title": self.title}
        if self.outcome:
            said = _("Done: %(title)s. %(outcome)s") % {"title": self.title, "outcome": self.outcome}
        if self.no_next_step:
            said = _("%(said)s (no next step: %(reason)s)") % {"said": said, "reason": self.no_next_step}
        return said


@fact("task.submitted", label=gettext_lazy("Task handed in for control"), icon="eye-check")
class TaskSubmitted(AboutTask):
    controller_id: int | None = None
    outcome: str = ""

    def sentence(self) -> str:
        return _("Handed in, to be accepted: %(title)s") % {"title": self.title}


@fact("task.returned", label=gettext_lazy("Task sent back"), icon="arrow-back-up")
class TaskReturned(AboutTask):
    reason: str

    def sentence(self) -> str:
        return _("Sent back: %(title)s. %(reason)s") % {"title": self.title, "reason": self.reason}


@fact("task.cancelled", label=gettext_lazy("Task cancelled"), icon="circle-x")
class TaskCancelled(AboutTask):
    reason: str = ""

    def sentence(self) -> str:
        return _("Cancelled: %(title)s. %(reason)s") % {"title": self.title, "reason": self.reason}


@fact("task.reopened", label=gettext_lazy("Task reopened"), icon="refresh")
class TaskReopened(AboutTask):
    def sentence(self) -> str:
        return _("Reopened: %(title)s") % {"title": self.title}


@fact("task.trashed", label=gettext_lazy("Task put into the trash"), icon="trash")
class TaskTrashed(AboutTask):
    reason: str = ""

    def sentence(self) -> str:
        return _("Put into the trash: %(what)s") % {"what": because(self.title, self.reason)}


@fact("task.restored", label=gettext_lazy("Task taken out of the trash"), icon="trash-off")
class TaskRestored(AboutTask):
    def sentence(self) -> str:
        return _("Taken out of the trash: %(what)s") % {"what": self.title}


@fact("task.nudged", label=gettext_lazy("Reminded of a task by a colleague"), icon="hand-finger")
class TaskNudged(AboutTask):
    note: str = ""

    def sentence(self) -> str:
        return _("Asked how it goes: %(title)s") % {"title": self.title}


@fact("task.breached", label=gettext_lazy("Deadline missed"), icon="alert-circle")
class TaskBreached(AboutTask):
    """`side`: owner, waiting or review; `person` is who has to act, or who let it wait."""

    side: str
    person_id: int
    person: str

    def sentence(self) -> str:
        words = {"title": self.title, "name": self.person}
        if self.side == "review":
            return _("Deadline missed: %(title)s. %(name)s has to accept it.") % words
        if self.side == "waiting":
            return _("Deadline missed: %(title)s. With %(name)s it waits for somebody else.") % words
        return _("Deadline missed: %(title)s. %(name)s has to do it.") % words
