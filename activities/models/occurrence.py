from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class Span(Func):
    """[from, until), as PostgreSQL's range of moments."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Occurrence(models.Model):
    """One time a meeting takes place. `original_at` is when the series would have had it, as RECURRENCE-ID names it.

    The room and the colleagues who take part are repeated here, so that the database itself refuses two meetings
    in one room and everybody's time is found by one index. Cancelled ones stay, as exceptions of the series.
    """

    meeting = models.ForeignKey(
        "activities.Meeting", models.CASCADE, related_name="occurrences", db_index=False
    )
    original_at = models.DateTimeField(editable=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    is_cancelled = models.BooleanField(default=False, editable=False)
    is_moved = models.BooleanField(
        default=False, editable=False, help_text="differs from what the series says"
    )
    room = models.ForeignKey(
        "activities.MeetingRoom", models.PROTECT, null=True, related_name="+", db_index=False
    )
    people_ids = ArrayField(
        models.BigIntegerField(), default=list, help_text="colleagues who have not declined"
    )
    held_at = models.DateTimeField(null=True, editable=False, help_text="when it was said to have been held")
    outcome = models.TextField(_("outcome"), blank=True)

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "original_at"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="occurrence_ends_after_start"
            ),
            ExclusionConstraint(
                name="room_has_one_meeting_at_a_time",
                expressions=[
                    (F("room"), RangeOperators.EQUAL),
                    (Span(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(room__isnull=False, is_cancelled=False),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="occurrence_by_start"),
            GistIndex(Span(F("starts_at"), F("ends_at")), name="occurrence_span"),
            GinIndex(fields=["people_ids"], name="occurrence_people"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Participant(models.Model):
    """Somebody invited: a colleague, a contact, or an address."""

    class Answer(models.TextChoices):
        NONE = "none", _("no answer yet")
        YES = "yes", _("comes")
        MAYBE = "maybe", _("perhaps")
        NO = "no", _("does not come")

    meeting = models.ForeignKey("activities.Meeting", models.CASCADE, related_name="participants")
    person = models.ForeignKey(
        "users.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    contact = models.ForeignKey(
        "accounts.Contact", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    answer = models.CharField(max_length=5, choices=Answer, default=Answer.NONE, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    is_announced = models.BooleanField(
        default=False, editable=False, help_text="was written to, so hears of changes too"
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="colleague_invited_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "contact"], condition=Q(contact__isnull=False), name="contact_invited_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(contact__isnull=True), name="participant_is_one_of_them"
            ),
        ]

    def __str__(self) -> str:
        return self.name
