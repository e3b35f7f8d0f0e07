"""What this room's people answer for: clients, and territories."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.assigning import assign_many
from accounts.handing_over import dossier, giving, notices
from accounts.models import Account
from accounts.timeline import TimelineKind, offer_kind
from users import handing_over
from users.handing_over import Kind, Mention


def register() -> None:
    handing_over.register(
        Kind(
            record="client",
            words=_("Clients"),
            records=lambda _at: Account.objects.all(),
            give=assign_many,
            client="pk",
            team="team_ids",
            title="name",
            right="accounts.assign",
            link=lambda person: f"{reverse('accounts:list')}?owner={person}",
            order=10,
        )
    )
    handing_over.mention(
        Mention(key="territory", words=_("Answers for a territory"), names=_territories, order=20)
    )
    handing_over.open_at("accounts:hand_over")
    offer_kind(
        TimelineKind("hand_overs", _("Hand-overs"), ("account.entrusted", "account.assigned"), order=90)
    )
    giving.register()
    notices.register()
    dossier.register()


def _territories(person_id: int) -> list[str]:
    from accounts.models import Territory

    return list(Territory.objects.filter(person=person_id).order_by("name").values_list("name", flat=True))
