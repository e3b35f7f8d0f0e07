import time

import kombu.exceptions
import pytest
from celery import current_app


def test_a_lost_broker_keeps_no_page_waiting() -> None:
    connection = current_app.connection_for_write(url="redis://127.0.0.1:1/0")
    started = time.monotonic()
    with pytest.raises(kombu.exceptions.OperationalError):
        connection.default_channel  # noqa: B018
    assert time.monotonic() - started < 1.5
