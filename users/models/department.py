from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from foundation.models import WorkingCalendar


class Department(models.Model):
    """A part of the company. `path` is "/3/17/": the keys from the top to this one, so a subtree is one prefix."""

    name = models.CharField(gettext_lazy("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=gettext_lazy("parent department"),
    )
    head = models.ForeignKey(
        "users.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="heads",
        verbose_name=gettext_lazy("head"),
    )
    calendar = models.ForeignKey(
        WorkingCalendar, models.SET_NULL, null=True, blank=True, verbose_name=gettext_lazy("working calendar")
    )
    path = models.CharField(max_length=255, editable=False, db_index=True, db_collation="C")

    class Meta:
        verbose_name = gettext_lazy("department")
        verbose_name_plural = gettext_lazy("departments")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="department_name_once_per_parent", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="department_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The path follows the key and the parent, which only the database knows; nothing else happens here."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._place_under_parent()

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2

    def refuse_below_itself(self, parent: "Department | None") -> None:
        if self.path and parent is not None and parent.path.startswith(self.path):
            raise Refused(_("A department cannot be moved below itself."))

    def _place_under_parent(self) -> None:
        above = self.parent.path if self.parent_id and self.parent else "/"
        path = f"{above}{self.pk}/"
        if path == self.path:
            return
        self.refuse_below_itself(self.parent)
        if self.path:
            below = Department.objects.filter(path__startswith=self.path).exclude(pk=self.pk)
            below.update(path=Concat(Value(path), Substr("path", len(self.path) + 1)))
        Department.objects.filter(pk=self.pk).update(path=path)
        self.path = path
