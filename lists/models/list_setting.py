from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from users.models import User


class ListSetting(models.Model):
    """How one person has arranged a list: which columns in which order, and which views are tabs above it.

    Empty means never arranged: the usual columns, and every view a tab. It is nobody's business but theirs, so
    changing it tells no fact.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=gettext_lazy("colleague"))
    list = models.CharField(gettext_lazy("list"), max_length=40)
    columns = models.JSONField(gettext_lazy("columns"), null=True, blank=True)
    pins = models.JSONField(gettext_lazy("pinned views"), null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("list setting")
        verbose_name_plural = gettext_lazy("list settings")
        ordering = ["list", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "list"], name="list_setting_once_a_person"),
        ]

    def __str__(self) -> str:
        return self.list

    @classmethod
    def arrange(cls, person: Any, key: str, *, columns: Sequence[str] | None) -> None:
        """The columns of a list as this person wants them from now on; None for the usual ones."""
        kept = None if columns is None else [*columns]
        cls.objects.update_or_create(person_id=person.pk, list=key, defaults={"columns": kept})

    @classmethod
    def pin(cls, person: Any, key: str, *, views: Sequence[int]) -> None:
        """The views that are tabs above a list for this person, in this order."""
        cls.objects.update_or_create(person_id=person.pk, list=key, defaults={"pins": [*views]})
