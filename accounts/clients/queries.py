"""What the list of clients offers to choose from, and how it says days."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, Value
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Account, AccountRole, Industry, Source, Tag
from users.dates import short_day
from users.models import User

MOST_CHOICES = 300
ROLE_LOOK = {
    AccountRole.CLIENT: "tag-good",
    AccountRole.LEAD: "tag-info",
    AccountRole.PARTNER: "tag-leaf",
    AccountRole.SUPPLIER: "",
}


def day_text(moment: datetime, today: date) -> str:
    """“14:05” today, “Yesterday”, “Mar 12”, “Mar 12, 2024”, where the person is."""
    local = timezone.localtime(moment)
    day = local.date()
    if day == today:
        return formats.time_format(local, "H:i")
    if (today - day).days == 1:
        return _("Yesterday")
    return short_day(day, today)


def choices(person: Any) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, in one statement: {parameter: [(value, words)]}; retired words stay findable."""
    people = User.objects.visible_to(person).active().order_by()
    offered = _named("owner", people).union(
        _named("industry", Industry.objects.order_by()),
        _named("source", Source.objects.order_by()),
        _named("tag", Tag.objects.order_by()),
        all=True,
    )
    found: dict[str, list[tuple[str, str]]] = {"owner": [], "industry": [], "source": [], "tag": []}
    for param, pk, name in offered.order_by("param", "word"):
        if len(found[param]) < MOST_CHOICES:
            found[param].append((str(pk), name))
    return found


def names_of(chosen: dict[str, int], person: Any) -> dict[str, str]:
    """The words behind the keys of the active filters, in one statement; none when no key is chosen."""
    of = {"owner": User.objects.visible_to(person), "industry": Industry.objects, "source": Source.objects}
    of |= {"tag": Tag.objects, "holding": Account.objects.visible_to(person)}
    parts = [_named(param, of[param].filter(pk=pk).order_by()) for param, pk in chosen.items() if param in of]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {param: name for param, _pk, name in rows}


def first_of(person: Any) -> bool:
    """Whether this person sees any client at all: only asked when a list is empty."""
    return bool(Account.objects.visible_to(person).exists())


def _named(param: str, records: Any) -> Any:
    return records.annotate(param=Value(param), word=F("name")).values_list("param", "pk", "word")
