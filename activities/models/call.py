from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.facts import records as facts
from activities.models.authored import Authored, worded
from activities.models.task import Task
from foundation.facts import tell


class CallResult(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    BUSY = "busy", _("busy")
    CALL_BACK = "call_back", _("asked to call back")
    WRONG_NUMBER = "wrong", _("wrong number")


class Direction(models.TextChoices):
    OUT = "out", _("outgoing")
    IN = "in", _("incoming")


class Call(Authored):
    """A telephone call that took place. One still to be made is a task of the kind “call”."""

    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.OUT)
    result = models.CharField(_("result"), max_length=9, choices=CallResult, default=CallResult.REACHED)
    duration = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text="E.164")
    note = models.TextField(_("what was said"), blank=True)
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, related_name="calls", help_text="that planned it"
    )

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=CallResult.values), name="call_result_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="call_direction_known"),
        ]
        indexes = Authored.indexes_named("call")

    def __str__(self) -> str:
        return f"{self.get_direction_display()}, {self.get_result_display()}"

    def get_absolute_url(self) -> str:
        return reverse("activities:call", args=[self.pk])

    @classmethod
    def log(
        cls,
        *,
        by: Any,
        at: datetime,
        direction: str = Direction.OUT,
        result: str = CallResult.REACHED,
        duration: int | None = None,
        phone: str = "",
        note: str = "",
        task: Task | None = None,
        cause: Any = None,
        **links: Any,
    ) -> "Call":
        """A call that took place at a moment; `duration` in minutes. `task` planned it and says what it is about."""
        with transaction.atomic():
            if task is not None:
                links = {
                    name: links.get(name) or getattr(task, name) for name in ("account", "contact", "deal")
                }
            said: dict[str, Any] = {
                "direction": direction,
                "result": result,
                "duration": duration,
                "phone": phone[:20],
            }
            call = cls.written(author=by, at=at, note=worded(note), task=task, **said, **links)
            call.save(force_insert=True)
            told = facts.CallLogged(duration=duration, task_id=call.task_id, **call.named())
            tell(told, by=by, at=at, cause=cause)
        return call

    def correct(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        """What was written down wrongly: result, words, minutes, or whom it was with."""
        with transaction.atomic():
            call = self.lock()
            changed = [name for name, value in changes.items() if getattr(call, name) != value]
            if not changed:
                return
            before = call.deal_id
            for name in changed:
                setattr(call, name, changes[name])
            call.account = changes.get("account", call.account)
            call.settle_links()
            call.save()
            told = facts.CallCorrected(fields=changed, from_deal_id=before, **call.named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def take_back(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        """It was logged by mistake."""
        with transaction.atomic():
            call = self.lock()
            told = facts.CallRemoved(**call.named())
            call.delete()
            tell(told, by=by, at=at, cause=cause)

    def named(self) -> dict[str, Any]:
        return {"call_id": self.pk, "direction": self.direction, "result": self.result, **self.links()}
