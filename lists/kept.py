"""What a list's address keeps from page to page: filters, order, view and columns, in one spelling."""

from collections.abc import Iterable
from typing import Any, Self

from django.http import QueryDict

from foundation.keyset import Page
from lists.arranging import SAFE


class Kept(dict[str, str]):
    @classmethod
    def of(cls, sent: Any, names: Iterable[str], several: Iterable[str] = ()) -> Self:
        """Of what was sent, these names; all that was said of those that may be said `several` times."""
        kept = cls({name: sent[name] for name in names if sent.get(name)})
        kept.update((name, ",".join(sent.getlist(name))) for name in several if sent.get(name))
        return kept

    @property
    def query(self) -> QueryDict:
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in self.items() if value})
        return query

    def changed(self, **changes: str | None) -> str:
        """The query string with changes; None takes a filter away. Always begins the list anew."""
        return str(type(self)({**self, **changes}).query.urlencode(safe=SAFE))  # type: ignore[dict-item]

    def toggled(self, name: str, value: str) -> str:
        """A chip's address: a second tap takes away what the first one asked."""
        return self.changed(**{name: None if self.get(name) == value else value})

    def pages(self, page: Page) -> dict[str, str]:
        return {
            "previous": self.changed(cursor=page.previous) if page.previous else "",
            "next": self.changed(cursor=page.next) if page.next else "",
        }
