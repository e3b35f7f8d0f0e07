from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from foundation.errors import Refused
from foundation.facts import tell
from foundation.rights import all_rights, label_of
from users import facts

# Names of the roles every company begins with, said in the reader's language until somebody renames them.
BUILT_IN = {
    "salesperson": gettext_noop("Salesperson"),
    "head": gettext_noop("Head of department"),
    "support": gettext_noop("Support agent"),
    "accountant": gettext_noop("Accountant"),
    "administrator": gettext_noop("Administrator"),
}


class Role(models.Model):
    """What a kind of colleague may do. The key is for code and import; the name is for people."""

    key = models.SlugField(gettext_lazy("key"), unique=True)
    name = models.CharField(gettext_lazy("name"), max_length=80)

    class Meta:
        verbose_name = gettext_lazy("role")
        verbose_name_plural = gettext_lazy("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return _(self.name) if BUILT_IN.get(self.key) == self.name else self.name

    @classmethod
    def create(
        cls, *, key: str, name: str, grants: Mapping[str, str], by: Any, at: datetime, cause: Any = None
    ) -> "Role":
        """`grants` maps a right to how far it reaches: {"deals.move": "own"}."""
        with transaction.atomic():
            role = cls.objects.create(key=key, name=name)
            role._grant(grants, by=by, at=at, cause=cause)
        return role

    def change(
        self, *, name: str, grants: Mapping[str, str], by: Any, at: datetime, cause: Any = None
    ) -> None:
        """The grants given replace all the role had."""
        from users.models.user import refuse_without_administrator

        with transaction.atomic():
            role = Role.objects.select_for_update().get(pk=self.pk)
            renamed, role.name = role.name != name, name
            role.save(update_fields=["name"])
            role._grant(grants, by=by, at=at, cause=cause, is_told=renamed)
            refuse_without_administrator()
        self.refresh_from_db()

    def remove(self, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            role = Role.objects.select_for_update().get(pk=self.pk)
            if role.people.exists():  # type: ignore[attr-defined]
                raise Refused(
                    _("People still have the role %(name)s. Give them another one first.") % {"name": role}
                )
            tell(facts.RoleRemoved(role_id=role.pk, name=role.name), by=by, at=at, cause=cause)
            role.delete()

    def _grant(
        self, grants: Mapping[str, str], *, by: Any, at: datetime, cause: Any, is_told: bool = True
    ) -> None:
        unknown = [verb for verb in grants if verb not in all_rights()]
        if unknown:
            raise Refused(_("There is no right called %(name)s.") % {"name": unknown[0]})
        before = {f"{each.verb}:{each.scope}" for each in self.grants.all()}  # type: ignore[attr-defined]
        after = {f"{verb}:{scope}" for verb, scope in grants.items()}
        if before != after:
            self.grants.all().delete()  # type: ignore[attr-defined]
            Grant.objects.bulk_create(
                Grant(role=self, verb=verb, scope=scope) for verb, scope in grants.items()
            )
        if is_told or before != after:
            told = facts.RoleChanged(
                role_id=self.pk, name=self.name, gained=sorted(after - before), lost=sorted(before - after)
            )
            tell(told, by=by, at=at, cause=cause)


class Scope(models.TextChoices):
    OWN = "own", gettext_lazy("own records")
    DEPARTMENT = "department", gettext_lazy("their department's, with those below it")
    ALL = "all", gettext_lazy("everybody's")


class Grant(models.Model):
    """A role may do this verb to records this far."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="grants", verbose_name=gettext_lazy("role"))
    verb = models.CharField(gettext_lazy("right"), max_length=60)
    scope = models.CharField(gettext_lazy("how far"), max_length=10, choices=Scope, default=Scope.OWN)

    class Meta:
        verbose_name = gettext_lazy("grant")
        verbose_name_plural = gettext_lazy("grants")
        ordering = ["verb"]
        constraints = [
            models.UniqueConstraint(fields=["role", "verb"], name="grant_once_per_role"),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="grant_scope_known"),
        ]

    def __str__(self) -> Any:
        return f"{label_of(self.verb)}: {self.get_scope_display()}"
