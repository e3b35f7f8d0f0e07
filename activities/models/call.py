from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.authored import Authored
from activities.models.task import Task


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

    def named(self) -> dict[str, Any]:
        return {"call_id": self.pk, **self.links()}
