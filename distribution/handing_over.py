"""Rules that name somebody go on naming them when they hand over: the wizard says which, for an administrator."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from distribution.models import DistributionRule
from users.handing_over import Mention, mention


def register() -> None:
    mention(
        Mention(
            key="distribution",
            words=_("Rules of distribution that name them"),
            names=_rules,
            link=lambda _person: reverse("distribution:queue"),
            order=50,
        )
    )


def _rules(person_id: int) -> list[str]:
    named = Q(candidates__person=person_id) | Q(fallback=person_id)
    return list(
        DistributionRule.objects.filter(named)
        .order_by("name", "pk")
        .values_list("name", flat=True)
        .distinct()
    )
