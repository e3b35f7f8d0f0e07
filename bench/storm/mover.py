"""Moves deals through the verbs until somebody kills it: `python -m bench.storm.mover SEED`."""

import random
import sys
import time

import django

DEALS, PAUSE = 40, 0.03


def main(seed: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from bench.storm.probe import note_move
    from deals.models import Deal, LossReason
    from users.models import User

    dice = random.Random(seed)
    person = User.objects.get(email="sales@romashka.example")
    reason = LossReason.objects.get()
    keys = list(Deal.objects.order_by("pk").values_list("pk", flat=True)[:DEALS])
    while True:
        with transaction.atomic():
            deal = Deal.objects.select_for_update().get(pk=dice.choice(keys))
            others = [
                stage for stage in deal.pipeline.stages.all() if stage.is_open and stage.pk != deal.stage_id
            ]
            now, luck = timezone.now(), dice.random()
            if not deal.is_open:
                deal.reopen(by=person, at=now)
            elif luck < 0.05:
                deal.win(by=person, at=now)
            elif luck < 0.1:
                deal.lose(reason, by=person, at=now)
            else:
                deal.move(dice.choice(others), by=person, at=now)
            note_move(deal.pk)
            if dice.random() < 0.2:
                time.sleep(PAUSE)  # so that some die in the middle of a transaction
        time.sleep(dice.random() * 2 * PAUSE)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
