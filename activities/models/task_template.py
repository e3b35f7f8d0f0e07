from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskKind(models.TextChoices):
    TODO = "todo", _("to-do")
    CALL = "call", _("call")
    MAIL = "mail", _("letter")
    MESSAGE = "message", _("message")
    VISIT = "visit", _("visit")
    DOCUMENT = "document", _("document")


class TaskTemplate(models.Model):
    """A kind of work the company does again and again; each may name what follows it: a chain."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    title = models.CharField(_("what"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=TaskKind, default=TaskKind.TODO)
    due_in = models.PositiveSmallIntegerField(
        _("due in"), default=1, help_text=_("working days from when it is planned")
    )
    estimate = models.PositiveIntegerField(
        _("estimate"), null=True, blank=True, help_text=_("minutes of work")
    )
    checklist = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    followed_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("followed by"),
        help_text=_("What is to be done next, once this is done"),
    )
    is_automatic = models.BooleanField(
        _("plan it without asking"),
        default=False,
        help_text=_("Otherwise it is suggested when this is marked done"),
    )
    is_retired = models.BooleanField(_("no longer offered"), default=False)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("task template")
        verbose_name_plural = _("task templates")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(followed_by=models.F("id")), name="template_not_after_itself")
        ]

    def __str__(self) -> str:
        return self.name
