"""What a person may do, and to whose records: the grants of their roles, folded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from foundation.rights import all_rights

WIDTH = {"own": 1, "department": 2, "all": 3}


@dataclass(frozen=True)
class Reach:
    """The people whose records a verb reaches: everybody, nobody, or those with these keys."""

    everybody: bool
    people: frozenset[int]

    def covers(self, team_ids: Iterable[int]) -> bool:
        return self.everybody or not self.people.isdisjoint(team_ids)

    def covers_person(self, user_id: int | None) -> bool:
        return self.everybody or user_id in self.people

    @property
    def is_empty(self) -> bool:
        return not self.everybody and not self.people


NOBODY = Reach(False, frozenset())
EVERYBODY = Reach(True, frozenset())


@dataclass(frozen=True)
class Policy:
    """`grants` maps a verb to the widest scope any role gives; `colleagues` are the people of the subtree."""

    user_id: int
    grants: dict[str, str]
    colleagues: frozenset[int]
    is_robot: bool = False

    @classmethod
    def of(cls, user: Any) -> "Policy":
        if not hasattr(user, "policy_grants"):
            user = type(user).objects.with_policy().get(pk=user.pk)
        grants: dict[str, str] = {}
        for granted in user.policy_grants if user.is_active else ():
            verb, scope = granted.split(":")
            if WIDTH[scope] > WIDTH.get(grants.get(verb, ""), 0):
                grants[verb] = scope
        return cls(user.pk, grants, frozenset(user.policy_colleagues) | {user.pk}, user.is_robot)

    def may(self, verb: str) -> bool:
        return self.is_robot or verb in self.grants

    def reach(self, verb: str) -> Reach:
        if self.is_robot:
            return EVERYBODY
        match self.grants.get(verb):
            case "all":
                return EVERYBODY
            case "department":
                return Reach(False, self.colleagues)
            case "own":
                return Reach(False, frozenset({self.user_id}))
        return NOBODY

    def described(self) -> list[tuple[str, str]]:
        """(right, how far) in words, for the person's own page."""
        how_far = {
            "own": _("my own"),
            "department": _("my department's, with those below it"),
            "all": _("everybody's"),
        }
        rights = all_rights()
        return [
            (str(rights[verb].label), how_far[scope] if rights[verb].is_scoped else _("yes"))
            for verb, scope in sorted(self.grants.items())
            if verb in rights
        ]
