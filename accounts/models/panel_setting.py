"""Which panels the right side of a client's card shows a role, in which order; and which a person has folded."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy

from users.models import Role, User


class PanelSetting(models.Model):
    """Where a panel stands on the card for people of a role, or that it is not there. It never shows more than the
    person may see; somebody of several roles sees what any of them shows."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="+", verbose_name=gettext_lazy("role"))
    key = models.CharField(gettext_lazy("panel"), max_length=40)
    position = models.PositiveSmallIntegerField(
        gettext_lazy("position"), default=50, help_text=gettext_lazy("the smallest stands on top")
    )
    is_hidden = models.BooleanField(gettext_lazy("hidden"), default=False)

    class Meta:
        verbose_name = gettext_lazy("panel of the card")
        verbose_name_plural = gettext_lazy("panels of the card")
        ordering = ["role", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["role", "key"], name="panel_setting_once")]

    def __str__(self) -> str:
        return self.key


class FoldedPanel(models.Model):
    """A panel a person keeps folded, on every card."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=40)

    class Meta:
        verbose_name = gettext_lazy("folded panel")
        verbose_name_plural = gettext_lazy("folded panels")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="folded_panel_once")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def fold(cls, person: Any, key: str, *, is_folded: bool) -> None:
        """Said twice, it is so once. A taste and no news: it tells no fact."""
        with transaction.atomic():
            if is_folded:
                FoldedPanel.objects.bulk_create(
                    [FoldedPanel(person_id=person.pk, key=key)], ignore_conflicts=True
                )
            else:
                cls.objects.filter(person=person.pk, key=key).delete()
