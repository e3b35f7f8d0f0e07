"""When the client was last touched and is met next, pushed down by rooms above: so no list has to join them.

A touch is a call that reached somebody, a meeting held, a message in or out. It is no change of the deal: it tells no
fact, leaves the version alone and is kept out of the history.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection


class Touched(NamedTuple):
    """The latest touch there is, and the next meeting planned; None where there is none."""

    last_at: datetime | None
    meeting_at: datetime | None


RECORD = """
    UPDATE deals_deal SET last_touch_at = said.last_at, next_meeting_at = said.meeting_at
    FROM (SELECT deal.id, said.last_at, said.meeting_at
          FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS said (id, last_at, meeting_at)
          JOIN deals_deal AS deal ON deal.id = said.id
          WHERE (deal.last_touch_at, deal.next_meeting_at) IS DISTINCT FROM (said.last_at, said.meeting_at)
          ORDER BY deal.id FOR UPDATE OF deal) AS said
    WHERE deals_deal.id = said.id
"""


def record_touches(touched: Mapping[int, Touched]) -> None:
    """As it is now for these deals. Rows are locked in the order of their keys, as everywhere."""
    if not touched:
        return
    keys = sorted(touched)
    values: list[Any] = [
        keys,
        [touched[key].last_at for key in keys],
        [touched[key].meeting_at for key in keys],
    ]
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
