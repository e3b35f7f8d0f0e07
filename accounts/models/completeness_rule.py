from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy

from accounts.models.account import AccountRole


class CompletenessRule(models.Model):
    """That a field counts for how complete a client of a role is, and how much.

    `counted_at` is empty until every client was counted by the rule as it is now.
    """

    role = models.CharField(
        gettext_lazy("role"),
        max_length=10,
        choices=AccountRole,
        blank=True,
        help_text=gettext_lazy("empty: whatever the role"),
    )
    field = models.CharField(gettext_lazy("field"), max_length=60)
    weight = models.PositiveSmallIntegerField(
        gettext_lazy("weight"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    is_required = models.BooleanField(
        gettext_lazy("required"),
        default=False,
        help_text=gettext_lazy("without it a client is at most half complete"),
    )
    is_retired = models.BooleanField(gettext_lazy("retired"), default=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = gettext_lazy("rule of completeness")
        verbose_name_plural = gettext_lazy("rules of completeness")
        ordering = ["role", "-weight", "pk"]
        constraints = [models.UniqueConstraint(fields=["role", "field"], name="completeness_rule_once")]

    def __str__(self) -> str:
        return self.field

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whatever changed, every client has to be counted anew; a worker does it."""
        self.counted_at = None
        super().save(*args, **kwargs)
