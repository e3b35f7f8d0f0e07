from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.errors import Refused
from foundation.facts import tell
from lists import facts
from users.models import Department, Role, User

LONGEST_QUERY = 4_000


class Scope(models.TextChoices):
    PRIVATE = "private", gettext_lazy("only me")
    DEPARTMENT = "department", gettext_lazy("a department, with those below it")
    ROLE = "role", gettext_lazy("people of a role")
    EVERYONE = "everyone", gettext_lazy("everyone")


class SavedView(models.Model):
    """A way of looking at a list, kept under a name: its filters, columns, order and grouping.

    It says what is asked for, never what is seen: everybody finds in it only the records they may see. `query` is a
    query string of filters. Removed views are kept, so that removing can be taken back.
    """

    list = models.CharField(gettext_lazy("list"), max_length=40)
    name = models.CharField(pgettext_lazy("of a view", "name"), max_length=60)
    icon = models.CharField(gettext_lazy("icon"), max_length=40, default="list")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=gettext_lazy("owner"))
    scope = models.CharField(gettext_lazy("who uses it"), max_length=10, choices=Scope, default=Scope.PRIVATE)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("department"),
    )
    role = models.ForeignKey(
        Role, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("role")
    )
    usual_for = models.ManyToManyField(
        Role, blank=True, related_name="+", verbose_name=gettext_lazy("first view of")
    )
    query = models.TextField(gettext_lazy("filters"), blank=True)
    columns = models.JSONField(gettext_lazy("columns"), null=True, blank=True)
    sort = models.CharField(gettext_lazy("order"), max_length=200, blank=True)
    grouping = models.CharField(gettext_lazy("grouped by"), max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = gettext_lazy("saved view")
        verbose_name_plural = gettext_lazy("saved views")
        ordering = ["list", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="saved_view_scope_known"),
            models.CheckConstraint(
                condition=Q(scope=Scope.DEPARTMENT, department__isnull=False)
                | (~Q(scope=Scope.DEPARTMENT) & Q(department__isnull=True)),
                name="saved_view_of_a_department",
            ),
            models.CheckConstraint(
                condition=Q(scope=Scope.ROLE, role__isnull=False)
                | (~Q(scope=Scope.ROLE) & Q(role__isnull=True)),
                name="saved_view_of_a_role",
            ),
        ]
        indexes = [
            models.Index(fields=["scope"], name="saved_view_shared", condition=~Q(scope=Scope.PRIVATE)),
        ]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, person: Any) -> bool:
        return bool(self.owner_id == person.pk or person.may("admin.configure"))

    @classmethod
    def create(cls, *, by: Any, at: datetime, cause: Any = None, **fields: Any) -> "SavedView":
        """A new view of `by`. Fields: list, name, icon, scope, department, role, query, columns, sort, grouping."""
        view = cls(owner_id=by.pk, **_checked(fields))
        with transaction.atomic():
            view.save(force_insert=True)
            tell(facts.ViewCreated(view_id=view.pk, name=view.name), by=by, at=at, cause=cause)
        return view

    def change(self, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        """Rename it, share it, or keep other filters, columns or an order in it. Refused to others."""
        with transaction.atomic():
            view = self._locked(by)
            wanted = _checked({"scope": view.scope, **changes})
            changed = [name for name, value in wanted.items() if getattr(view, name) != value]
            if changed:
                for name in changed:
                    setattr(view, name, wanted[name])
                view.version += 1
                view.save()
                told = facts.ViewChanged(view_id=view.pk, name=view.name, fields=sorted(changed))
                tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def be_usual_for(self, roles: Iterable[Role], *, by: Any, at: datetime, cause: Any = None) -> None:
        """The view people of these roles see first, instead of any other one of the list. For administrators."""
        if not by.may("admin.configure"):
            raise Refused(_("Only an administrator says what a role sees first."))
        with transaction.atomic():
            view = self._locked(by)
            wanted = {role.pk for role in roles}
            if wanted and view.scope != Scope.EVERYONE:
                raise Refused(_("Share the view with everyone before a role sees it first."))
            if wanted == set(view.usual_for.values_list("pk", flat=True)):
                return
            kept = SavedView.usual_for.through.objects
            kept.filter(savedview__list=view.list, role__in=wanted).exclude(savedview=view.pk).delete()
            view.usual_for.set(wanted)
            told = facts.ViewChanged(view_id=view.pk, name=view.name, fields=["usual_for"])
            tell(told, by=by, at=at, cause=cause)

    def give(self, owner: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """To somebody else who looks after it from now on: when its owner leaves, whoever hands over asks for it."""
        with transaction.atomic():
            view = SavedView.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if view.owner_id == owner.pk:
                return
            if not owner.is_active:
                raise Refused(
                    _("%(name)s no longer works here. Choose somebody else.") % {"name": owner.name}
                )
            view.owner = owner
            view.version += 1
            view.save(update_fields=["owner", "version"])
            told = facts.ViewChanged(view_id=view.pk, name=view.name, fields=["owner"])
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def remove(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            view = self._locked(by)
            if view.removed_at is None:
                view.removed_at = at
                view.save(update_fields=["removed_at"])
                tell(facts.ViewRemoved(view_id=view.pk, name=view.name), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def restore(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            view = self._locked(by)
            if view.removed_at is not None:
                view.removed_at = None
                view.save(update_fields=["removed_at"])
                tell(facts.ViewRestored(view_id=view.pk, name=view.name), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _locked(self, by: Any) -> "SavedView":
        view = SavedView.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not view.may_be_changed_by(by):
            raise Refused(_("This view is somebody else's. Save it under a name of your own."))
        return view


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a view as they are kept; the department and the role only where they say who uses it."""
    if "name" in fields:
        fields["name"] = " ".join((fields["name"] or "").replace("\x00", "").split())
        if not fields["name"]:
            raise Refused(_("Give the view a name."))
    if len(fields.get("query", "")) > LONGEST_QUERY:
        raise Refused(_("These are more filters than a view can keep. Take some away."))
    if isinstance(fields.get("columns"), Sequence):
        fields["columns"] = [*fields["columns"]]
    if "scope" in fields:
        scope = fields["scope"]
        for kind in (Scope.DEPARTMENT, Scope.ROLE):
            if scope != kind:
                fields[kind.value] = None
            elif kind.value in fields and fields[kind.value] is None:
                raise Refused(_("Say with whom you share the view."))
    return fields
