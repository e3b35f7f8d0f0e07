from datetime import datetime
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from activities.due import day_there
from activities.models.linked import Linked
from activities.models.meeting_moves import MeetingMoves
from activities.querysets import ActivityQuerySet
from foundation.search_text import normalised
from users.models import User


class MeetingRoom(models.Model):
    """A room that one meeting at a time can have."""

    name = models.CharField(gettext_lazy("name"), max_length=80, unique=True)
    seats = models.PositiveSmallIntegerField(gettext_lazy("seats"), null=True, blank=True)
    is_retired = models.BooleanField(gettext_lazy("no longer offered"), default=False)

    class Meta:
        verbose_name = gettext_lazy("meeting room")
        verbose_name_plural = gettext_lazy("meeting rooms")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class MeetingState(models.TextChoices):
    PLANNED = "planned", gettext_lazy("planned")
    HELD = "held", gettext_lazy("held")
    CANCELLED = "cancelled", gettext_lazy("cancelled")


@pghistory.track(exclude=["search_text"], model_name="MeetingHistory")
class Meeting(MeetingMoves, Linked):
    """People meeting at a time, once or again and again.

    A series is said by `repeat` (RRULE, counted in wall-clock time of `time_zone`, so that it keeps its hour over
    a change of clocks). When it takes place, once or a hundred times, stands in `occurrences`, and everything
    that asks when (calendar, free/busy, rooms, planner, reminders, feeds) reads those rows.
    """

    title = models.CharField(gettext_lazy("what about"), max_length=200)
    agenda = models.TextField(gettext_lazy("agenda"), blank=True)
    place = models.CharField(
        gettext_lazy("place"), max_length=200, blank=True, help_text=gettext_lazy("An address or a link")
    )
    room = models.ForeignKey(
        MeetingRoom, models.PROTECT, null=True, blank=True, verbose_name=gettext_lazy("room")
    )
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED, editable=False)
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="meetings",
        db_index=False,
        verbose_name=gettext_lazy("organiser"),
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, editable=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    starts_at = models.DateTimeField(gettext_lazy("starts"), help_text="the first time")
    ends_at = models.DateTimeField(gettext_lazy("ends"))
    is_all_day = models.BooleanField(gettext_lazy("all day"), default=False)
    time_zone = models.CharField(max_length=60, editable=False)
    repeat = models.CharField(
        gettext_lazy("repeat"), max_length=200, blank=True, help_text="an RRULE of RFC 5545"
    )
    laid_out_until = models.DateField(
        null=True, editable=False, help_text="the day up to which the series has rows"
    )
    reminder = models.PositiveIntegerField(
        gettext_lazy("remind"), null=True, blank=True, help_text=gettext_lazy("minutes before")
    )
    outcome = models.TextField(gettext_lazy("outcome"), blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False, help_text="of the invitation sent last")
    uid = models.UUIDField(unique=True, editable=False)
    planned_at = models.DateTimeField(editable=False)
    search_text = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("meeting")
        verbose_name_plural = gettext_lazy("meetings")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["owner", "-starts_at"], name="meeting_of_owner"),
            models.Index(fields=["account", "-starts_at"], name="meeting_of_account"),
            models.Index(fields=["contact"], name="meeting_of_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["deal", "-starts_at"], name="meeting_of_deal"),
            models.Index(fields=["laid_out_until"], name="meeting_series", condition=~Q(repeat="")),
            GinIndex(fields=["team_ids"], name="meeting_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="meeting_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalised(self.title, self.place)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("activities:meeting", args=[self.pk])

    @property
    def is_planned(self) -> bool:
        return self.state == MeetingState.PLANNED

    def is_past(self, at: datetime) -> bool:
        return self.ends_at <= at

    def named(self, occurrence: Any = None) -> dict[str, Any]:
        """What its facts carry."""
        starts_at = occurrence.starts_at if occurrence is not None else self.starts_at
        return {
            "meeting_id": self.pk,
            "title": self.title,
            "starts_at": starts_at,
            "day": day_there(starts_at, self.time_zone).isoformat() if self.is_all_day else "",
            "occurrence_id": occurrence.pk if occurrence is not None else None,
            **self.links(),
        }
