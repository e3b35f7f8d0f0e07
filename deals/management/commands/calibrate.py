from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from deals.calibrating import recalibrate
from deals.models import Pipeline, Stage


class Command(BaseCommand):
    help = "Learn from the closed deals how likely open ones are, and print how the test on the newest fifth went."

    def handle(self, *args: Any, **options: Any) -> None:
        pipelines, stages = Pipeline.objects.in_bulk(), Stage.objects.in_bulk()
        for key, learnt in recalibrate(at=timezone.now()).items():
            self.stdout.write(f"{pipelines[key].name}: {learnt.weight:.2f} of the evidence counts")
            if learnt.hindsight:
                self.stdout.write(f"  left out, known afterwards: {', '.join(learnt.hindsight)}")
            for stage_id, tested in learnt.tested.items():
                self.stdout.write(
                    f"  {stages[stage_id].name}: {tested.n} deals, Brier of the stage's share {tested.base:.4f},"
                    f" with the features {tested.model:.4f}: {'used' if tested.is_better else 'not used'}"
                )
