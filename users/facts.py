"""What happens to colleagues, departments and roles: who may see what, and since when."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact
from foundation.rights import label_of


class AboutUser(Fact):
    user_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("user", self.user_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("user.joined", label=gettext_lazy("Colleague added"), icon="user-plus")
class UserJoined(AboutUser):
    roles: Sequence[str] = ()


@fact("user.changed", label=gettext_lazy("Colleague changed"), icon="user-edit")
class UserChanged(AboutUser):
    """`roles` are the keys of the roles after the change, when they changed."""

    fields: list[str]
    roles: list[str] | None = None

    def sentence(self) -> str:
        from users.models import User

        names = [str(getattr(User._meta.get_field(name), "verbose_name", name)) for name in self.fields]
        return _("%(name)s, changed: %(fields)s") % {"name": self.name, "fields": ", ".join(names)}


@fact("user.time_zone_changed", label=gettext_lazy("Time zone changed"), icon="world")
class UserTimeZoneChanged(AboutUser):
    """Their own doing; an administrator's is `user.changed` with the field."""

    before: str
    after: str

    def sentence(self) -> str:
        return _("%(name)s: clock %(before)s → %(after)s") % {
            "name": self.name,
            "before": self.before,
            "after": self.after,
        }


@fact("user.deactivated", label=gettext_lazy("Colleague may no longer sign in"), icon="user-off")
class UserDeactivated(AboutUser):
    pass


@fact("user.reactivated", label=gettext_lazy("Colleague may sign in again"), icon="user-check")
class UserReactivated(AboutUser):
    pass


class AboutDepartment(Fact):
    department_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("department", self.department_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("department.created", label=gettext_lazy("Department added"), icon="sitemap")
class DepartmentCreated(AboutDepartment):
    pass


@fact("department.changed", label=gettext_lazy("Department changed"), icon="sitemap")
class DepartmentChanged(AboutDepartment):
    """`head_before` and `head` are keys of people; whoever leads a department sees its records."""

    fields: list[str]
    head_before: int | None = None
    head: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [*super().subjects(), ("user", self.head_before), ("user", self.head)]


@fact("department.moved", label=gettext_lazy("Department moved"), icon="hierarchy")
class DepartmentMoved(AboutDepartment):
    parent_before: str
    parent: str

    def sentence(self) -> str:
        return _("%(name)s moved from “%(before)s” to “%(after)s”") % {
            "name": self.name,
            "before": self.parent_before or _("the top"),
            "after": self.parent or _("the top"),
        }


class AboutRole(Fact):
    role_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("role", self.role_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("role.changed", label=gettext_lazy("Role changed"), icon="key")
class RoleChanged(AboutRole):
    """Verbs with their scope, “deals.move:own”: what the role gained and what it lost."""

    gained: Sequence[str] = ()
    lost: Sequence[str] = ()

    def sentence(self) -> str:
        signed = [("+", each) for each in self.gained] + [("−", each) for each in self.lost]
        words = [f"{sign} {label_of(granted.split(':')[0])} ({granted})" for sign, granted in signed]
        return f"{self.label}: {self.name}. {'; '.join(words)}".strip()


@fact("role.removed", label=gettext_lazy("Role removed"), icon="key-off")
class RoleRemoved(AboutRole):
    pass
