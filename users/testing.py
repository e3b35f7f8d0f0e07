"""The fixed cast: the same six people in tests, demo data and screenshots, and the robot."""

from dataclasses import dataclass, fields, replace
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
    user = User(email=email, name=name, department=department, password=hashed_demo(), **fields)
    user.save()
    user.roles.set(Role.objects.filter(key__in=roles))
    return User.objects.with_policy().get(pk=user.pk)


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
    """The company of DESIGN: a sales department with its head, and an outsider in another one."""
    company = Department.objects.create(name="Romashka")
    sales = Department.objects.create(name="Sales", parent=company)
    service = Department.objects.create(name="Service", parent=company)
    finance = Department.objects.create(name="Finance", parent=company)
    elsewhere = Department.objects.create(name="Export", parent=company)
    head = make_user("Helena Marsh", "head", department=sales, email="head@romashka.example")
    Department.objects.filter(pk=sales.pk).update(head=head)
    sales.refresh_from_db()
    cast = Cast(
        salesperson=make_user("Sam Porter", "salesperson", department=sales, email="sales@romashka.example"),
        colleague=make_user("Clara Benson", "salesperson", department=sales, email="clara@romashka.example"),
        head=head,
        support=make_user("Sonia Lind", "support", department=service, email="support@romashka.example"),
        accountant=make_user(
            "Arthur Finch", "accountant", department=finance, email="accountant@romashka.example"
        ),
        admin=make_user("Ada Winter", "administrator", department=company, email="admin@romashka.example"),
        outsider=make_user(
            "Oscar Stone", "salesperson", department=elsewhere, email="outsider@romashka.example"
        ),
        robot=User.objects.robot(),
        sales=sales,
        elsewhere=elsewhere,
    )
    people = {
        field.name: User.objects.with_policy().get(pk=person.pk)
        for field in fields(cast)
        if isinstance(person := getattr(cast, field.name), User)
    }
    return replace(cast, **people)
