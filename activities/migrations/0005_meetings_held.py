"""What was held and of whom it is known, one absence at a time, and everybody's own absences."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations, models

from activities.models.absence import Days


def grant_own_absences(apps, schema_editor):
    """The roles that every installation has from the first note their own; heads and administrators had more."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for role in Role.objects.filter(key__in=["salesperson", "support", "accountant"]):
        Grant.objects.get_or_create(role=role, verb="activities.absences", defaults={"scope": "own"})


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_task_series")]
    operations = [
        migrations.AddField(
            "occurrence",
            "held_at",
            models.DateTimeField(editable=False, help_text="when it was said to have been held", null=True),
        ),
        migrations.AddField(
            "occurrence",
            "outcome",
            models.TextField(blank=True, default="", verbose_name="outcome"),
            preserve_default=False,
        ),
        migrations.AddField(
            "participant",
            "is_announced",
            models.BooleanField(
                default=False, editable=False, help_text="was written to, so hears of changes too"
            ),
        ),
        migrations.AddConstraint(
            "absence",
            ExclusionConstraint(
                name="absent_once_at_a_time",
                expressions=[
                    (models.F("person"), RangeOperators.EQUAL),
                    (
                        Days(models.F("starts_on"), models.F("ends_on"), models.Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ),
        migrations.RunPython(grant_own_absences, migrations.RunPython.noop),
    ]
