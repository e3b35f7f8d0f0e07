"""Two workers at the same moment: nobody is given two things in turn, nothing is given twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from distribution.models import Allotment, Record
from distribution.operations import distribute
from distribution.testing import make_distribution_rule
from foundation.models import Event
from users.models import User
from users.testing import make_cast


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_the_turns_and_give_each_lead_once():
    cast = make_cast()
    team = [cast.salesperson, cast.colleague, cast.outsider, cast.support]
    make_distribution_rule("Leads", *team, fallback=cast.head)
    leads = [make_account(f"Lead {n}", roles=["lead"]).pk for n in range(8)]
    together = Barrier(2)

    def work(keys):
        try:
            robot = User.objects.robot()
            for key in keys:
                together.wait(timeout=60)
                distribute(Record.LEAD, [key], by=robot, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        # The first lead of each is the same one: delivered to both.
        done = [
            workers.submit(work, leads[:1] + leads[1::2]),
            workers.submit(work, leads[:1] + leads[2::2] + leads[1:2]),
        ]
        for each in done:
            each.result()
    owners = Counter(Account.objects.filter(pk__in=leads).values_list("owner_id", flat=True))
    assert owners == {person.pk: 2 for person in team}
    assert Allotment.objects.count() == len(leads)
    assert Event.objects.filter(name="account.assigned").count() == len(leads)
