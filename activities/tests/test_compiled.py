from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from activities.compiled import Compiled
from foundation.models import FormNonce

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def of_since(user, since):
    found = FormNonce.objects.filter(user_id=user, made_at__gte=since)
    return found.order_by("made_at").values("user_id", "url")[:1]


@pytest.mark.django_db
def test_a_statement_made_once_answers_each_value_by_itself():
    for user, day in ((1, 0), (1, 2), (2, 1)):
        FormNonce.objects.create(key=uuid4(), user_id=user, url=f"/{day}/", made_at=AT + timedelta(days=day))
    asked = Compiled(of_since, int, datetime)

    assert asked.rows(1, AT) == [{"user_id": 1, "url": "/0/"}]
    assert asked.rows(1, AT + timedelta(days=1)) == [{"user_id": 1, "url": "/2/"}]
    assert asked.rows(2, AT) == [{"user_id": 2, "url": "/1/"}]
    assert asked.rows(2, AT + timedelta(days=2)) == []


@pytest.mark.django_db
def test_a_value_that_the_queryset_reckons_with_is_refused_instead_of_forgotten():
    asked = Compiled(lambda since: of_since(1, since + timedelta(days=400)), datetime)

    with pytest.raises(ValueError, match="nowhere in the statement"):
        asked.rows(AT)
