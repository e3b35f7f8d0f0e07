import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from integrations.fields import Field
from integrations.importing.base import Importer, Step
from integrations.importing.names import Names
from integrations.importing.record import Record
from integrations.importing.teams import Teams
from integrations.values import choice
from users.models import Role, User


class UserImport(Importer):
    """Colleagues. Those without an e-mail own records and cannot sign in until they are given one."""

    entity = "users"
    kind = "user"
    natural_match = ("name",)
    creatable = ("office", "head")
    create_right = change_right = "admin.configure"
    plain_fields = frozenset({"name", "email", "language", "time_zone"})
    fields = (
        Field(
            name="name",
            label=pgettext_lazy("of a person", "Name"),
            is_required=True,
            synonyms=["sales agent", "agent", "full name", "employee", "сотрудник", "фио", "имя", "менеджер"],
        ),
        Field(
            name="email",
            label=gettext_lazy("E-mail"),
            synonyms=["mail", "e mail address", "почта", "эл почта"],
        ),
        Field(name="external_id", label=gettext_lazy("Key in the other system"), synonyms=["id", "код"]),
        Field(name="head", label=gettext_lazy("Head"), synonyms=["manager", "supervisor", "руководитель"]),
        Field(
            name="office",
            label=gettext_lazy("Office"),
            synonyms=["regional office", "region", "офис", "филиал"],
        ),
        Field(name="under", label=gettext_lazy("Department the offices belong to")),
        Field(
            name="department", label=gettext_lazy("Department"), synonyms=["team", "отдел", "подразделение"]
        ),
        Field(name="role", label=gettext_lazy("Role"), synonyms=["роль"]),
        Field(name="head_role", label=gettext_lazy("Role of new heads")),
        Field(name="language", label=gettext_lazy("Language"), synonyms=["язык"]),
        Field(name="time_zone", label=gettext_lazy("Time zone"), synonyms=["timezone", "часовой пояс"]),
    )

    def prepare(self) -> None:
        people = list(self.visible().order_by("pk"))
        self.people = Names(_("colleague"), ((each.name, each) for each in people))
        self.teams = Teams(
            self.people,
            by=self.by,
            at=self.at,
            may_make_offices=self.may_create("office"),
            may_make_heads=self.may_create("head"),
        )
        roles = list(Role.objects.all())
        self.roles = Names(
            _("role"), [(word, each) for each in roles for word in {each.key, each.name.lower()}]
        )
        self.emails = dict(User.objects.exclude(email=None).values_list("email", "pk"))
        self.languages = {word.casefold(): code for code, name in settings.LANGUAGES for word in (code, name)}

    def read(self, record: Record) -> dict[str, Any]:
        values: dict[str, Any] = {"name": record.shortened("name", 150)}
        if not values["name"] and not record.problems:
            record.reject("name", _("The name is empty."))
        readings = {
            "email": self.reader.email,
            "language": lambda text: choice(text, self.languages),
            "time_zone": known_zone,
        }
        values |= {name: record.read(name, reading) for name, reading in readings.items() if record.has(name)}
        if record.has("external_id"):
            values["external_id"] = self.read_external_id(record)
        for name in ("role", "head_role"):
            values[name] = self.roles.find(record, name)
        values["department"] = self.teams.department(record) if not record.problems else None
        return values

    def visible(self) -> Any:
        return User.objects.visible_to(self.by).filter(is_robot=False)

    def named(self, names: Sequence[str]) -> dict[str, list[Any]]:
        return {
            key: known
            for key in names
            if (known := [each for each in self.people.known.get(key, []) if each.pk is not None])
        }

    def complete(self, step: Step) -> None:
        self._refuse_taken_email(step)

    def differences(self, step: Step) -> dict[str, Any]:
        changes = super().differences(step)
        if "email" in changes:
            self._refuse_taken_email(step)
        department = step.values.get("department")
        if department is not None and (department.pk is None or department.pk != step.target.department_id):
            changes["department"] = department
        return changes

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        return [self._create(step.values) for step in steps]

    def change(self, step: Step) -> None:
        changes = dict(step.changes)
        if "department" in changes:
            changes["department"] = self._kept_department(step.values)
        step.target.change(changes, by=self.by, at=self.at)

    def _create(self, values: dict[str, Any]) -> User:
        fields = {name: values[name] for name in ("language", "time_zone") if values.get(name)}
        user = User.join(
            name=values["name"],
            email=values.get("email"),
            department=self._kept_department(values),
            roles=[values["role"]] if values["role"] is not None else [],
            by=self.by,
            at=self.at,
            **fields,
        )
        self.people.add(user.name, user)
        return user

    def _kept_department(self, values: dict[str, Any]) -> Any:
        return self.teams.keep(values["department"], values["head_role"], self.outcome.count)

    def _refuse_taken_email(self, step: Step) -> None:
        email = step.values.get("email")
        if not email:
            return
        holder = self.emails.setdefault(email, id(step))
        if holder not in {id(step), getattr(step.target, "pk", None)}:
            step.record.reject("email", _("Somebody else signs in with this e-mail."))


def known_zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise ValueError(_("There is no time zone called %(name)s.") % {"name": text[:60]})
    return text
