"""What the storm counts by: plain tables without any rule that could hide a loss or a double."""

import os
import random
import time

from django.db import connection

from foundation.models import Event

TABLES = """
    CREATE TABLE storm_probe (event_id bigint NOT NULL, worker int NOT NULL);
    CREATE TABLE storm_move (deal_id bigint NOT NULL, mover int NOT NULL);
"""


def leave_row(event: Event) -> None:
    """One row for every run that commits; slow at times, so that kills land in the middle."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm_probe (event_id, worker) VALUES (%s, %s)", [event.pk, os.getpid()])
    if random.random() < 0.05:
        time.sleep(0.05)


def note_move(deal_id: int) -> None:
    """In the transaction of the move itself: what commits is what is counted."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm_move (deal_id, mover) VALUES (%s, %s)", [deal_id, os.getpid()])
