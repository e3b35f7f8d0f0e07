"""When each deal's client was last touched and is met next: told down to the deals, which never ask us."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from deals.touches import Touched, record_touches

# Each branch reads its “of deal” index from the top. A call nobody answered touches nobody; a meeting does once held.
LATEST = """
    SELECT deal.id,
        greatest(
            (SELECT at FROM activities_call WHERE deal_id = deal.id AND result = 'reached'
             ORDER BY at DESC, id DESC LIMIT 1),
            (SELECT at FROM activities_message WHERE deal_id = deal.id ORDER BY at DESC, id DESC LIMIT 1),
            (SELECT max(held.starts_at) FROM activities_meeting AS meeting
             JOIN activities_occurrence AS held ON held.meeting_id = meeting.id
             WHERE meeting.deal_id = deal.id AND held.held_at IS NOT NULL AND NOT held.is_cancelled)),
        (SELECT min(coming.starts_at) FROM activities_meeting AS meeting
         JOIN activities_occurrence AS coming ON coming.meeting_id = meeting.id
         WHERE meeting.deal_id = deal.id AND NOT coming.is_cancelled AND coming.held_at IS NULL
               AND coming.starts_at >= %(at)s)
    FROM unnest(%(deals)s::bigint[]) AS deal (id)
"""


def tell_touches(deal_ids: Iterable[int], *, at: datetime) -> None:
    """Two statements, however many deals; `at` is from when on a meeting is still to come."""
    keys = sorted(set(deal_ids))
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(LATEST, {"deals": keys, "at": at})
        found = {key: Touched(last_at, meeting_at) for key, last_at, meeting_at in cursor.fetchall()}
    record_touches(found)
