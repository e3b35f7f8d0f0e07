from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Refused
from foundation.facts import tell
from foundation.models import WorkingCalendar
from users import facts

MAX_LEVELS = 12


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
            lock_tree()
            self._refuse_below_itself()
            super().save(*args, **kwargs)
            self._place_under_parent()

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "Department":
        with transaction.atomic():
            lock_tree()
            department = cls(**fields)
            department._refuse_taken_name()
            department.save()
            told = facts.DepartmentCreated(department_id=department.pk, name=department.name)
            tell(told, by=by, at=at, cause=cause)
        return department

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        """Name, head, calendar; and the parent, which moves it with all below it."""
        with transaction.atomic():
            lock_tree()
            department = Department.objects.select_related("parent").get(pk=self.pk)
            before = {name: getattr(department, name) for name in changes}
            changed = [name for name, value in changes.items() if before[name] != value]
            if not changed:
                return
            for name in changed:
                setattr(department, name, changes[name])
            department._refuse_taken_name()
            department.save()
            for told in department._told(changed, before):
                tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _told(self, changed: list[str], before: dict[str, Any]) -> list[Any]:
        told: list[Any] = []
        if "parent" in changed:
            told.append(
                facts.DepartmentMoved(
                    department_id=self.pk,
                    name=self.name,
                    parent_before=str(before["parent"] or ""),
                    parent=str(self.parent or ""),
                )
            )
        others = [name for name in changed if name != "parent"]
        if others:
            head_changed = "head" in others
            told.append(
                facts.DepartmentChanged(
                    department_id=self.pk,
                    name=self.name,
                    fields=others,
                    head_before=getattr(before["head"], "pk", None) if head_changed else None,
                    head=self.head_id if head_changed else None,
                )
            )
        return told

    def _refuse_taken_name(self) -> None:
        same = Department.objects.filter(parent=self.parent, name=self.name).exclude(pk=self.pk)
        if same.exists():
            raise Refused(_("There is a department called %(name)s there already.") % {"name": self.name})

    def _refuse_below_itself(self) -> None:
        """By the paths of now, under the lock of the tree: what was read before it may have moved since."""
        if self.pk is not None and self.parent_id is not None:
            above = Department.objects.filter(pk=self.parent_id).values_list("path", flat=True).first()
            if above is not None and f"/{self.pk}/" in above:
                raise Refused(_("A department cannot be moved below itself."))

    def _place_under_parent(self) -> None:
        read = dict(Department.objects.filter(pk__in=[self.pk, self.parent_id]).values_list("pk", "path"))
        self.path = read[self.pk]
        above = "/" if self.parent_id is None else read[self.parent_id]
        path = f"{above}{self.pk}/"
        if path == self.path:
            return
        moved = (
            Department.objects.filter(path__startswith=self.path) if self.path else Department.objects.none()
        )
        deepest = max((each.count("/") for each in moved.values_list("path", flat=True)), default=0)
        levels_below = max(0, deepest - self.path.count("/"))
        if path.count("/") - 1 + levels_below > MAX_LEVELS:
            raise Refused(
                _("Departments can be nested at most %(limit)d levels deep.") % {"limit": MAX_LEVELS}
            )
        moved.exclude(pk=self.pk).update(path=Concat(Value(path), Substr("path", len(self.path) + 1)))
        Department.objects.filter(pk=self.pk).update(path=path)
        self.path = path


def lock_tree() -> None:
    """One change of the tree at a time until this transaction ends, so that two moves never make a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('users_department tree'))")
