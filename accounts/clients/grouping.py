"""The list of clients in groups: how many in each, and the link that opens it. A client of two roles stands in both."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, Value
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountRole
from accounts.models.account import Kind
from foundation.money import number_text
from lists.grouping import Grouping, address_of, counted, in_order, name_of

ROLE = Func(F("roles"), function="unnest", output_field=CharField(), set_returning=True)
GROUPINGS = {
    "owner": Grouping(_("Owner"), "owner_id", "owner__name", "owner__sort_key", "owner", _("Nobody")),
    "role": Grouping(
        _("Role"), ROLE, Value(""), Value(""), "role", "",
        {role.value: capfirst(role.label) for role in AccountRole},
    ),
    "industry": Grouping(
        _("Industry"), "industry_id", "industry__name", "industry__name", "industry", _("No industry")
    ),
    "source": Grouping(_("Source"), "source_id", "source__name", "source__name", "source", _("No source")),
    "kind": Grouping(
        _("Kind"), "kind", Value(""), Value(""), "kind", "", {kind.value: capfirst(kind.label) for kind in Kind}
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ClientGroup:
    name: str
    count: str
    url: str


def groups_of(filterset: Any, clients: Any, by: str) -> list[ClientGroup] | None:
    """The groups in their order, the nameless last; None where there are more clients than are counted for a page."""
    found, grouping, language = counted(clients, GROUPINGS[by]), GROUPINGS[by], get_language() or "en"
    if found is None:
        return None
    return [
        ClientGroup(
            name_of(key, name, grouping), number_text(count, language), address_of(key, grouping, filterset)
        )
        for key, name, _place, count, _worth in in_order(found)
    ]
