"""Where a colleague of the file belongs: office, head and the team the head leads, made where the mapping allows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.importing.names import Names, name_key, unknown_name
from integrations.importing.record import Record
from users.models import Department, Role, User


class Teams:
    """Departments and heads by name. What is made here is a draft until a kept row needs it; then verbs make it."""

    def __init__(
        self, people: Names, *, by: Any, at: datetime, may_make_offices: bool, may_make_heads: bool
    ) -> None:
        self.people = people
        self.by, self.at = by, at
        self.may_make_offices, self.may_make_heads = may_make_offices, may_make_heads
        self.departments = Names(
            _("department"),
            ((each.name, each) for each in Department.objects.select_related("head", "parent")),
        )
        self.teams: dict[tuple[str, str], Department] = {}

    def department(self, record: Record) -> Department | None:
        """The department of the row: its head's team, else its department, else its office."""
        if record.has("department"):
            return self.departments.find(record, "department")
        office = self._office(record) if record.has("office") else None
        if record.problems or not record.has("head"):
            return office
        return self._team(record, office)

    def keep(self, department: Department | None, role: Role | None, count: Callable[[str], None]) -> Any:
        """The department, made with those above it and with its head."""
        if department is None or department.pk is not None:
            return department
        parent, head = self.keep(department.parent, None, count), department.head
        fulfil(department, Department.create(name=department.name, parent=parent, by=self.by, at=self.at))
        count(str(Department._meta.verbose_name_plural))
        if head is not None:
            self._keep_head(head, department, role, count)
        return department

    def _keep_head(
        self, head: User, team: Department, role: Role | None, count: Callable[[str], None]
    ) -> None:
        if head.pk is None:
            fulfil(head, self._joined(head.name, team, role))
            count(str(User._meta.verbose_name_plural))
        team.change({"head": head}, by=self.by, at=self.at)

    def _joined(self, name: str, team: Department, role: Role | None) -> User:
        roles = [role] if role is not None else []
        return User.join(name=name, email=None, department=team, roles=roles, by=self.by, at=self.at)

    def _office(self, record: Record) -> Department | None:
        """The office under the named department, where there is one of that name; else on top."""
        name = record.text("office")
        above = self._first(record.text("under"))
        for each in self.departments.known.get(name_key(name), []):
            if each.parent == above:
                return each
        if not self.may_make_offices:
            record.reject_unknown("office", name, unknown_name(_("department"), name))
            return None
        office = Department(name=name[:120], parent=above)
        self.departments.add(name, office)
        return office

    def _team(self, record: Record, office: Department | None) -> Department | None:
        name = record.text("head")
        key = (name_key(name), name_key(office.name) if office else "")
        if key not in self.teams:
            head = self._head(record, name)
            if head is None:
                return None
            self.teams[key] = self._led_by(head, office) or self._new_team(head, office)
        return self.teams[key]

    def _head(self, record: Record, name: str) -> User | None:
        known = self.people.known.get(name_key(name), [])
        if not known and self.may_make_heads:
            head = User(name=name[:150])
            self.people.add(name, head)
            return head
        found: User | None = self.people.find(record, "head")
        return found

    def _led_by(self, head: User, office: Department | None) -> Department | None:
        if head.pk is None:
            return None
        led = [each for same in self.departments.known.values() for each in same if each.head_id == head.pk]
        for each in led:
            if office is not None and office.pk is not None and each.parent_id == office.pk:
                return each
        return led[0] if led and office is None else None

    def _new_team(self, head: User, office: Department | None) -> Department:
        return Department(name=_("Team of %(name)s") % {"name": head.name[:100]}, parent=office, head=head)

    def _first(self, name: str) -> Department | None:
        known = self.departments.known.get(name_key(name), []) if name else []
        return known[0] if known else None


def fulfil(draft: Any, made: Any) -> None:
    """The draft other rows already refer to becomes the record that was made of it."""
    draft.pk = made.pk
    draft._state.adding = False
    draft.refresh_from_db()
