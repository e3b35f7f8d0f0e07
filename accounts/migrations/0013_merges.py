import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import accounts.models.custom_values


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_consent_purposes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicateRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tax", "the same tax number"),
                            ("email", "the same e-mail"),
                            ("phone", "the same phone"),
                            ("name", "the same name"),
                            ("domain", "the same web domain"),
                        ],
                        max_length=8,
                        unique=True,
                        verbose_name="what they share",
                    ),
                ),
                (
                    "strictness",
                    models.CharField(
                        choices=[("off", "says nothing"), ("warn", "warns"), ("reason", "asks for a reason")],
                        default="warn",
                        max_length=6,
                        verbose_name="what happens",
                    ),
                ),
            ],
            options={
                "verbose_name": "duplicate rule",
                "verbose_name_plural": "duplicate rules",
                "ordering": ["kind"],
            },
        ),
        migrations.AlterField(
            model_name="duplicatepair",
            name="state",
            field=models.CharField(
                choices=[("new", "to be looked at"), ("not_duplicate", "not a duplicate")],
                default="new",
                editable=False,
                max_length=13,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("account", "clients"), ("contact", "contacts")],
                        max_length=7,
                        verbose_name="what",
                    ),
                ),
                ("survivor_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "before",
                    models.JSONField(
                        decoder=accounts.models.custom_values.ExactDecoder,
                        default=dict,
                        encoder=accounts.models.custom_values.ExactEncoder,
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        decoder=accounts.models.custom_values.ExactDecoder,
                        default=dict,
                        encoder=accounts.models.custom_values.ExactEncoder,
                    ),
                ),
                ("merged_at", models.DateTimeField(verbose_name="merged")),
                (
                    "merged_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["kind", "survivor_id"], name="merge_of_survivor")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", None)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="merge_undone_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absorbed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("account", "clients"), ("contact", "contacts")], max_length=7),
                ),
                ("record_id", models.BigIntegerField()),
                ("survivor_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "row",
                    models.JSONField(
                        decoder=accounts.models.custom_values.ExactDecoder,
                        default=dict,
                        encoder=accounts.models.custom_values.ExactEncoder,
                    ),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absorbed",
                        to="accounts.merge",
                    ),
                ),
            ],
            options={
                "verbose_name": "absorbed record",
                "verbose_name_plural": "absorbed records",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["kind", "record_id"], name="absorbed_by_key")],
            },
        ),
        migrations.CreateModel(
            name="MergeMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=70)),
                ("from_id", models.BigIntegerField()),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("rows", models.JSONField(default=list)),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="accounts.merge",
                    ),
                ),
            ],
            options={
                "verbose_name": "move of a merge",
                "verbose_name_plural": "moves of a merge",
                "ordering": ["pk"],
            },
        ),
    ]
