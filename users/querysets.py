"""Which records a person sees: the one policy for pages, counts, search, reports, import and jobs."""

from collections.abc import Callable
from typing import Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat, Left, Length

from foundation.search import among
from foundation.statements import array_text

_READ_WITH_PERSON: list[Callable[[], dict[str, Any]]] = []
MANY = 9  # from here on PostgreSQL looks a key up in a hash table instead of comparing it with each


def read_with_person(annotations: Callable[[], dict[str, Any]]) -> None:
    """What a room above wants read with whoever asks for a page, in the statement that reads them anyway."""
    _READ_WITH_PERSON.append(annotations)


class VisibleQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """For records with `team_ids`: the keys of their owner and collaborators, under a GIN index.

    Subclasses name `view_right`, the verb that lets a person see such a record. The owner is always of the team;
    asking for the owner first spares comparing two arrays, which for a head of a hundred is four times slower.
    """

    view_right: str

    def visible_to(self, user: Any, verb: str | None = None) -> Self:
        """Those this person may see, or may do `verb` to."""
        if not user.is_authenticated:
            return self.none()
        reach = user.reach(verb or self.view_right)
        if reach.everybody:
            return self
        if reach.is_empty:
            return self.none()
        people = sorted(reach.people)
        if len(people) < MANY:
            return self.filter(team_ids__overlap=people)
        return self.filter(_Team(F("owner_id"), F("team_ids"), people=tuple(people)))


class _Team(Func):
    """Whether a record's owner or team are among `people`, who are one value: written out a key at a time, a
    hundred people would cost more in Python than the statement does in PostgreSQL."""

    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        (owner, _none), (team, _none) = (compiler.compile(column) for column in self.source_expressions)
        people = array_text(self.extra["people"])
        return f"({owner} = ANY(%s::bigint[]) OR {team} && %s::bigint[])", [people, people]


class UserQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> Self:
        return self.filter(is_active=True, is_robot=False)

    def below(self, department: Any) -> Self:
        """People of a department and of those under it."""
        return self.filter(department__path__startswith=department.path)

    def visible_to(self, user: Any) -> Self:
        reach = user.reach("users.view")
        if reach.everybody:
            return self
        return among(self, reach.people)

    def with_policy(self) -> Self:
        """The person with all that rights are decided by, in one statement."""
        from users.models import Department, Grant, Role

        grants = Grant.objects.filter(role__people=OuterRef("pk")).order_by()
        # Departments below the person's own and below each that they lead.
        tops = Department.objects.filter(
            Q(pk=OuterRef(OuterRef(OuterRef("department_id")))) | Q(head=OuterRef(OuterRef(OuterRef("pk")))),
            path=Left(OuterRef("path"), Length("path")),
        )
        below = Department.objects.filter(Exists(tops))
        colleagues = self.model._default_manager.filter(department__in=below).order_by()
        also = {name: each for annotations in _READ_WITH_PERSON for name, each in annotations().items()}
        return self.select_related("department").annotate(
            **also,
            policy_grants=ArraySubquery(
                grants.values(granted=Concat(F("verb"), Value(":"), F("scope"), output_field=CharField()))
            ),
            policy_colleagues=ArraySubquery(colleagues.values("pk")),
            policy_roles=ArraySubquery(Role.objects.filter(people=OuterRef("pk")).order_by().values("key")),
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str | None, name: str, password: str | None = None, **fields: Any) -> Any:
        user = self.model(email=email, name=name, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None) -> Any:
        """`manage.py createsuperuser`: the first administrator of an empty installation."""
        from users.models import Role

        user = self.create_user(email, name, password)
        user.roles.add(Role.objects.get(key="administrator"))
        return user

    def robot(self) -> Any:
        """Who acts for automation; made by the first migration."""
        return self.get(is_robot=True)

    def get_by_natural_key(self, email: str) -> Any:
        return self.get(email=email.strip().lower())
