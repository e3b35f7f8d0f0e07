"""What happens to runs of processes."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.facts import Fact, fact


class AboutRun(Fact):
    run_id: int
    process_id: int
    process: str
    subject_kind: str
    subject_id: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [(self.subject_kind, self.subject_id)]


@fact("process.started", label=gettext_lazy("Process began"), icon="player-play")
class ProcessStarted(AboutRun):
    def sentence(self) -> str:
        return _("The process “%(process)s” began") % {"process": self.process}


@fact("process.work_finished", label=gettext_lazy("Step of a process done"), icon="checkbox")
class ProcessWorkFinished(AboutRun):
    work: str
    outcome: str = ""
    comment: str = ""

    def sentence(self) -> str:
        said: dict[str, Any] = {"process": self.process, "work": self.work, "comment": self.comment}
        match self.outcome:
            case "approved":
                text = _("%(process)s: “%(work)s” approved") % said
            case "declined":
                text = _("%(process)s: “%(work)s” declined") % said
            case "returned":
                text = _("%(process)s: “%(work)s” returned") % said
            case _done:
                text = _("%(process)s: “%(work)s” done") % said
        return f"{text}. {self.comment}" if self.comment else text


@fact("process.continued", label=gettext_lazy("Process went on"), icon="player-track-next")
class ProcessContinued(AboutRun):
    at_node: str = ""

    def sentence(self) -> str:
        return _("The process “%(process)s” went on: %(node)s") % {
            "process": self.process,
            "node": self.at_node,
        }


@fact("process.ended", label=gettext_lazy("Process ended"), icon="player-stop")
class ProcessEnded(AboutRun):
    result: str = ""

    def sentence(self) -> str:
        if not self.result:
            return _("The process “%(process)s” ended") % {"process": self.process}
        return _("The process “%(process)s” ended: %(result)s") % {
            "process": self.process,
            "result": self.result,
        }


@fact("process.repaired", label=gettext_lazy("Process put right"), icon="tool")
class ProcessRepaired(AboutRun):
    how: str
    reason: str = ""

    def sentence(self) -> str:
        how = {
            "cancel": _("cancelled"), "skip": _("a step skipped"), "retry": _("tried again"),
            "restart": _("put back to a step"), "delegate": _("given to somebody else"), "nudge": _("reminded"),
            "revoke": _("revoked with those that began together"),
        }.get(self.how, self.how)  # fmt: skip
        said = {"process": self.process, "how": how}
        text = _("The process “%(process)s”: %(how)s") % said
        return f"{text}. {self.reason}" if self.reason else text


@fact("process.published", label=gettext_lazy("Process published"), icon="upload")
class ProcessPublished(Fact):
    process_id: int
    process: str
    version: int

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("process", self.process_id)]

    def sentence(self) -> str:
        return _("“%(process)s” published, version %(version)s") % {
            "process": self.process,
            "version": self.version,
        }


@fact("process.switched", label=gettext_lazy("Process switched"), icon="toggle-left")
class ProcessSwitched(Fact):
    process_id: int
    process: str
    status: str
    reason: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("process", self.process_id)]

    def sentence(self) -> str:
        words = {"on": _("running"), "paused": _("paused"), "off": _("switched off")}
        text = f"{self.process}: {words.get(self.status, self.status)}"
        return f"{text}. {self.reason}" if self.reason else text


@fact("process.moved", label=gettext_lazy("Runs moved to another version"), icon="arrow-right-circle")
class ProcessMoved(Fact):
    process_id: int
    process: str
    version: int
    runs: int
    is_undo: bool = False

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("process", self.process_id)]

    def sentence(self) -> str:
        said = {"process": self.process, "version": self.version, "n": self.runs}
        if self.is_undo:
            return (
                ngettext(
                    "“%(process)s”: %(n)s run put back from version %(version)s",
                    "“%(process)s”: %(n)s runs put back from version %(version)s",
                    self.runs,
                )
                % said
            )
        return (
            ngettext(
                "“%(process)s”: %(n)s run moved to version %(version)s",
                "“%(process)s”: %(n)s runs moved to version %(version)s",
                self.runs,
            )
            % said
        )
