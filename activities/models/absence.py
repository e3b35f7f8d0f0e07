from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from activities.models.absence_moves import AbsenceMoves
from users.models import User


class Days(Func):
    """From a day to a day, both counted, as PostgreSQL's range of days."""

    function = "daterange"
    output_field = DateRangeField()


class Absence(AbsenceMoves, models.Model):
    """Whole days on which a colleague does not work. Both ends are counted; days are theirs and never shift."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("leave")
        SICK = "sick", _("sick")
        TRIP = "trip", _("business trip")
        TRAINING = "training", _("training")
        OTHER = "other", _("other")

    person = models.ForeignKey(
        User, models.PROTECT, related_name="absences", db_index=False, verbose_name=_("who")
    )
    kind = models.CharField(_("why"), max_length=8, choices=Kind, default=Kind.LEAVE)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    substitute = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("who stands in"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(substitute=F("person")), name="absence_substitute_is_another"
            ),
            ExclusionConstraint(
                name="absent_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (Days(F("starts_on"), F("ends_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ends_on"], name="absence_of_person"),
            models.Index(fields=["ends_on", "starts_on"], name="absence_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.starts_on}–{self.ends_on}"
