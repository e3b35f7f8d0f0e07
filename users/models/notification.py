from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.models.user import User


class NotificationQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def of(self, person: Any) -> Self:
        """Notifications are read by whom they are for, and by nobody else."""
        return self.filter(person_id=person.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def about(self, subject: tuple[str, int]) -> Self:
        return self.filter(subject_kind=subject[0], subject_id=subject[1])

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)


class Notification(models.Model):
    """What happened, told to one person in their own language.

    Several on one record within a few minutes are one row: the newest words, and in `count` how many there were.
    How many a person has not read is kept as `User.unread`; only users.notifications.inbox changes either.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("text"), max_length=500, blank=True)
    url = models.CharField(max_length=300)
    subject_kind = models.CharField(
        max_length=20, blank=True, help_text="of the record it is about: task, deal"
    )
    subject_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=200, blank=True)
    count = models.PositiveIntegerField(default=1)
    is_for_digest = models.BooleanField(default=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="notification_of_something"),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_id__isnull=True)
                | ~Q(subject_kind="") & Q(subject_id__isnull=False),
                name="notification_subject_whole",
            ),
        ]
        indexes = [
            models.Index(F("person"), F("at").desc(), F("id").desc(), name="notification_of_person"),
            models.Index(F("person"), F("kind"), F("at").desc(), F("id").desc(), name="notification_of_kind"),
            models.Index(
                F("person"),
                F("at").desc(),
                F("id").desc(),
                name="notification_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["subject_kind", "subject_id", "person"],
                name="notification_about",
                condition=Q(subject_id__isnull=False),
            ),
            models.Index(fields=["at"], name="notification_by_age"),
        ]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    APP = "app", _("in the application")
    MAIL = "mail", _("by mail at once")
    DIGEST = "digest", _("in the morning digest")
    PUSH = "push", _("in the browser")


class NotificationChoice(models.Model):
    """A person's own wish for a kind and a channel. Without a row, what the kind itself proposes holds."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=6, choices=Channel)
    is_wanted = models.BooleanField()

    class Meta:
        verbose_name = _("notification choice")
        verbose_name_plural = _("notification choices")
        ordering = ["person", "kind", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="choice_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="choice_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}"


class NotificationMute(models.Model):
    """A record a person wants to hear nothing of; its deadlines still reach them as reminders they set themselves."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200, blank=True, help_text="as it was called when it was muted")
    url = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("muted record")
        verbose_name_plural = _("muted records")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "subject_kind", "subject_id"], name="muted_once")
        ]

    def __str__(self) -> str:
        return self.title or f"{self.subject_kind} {self.subject_id}"
