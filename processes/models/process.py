from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from processes.querysets import ProcessQuerySet
from users.models import User


class Status(models.TextChoices):
    DRAFT = "draft", _("not published")
    ON = "on", _("running")
    PAUSED = "paused", _("paused")
    OFF = "off", _("switched off")


class Span(models.TextChoices):
    """In what time beginnings are counted, back from now."""

    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")

    @property
    def days(self) -> int:
        return {"day": 1, "week": 7, "month": 30}[self.value]


class Process(models.Model):
    """How the company does something: what begins it, what happens then, who is responsible for it.

    `outline` is the draft under somebody's hands, `graph` a draft that came as BPMN and fits no outline; only what is
    published as a Version is carried out. `starts` are the draft's beginnings, see processes.models.Trigger.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    subject_kind = models.CharField(_("about"), max_length=20)
    goal = models.TextField(_("what it is for"), blank=True)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.DRAFT, editable=False)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="processes", verbose_name=_("responsible"), null=True, blank=True
    )
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("Of two that wait, the higher goes first.")
    )
    is_single = models.BooleanField(
        _("one at a time"),
        default=True,
        help_text=_("While one is under way for a record, no second begins."),
    )
    pause_days = models.PositiveSmallIntegerField(
        _("days before it begins again"), null=True, blank=True, help_text=_("For the same record.")
    )
    daily_cap = models.PositiveIntegerField(
        _("at most a day"),
        null=True,
        blank=True,
        default=1_000,
        help_text=_("After as many beginnings in a day it pauses, and whoever is responsible is told."),
    )
    most_begun = models.PositiveIntegerField(
        _("not more often than"),
        null=True,
        blank=True,
        help_text=_("Beginnings for all records together. More are left out; nothing is paused."),
    )
    most_begun_in = models.CharField(_("in"), max_length=5, choices=Span, default=Span.DAY)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    outline = models.JSONField(null=True, editable=False)
    graph = models.JSONField(null=True, editable=False)
    drawing = models.JSONField(
        null=True, editable=False, help_text="what came with a BPMN file, and where things stand"
    )
    starts = models.JSONField(default=list, editable=False)
    draft_revision = models.PositiveIntegerField(default=0, editable=False)
    why = models.CharField(_("why it stands still"), max_length=300, blank=True, editable=False)
    current = models.ForeignKey(
        "processes.Version", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    made_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="process_status_known"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(current__isnull=False), name="process_on_has_version"
            ),
            models.CheckConstraint(condition=Q(most_begun_in__in=Span.values), name="process_span_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("processes:process", args=[self.pk])

    @property
    def is_on(self) -> bool:
        return self.status == Status.ON


class Version(models.Model):
    """What was published: it never changes, and every run stays on the one it began with."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    graph = models.JSONField()
    outline = models.JSONField(null=True)
    drawing = models.JSONField(null=True)
    starts = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["process", "-number"]
        constraints = [models.UniqueConstraint(fields=["process", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.process} {self.number}"


class Trigger(models.Model):
    """What begins runs of the published version: a fact with a condition, a schedule, a button, a call from outside.

    Written by publish."""

    class Kind(models.TextChoices):
        FACT = "fact", _("something happens")
        SCHEDULE = "schedule", _("a time comes")
        BUTTON = "button", _("somebody presses a button")
        CALL = "call", _("a call or a form comes in")

    process = models.ForeignKey(Process, models.CASCADE, related_name="triggers")
    kind = models.CharField(max_length=8, choices=Kind)
    fact = models.CharField(max_length=60, blank=True)
    when = models.JSONField(null=True)
    rule = models.CharField(max_length=300, blank=True, help_text="RRULE of a schedule")
    date_field = models.CharField(max_length=60, blank=True)
    offset = models.JSONField(
        null=True, help_text='from the date field: {"amount": -3, "unit": "working_days"}'
    )
    roles = ArrayField(
        models.CharField(max_length=50), default=list, help_text="who sees the button; empty: all"
    )
    is_on = models.BooleanField(default=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("beginning")
        verbose_name_plural = _("beginnings")
        ordering = ["process", "pk"]
        indexes = [
            models.Index(fields=["fact"], name="trigger_by_fact", condition=Q(is_on=True, kind="fact"))
        ]

    def __str__(self) -> Any:
        return f"{self.process}: {self.get_kind_display()}"
