"""What a person answers for, and somebody else takes over when they leave or are away: each room registers its own.

    handing_over.register(
        Kind(record="deal", words=_("Open deals"), records=lambda at: Deal.objects.open(), give=give_deals,
             client="account_id", worth="base_amount", team="team_ids", right="deals.assign", link=..., order=20)
    )

The wizard (accounts/handing_over) counts, previews, gives and gives back whatever is registered here. Every model
with an `owner` is registered or excused: tests/house compares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.urls import reverse


class Give(Protocol):
    def __call__(self, owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
        """Give records ({key: person}) to other owners in few statements; {key: why not} for those refused."""


def no_link(_person_id: int) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Records with an `owner`. `records(at)` are those that go along: open and planned ones, never what is closed.

    `client`, `worth` and `team` name columns: the client's key, the sum in the company's currency, who sees it.
    What belongs to a client goes where the client goes. `right` is needed for each record by whoever gives it.
    """

    record: str
    words: Any
    records: Callable[[datetime], Any]
    give: Give
    client: str = ""
    worth: str = ""
    team: str = ""
    title: str = "title"
    right: str = ""
    link: Callable[[int], str] = no_link
    order: int = 100

    def of(self, person_id: int, at: datetime) -> Any:
        return self.records(at).filter(owner=person_id)


@dataclass(frozen=True, kw_only=True)
class Mention:
    """What names the person: shown with a link, for somebody to decide, unless it goes along with something else."""

    key: str
    words: Any
    names: Callable[[int], list[str]]
    link: Callable[[int], str] = no_link
    goes_along: bool = False
    order: int = 100


_kinds: dict[str, Kind] = {}
_mentions: dict[str, Mention] = {}
_page: list[str] = []


def register(kind: Kind) -> None:
    _kinds[kind.record] = kind


def mention(each: Mention) -> None:
    _mentions[each.key] = each


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.record))


def kind_of(record: str) -> Kind:
    return _kinds[record]


def mentions() -> list[Mention]:
    return sorted(_mentions.values(), key=lambda each: (each.order, each.key))


def open_at(url_name: str) -> None:
    """The room with the wizard says where it is, so that pages below can lead there."""
    _page[:] = [url_name]


def page_of(person_id: int) -> str:
    return reverse(_page[0], args=[person_id]) if _page else ""
