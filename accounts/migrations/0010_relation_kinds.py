"""The kinds of relations every company begins with, and the holdings there are as rows."""

from django.db import migrations

KINDS = [
    # key, one side, the other, the same on both sides, forms a tree
    ("holding", "parent company", "subsidiary", False, True),
    ("branch", "head office", "branch", False, True),
    ("partner", "partner", "", True, False),
    ("referrer", "referrer", "referred client", False, False),
    ("supplier", "supplier", "buyer", False, False),
]
FILL = """
    INSERT INTO accounts_relation (kind_id, from_account_id, to_account_id, in_tree, note)
    SELECT kind.id, account.parent_id, account.id, true, ''
    FROM accounts_account AS account JOIN accounts_relationkind AS kind ON kind.key = 'holding'
    WHERE account.parent_id IS NOT NULL
    ON CONFLICT DO NOTHING
    """


def make_relation_kinds(apps, schema_editor):
    RelationKind = apps.get_model("accounts", "RelationKind")
    for position, (key, from_label, to_label, is_symmetric, is_tree) in enumerate(KINDS, 1):
        words = {"from_label": from_label, "to_label": to_label, "position": position * 10}
        words |= {"is_symmetric": is_symmetric, "is_tree": is_tree}
        RelationKind.objects.get_or_create(key=key, defaults=words)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_relations")]
    operations = [
        migrations.RunPython(make_relation_kinds, migrations.RunPython.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
