from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.models.rule import DistributionRule
from users.models import Department, Role, User

ONE_OF_THEM = (
    Q(person__isnull=False, department__isnull=True, role__isnull=True)
    | Q(person__isnull=True, department__isnull=False, role__isnull=True)
    | Q(person__isnull=True, department__isnull=True, role__isnull=False)
)


class DistributionCandidate(models.Model):
    """Who may get something by a rule: a person, the people of a department and below it, or those of a role.

    Limits are each person's own. Somebody named twice counts once, by the first line that names them.
    """

    rule = models.ForeignKey(DistributionRule, models.CASCADE, related_name="candidates")
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        limit_choices_to={"is_active": True, "is_robot": False},
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    role = models.ForeignKey(
        Role, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("role")
    )
    per_day = models.PositiveIntegerField(_("a day at most"), null=True, blank=True)
    per_month = models.PositiveIntegerField(_("a month at most"), null=True, blank=True)
    most_open = models.PositiveIntegerField(_("open at most"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("capacity, %"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1_000)],
        help_text=_("Of two as busy, who has twice the capacity gets twice as many."),
    )

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(condition=ONE_OF_THEM, name="candidate_is_one_of_them")]

    def __str__(self) -> str:
        return str(self.person or self.department or self.role)


class Turn(models.Model):
    """When a person last got something by a rule that gives in turn: a number that only grows."""

    rule = models.ForeignKey(DistributionRule, models.CASCADE, related_name="turns", db_index=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    last = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "person"], name="turn_once_a_person")]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.person_id}: {self.last}"
