from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from foundation import drain
from foundation.models import Delivery

pytestmark = pytest.mark.django_db


def test_a_claim_takes_one_batch_whatever_the_planner_thinks_of_the_table() -> None:
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(event_id=key, event_at=now, handler="none", due_at=now - timedelta(minutes=1))
        for key in range(drain.BATCH * 3)
    )
    with connection.cursor() as cursor:  # what it chooses for a table it believes to be empty
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    claimed = drain._claim()
    assert len(claimed) == drain.BATCH
    assert len({row.pk for row in claimed} | {row.pk for row in drain._claim()}) == 2 * drain.BATCH
