from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any


class Mergeable:
    """Others of its kind can go into it. Mixed into Account and Contact."""

    def merge(
        self: Any,
        others: Iterable[Any],
        choices: Mapping[str, str] | None = None,
        *,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> Any:
        """These become one with it, two to five together; the Merge, which takes it back. See `accounts.merging`.

        `choices` are {field: key of the record whose value is taken, or "all"}.
        """
        from accounts.merging.verb import merge  # it moves what is built on top of these models

        done = merge(self, [each.pk for each in others], choices or {}, by=by, at=at, cause=cause)
        self.refresh_from_db()
        return done
