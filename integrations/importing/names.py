"""Relations by name: every name known at the start, looked up without asking the database for each row."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from integrations.importing.record import Record


def name_key(name: str) -> str:
    """Case, kinds of blanks and ways to compose letters do not make another name."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Names:
    """Records of one kind by name. Where `made` is given, an unknown name makes one, saved when first needed."""

    def __init__(
        self,
        label: str,
        known: Iterable[tuple[str, Any]],
        *,
        made: Callable[[str], Any] | None = None,
        longest: int = 80,
    ) -> None:
        self.label = label
        self.known: dict[str, list[Any]] = {}
        self.made = made
        self.longest = longest
        for name, record in known:
            self.add(name, record)

    def add(self, name: str, record: Any) -> None:
        self.known.setdefault(name_key(name), []).append(record)

    def find(self, record: Record, field: str) -> Any:
        """The record a row names, None where it names none or, with a problem, one nobody knows."""
        text = record.text(field)
        if not text:
            return None
        found = self.known.get(name_key(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            record.reject(
                field,
                _("%(count)s records of the kind “%(kind)s” are called “%(name)s”.")
                % {"count": len(found), "kind": self.label, "name": text},
            )
            return None
        if self.made is not None and len(text) <= self.longest:
            new = self.made(text)
            self.add(text, new)
            return new
        record.reject_unknown(field, text, unknown_name(self.label, text))
        return None


def unknown_name(label: str, name: str) -> str:
    return _("Unknown %(kind)s “%(name)s”.") % {"kind": label, "name": name[:100]}


def kept(record: Any, *, count: Callable[[str], None]) -> Any:
    """The record, saved if a file made it just now."""
    if record is not None and record.pk is None:
        record.save()
        count(str(record._meta.verbose_name_plural))
    return record
