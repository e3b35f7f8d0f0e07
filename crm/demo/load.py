"""Loading the demo company, all of it or nothing."""

import random
from datetime import datetime, timedelta

from django.db import connection, transaction

from crm.demo.activities import fill_diaries
from crm.demo.clients import plan_clients
from crm.demo.company import make_company
from crm.demo.knowing import make_questions, make_rules, plan_knowledge
from crm.demo.money import plan_money, repeat_some, tell_what_is_late
from crm.demo.pricing import offer_prices
from crm.demo.processes import run_processes
from crm.demo.selling import open_old, plan_deals
from crm.demo.stage import Stage
from foundation.drain import drain
from foundation.partitions import EVENTS, ensure_months
from users.models import User

HISTORY = timedelta(days=455)
LOCK = "demo company"


def is_empty() -> bool:
    """Whether nobody works here yet but the robot."""
    return not User.objects.filter(is_robot=False).exists()


def load(*, now: datetime, seed: int = 1) -> bool:
    """Play the company's story up to `now`; False when somebody works here already.

    The same for the same seed, but for its dates, which are counted back from `now`. One transaction: a start that
    was interrupted leaves nothing behind, and of two starts at once one waits and then finds the work done.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        if not is_empty():
            return False
        ensure_months((now - HISTORY - timedelta(days=31)).date(), now.date(), tables=EVENTS)
        dice = random.Random(seed)
        stage = Stage(now)
        company = make_company(now)
        criteria = make_questions(company)
        clients = plan_clients(company, stage, dice)
        stage.play()
        plan_knowledge(criteria, clients, stage)
        old = plan_deals(company, clients, stage, dice)
        open_old(old)
        stage.play()
        plan_money(company, stage, dice)
        stage.play()
        tell_what_is_late(now)
        repeat_some(company, now)
        offer_prices(company, now)
        fill_diaries(company, now, dice)
        make_rules(company, now)
        run_processes(company, now)
        drain()
    return True
