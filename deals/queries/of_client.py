"""What a client's deals come to: open, won, and when it bought last."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.models import Deal
from deals.queries import words


class Figure(NamedTuple):
    title: str
    worth: str
    note: str
    url: str


def money_of(account: Any, person: Any) -> list[Figure]:
    """Of the deals this person sees, in the company's currency; each figure opens its rows. One statement."""
    is_open, is_won = Q(state="open"), Q(state="won")
    found = (
        Deal.objects.visible_to(person)
        .filter(account=account)
        .aggregate(
            open_n=Count("pk", filter=is_open),
            open_worth=Sum("base_amount", filter=is_open, default=0),
            won_n=Count("pk", filter=is_won),
            won_worth=Sum("base_amount", filter=is_won, default=0),
            last=Max("closed_on", filter=is_won),
        )
    )
    figures = []
    if found["open_n"]:
        figures.append(
            _figure(_("Open deals"), account, "open", found["open_worth"], _deals(found["open_n"]))
        )
    if found["won_n"]:
        last = words.day_text(found["last"], timezone.localdate())
        note = _("%(deals)s, last %(day)s") % {"deals": _deals(found["won_n"]), "day": last}
        figures.append(_figure(_("Won deals"), account, "won", found["won_worth"], note))
    return figures


def _figure(title: str, account: Any, state: str, worth: Any, note: str) -> Figure:
    url = f"{reverse('deals:list')}?{urlencode({'account': account.pk, 'state': state})}"
    return Figure(title, words.worth_text(worth), note, url)


def _deals(n: int) -> str:
    return ngettext("%(n)s deal", "%(n)s deals", n) % {"n": words.count_text(n)}
