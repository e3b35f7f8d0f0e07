import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_territories"),
        ("changes", "0002_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "receivers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="who takes over"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("one", "all to one person"),
                            ("equally", "equally: everybody gets as many clients"),
                            ("load", "by load: who has the fewest clients gets the next"),
                            ("territory", "by territory: to whoever answers for it"),
                            ("relations", "by relations: to whoever knows the client already"),
                        ],
                        max_length=9,
                        verbose_name="who gets what",
                    ),
                ),
                ("is_leaving", models.BooleanField(default=True, verbose_name="leaves")),
                ("shuts_out", models.BooleanField(default=False, verbose_name="shut out at once")),
                ("until", models.DateField(blank=True, null=True, verbose_name="away until")),
                ("planned_at", models.DateTimeField()),
                (
                    "change_set",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_over",
                        to="changes.changeset",
                    ),
                ),
                (
                    "given_back",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="changes.changeset",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="colleague",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HandOverPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "record",
                    models.CharField(blank=True, help_text="the kind of what has no client", max_length=20),
                ),
                ("object_id", models.BigIntegerField(null=True)),
                ("title", models.CharField(max_length=200)),
                ("counts", models.JSONField(default=dict, help_text="how many records of each kind")),
                ("worth", models.DecimalField(decimal_places=2, default=0, max_digits=20)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "hand_over",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="accounts.handover",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a hand-over",
                "verbose_name_plural": "parts of a hand-over",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["one", "equally", "load", "territory", "relations"])),
                name="hand_over_way_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_leaving", True), ("until", None)),
                    models.Q(("is_leaving", False), ("until__isnull", False)),
                    _connector="OR",
                ),
                name="hand_over_until_when_away",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_leaving", True), ("shuts_out", False), _connector="OR"),
                name="hand_over_shuts_out_who_leaves",
            ),
        ),
        migrations.AddIndex(
            model_name="handoverpart",
            index=models.Index(fields=["hand_over", "id"], name="hand_over_parts"),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", False), ("object_id", None), ("record", "")),
                    models.Q(
                        ("account", None),
                        ("object_id__isnull", False),
                        models.Q(("record", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hand_over_part_is_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("account__isnull", False)),
                fields=("hand_over", "account"),
                name="hand_over_client_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("object_id__isnull", False)),
                fields=("hand_over", "record", "object_id"),
                name="hand_over_record_once",
            ),
        ),
    ]
