"""How much was done about deals, for the rules of stages: deals ask, activities count."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from deals.requirements import register_counter

# Each branch reads its “of deal” index. What is counted is that it took place: a call nobody answered, too, but a
# meeting only once it was held, each time of a series by itself. A task done by calling is that call.
DONE = """
    SELECT (SELECT count(*) FROM activities_call WHERE deal_id = ANY(%(deals)s) AND at >= %(since)s)
         + (SELECT count(*) FROM activities_message WHERE deal_id = ANY(%(deals)s) AND at >= %(since)s)
         + (SELECT count(*) FROM activities_task AS task
            WHERE deal_id = ANY(%(deals)s) AND state = 'done' AND closed_at >= %(since)s
            AND NOT EXISTS (SELECT FROM activities_call AS call WHERE call.task_id = task.id))
         + (SELECT count(*) FROM activities_occurrence AS held
            JOIN activities_meeting AS meeting ON meeting.id = held.meeting_id
            WHERE meeting.deal_id = ANY(%(deals)s) AND held.starts_at >= %(since)s
                  AND held.held_at IS NOT NULL AND NOT held.is_cancelled)
"""


def count_done(deal_ids: Sequence[int], since: datetime) -> int:
    """Calls, messages, meetings held and tasks done about these deals since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"deals": list(deal_ids), "since": since})
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def register() -> None:
    register_counter(count_done)
