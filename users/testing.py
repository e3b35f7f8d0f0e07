"""The fixed cast: the same six people in tests, demo data and screenshots, and the robot."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from users.models import Department, Grant, Role, User

OWN, DEPARTMENT, ALL = "own", "department", "all"


@dataclass(frozen=True)
class Cast:
    salesperson: User
    colleague: User
    head: User
    support: User
    accountant: User
    admin: User
    outsider: User
    robot: User
    sales: Department
    elsewhere: Department


def make_user(name: str, *roles: str, department: Department | None = None, **fields: Any) -> User:
    """A colleague signing in as first-name@romashka.example with the password `demo`."""
    email = fields.pop("email", f"{name.split()[0].lower()}@romashka.example")
    user = _saved(name, email, department, **fields)
    user.roles.set(Role.objects.filter(key__in=roles))
    return User.objects.with_policy().get(pk=user.pk)


def _saved(name: str, email: str, department: Department | None, **fields: Any) -> User:
    user = User(email=email, name=name, department=department, password=hashed_demo(), **fields)
    user.save()
    return user


@cache
def hashed_demo() -> str:
    """Hashed once a process: a third of a second each time would be most of every test."""
    return make_password("demo")


def make_role(key: str, **grants: str) -> Role:
    """A role of its own: make_role("reader", deals__view="all")."""
    role = Role.objects.create(key=key, name=key)
    Grant.objects.bulk_create(
        Grant(role=role, verb=verb.replace("__", "."), scope=scope) for verb, scope in grants.items()
    )
    return role


def make_cast() -> Cast:
    """The company of DESIGN: a sales department with its head, and an outsider in another one. Most tests begin with
    it, so it is made in few statements."""
    company = Department.objects.create(name="Romashka")
    sales = Department.objects.create(name="Sales", parent=company)
    service = Department.objects.create(name="Service", parent=company)
    finance = Department.objects.create(name="Finance", parent=company)
    elsewhere = Department.objects.create(name="Export", parent=company)
    said = {
        "head": ("Helena Marsh", "head", sales),
        "salesperson": ("Sam Porter", "salesperson", sales),
        "colleague": ("Clara Benson", "salesperson", sales),
        "support": ("Sonia Lind", "support", service),
        "accountant": ("Arthur Finch", "accountant", finance),
        "admin": ("Ada Winter", "administrator", company),
        "outsider": ("Oscar Stone", "salesperson", elsewhere),
    }
    mailboxes = {"salesperson": "sales", "colleague": "clara"}
    keys = {
        part: _saved(name, f"{mailboxes.get(part, part)}@romashka.example", department).pk
        for part, (name, _role, department) in said.items()
    }
    roles = dict(
        Role.objects.filter(key__in={role for _name, role, _department in said.values()}).values_list(
            "key", "pk"
        )
    )
    User.roles.through.objects.bulk_create(
        User.roles.through(user_id=keys[part], role_id=roles[role])
        for part, (_name, role, _department) in said.items()
    )
    Department.objects.filter(pk=sales.pk).update(head=keys["head"])
    sales.refresh_from_db()
    keys["robot"] = User.objects.robot().pk
    people = {person.pk: person for person in User.objects.with_policy().filter(pk__in=keys.values())}
    return Cast(**{part: people[key] for part, key in keys.items()}, sales=sales, elsewhere=elsewhere)
