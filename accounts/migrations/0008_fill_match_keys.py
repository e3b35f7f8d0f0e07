"""Keys by which doubles are found, for the clients there are. In batches of their own, so that nobody waits."""

from collections import defaultdict

from django.db import migrations, transaction

from accounts.duplicates.matching import Place, keys_of, party_of
from foundation.copying import copy_rows

BATCH = 2_000


def fill(apps, schema_editor):
    Account, MatchKey = apps.get_model("accounts", "Account"), apps.get_model("accounts", "MatchKey")
    last = 0
    while accounts := list(
        Account.objects.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "name", "kind", "website")[:BATCH]
    ):
        ids = [pk for pk, *_rest in accounts]
        points = _of(apps, "ContactPoint", ids, "kind", "value")
        numbers = _of(apps, "TaxNumber", ids, "kind", "value")
        places = _of(apps, "Address", ids, "postcode", "city", "street")
        with transaction.atomic():
            MatchKey.objects.filter(account__in=ids).delete()  # a run cut short begins its batch again
            copy_rows(
                MatchKey,
                ("account_id", "kind", "value"),
                (
                    (pk, *key)
                    for pk, name, kind, website in accounts
                    for key in sorted(
                        keys_of(
                            party_of(
                                name,
                                is_person=kind == "person",
                                website=website,
                                points=points[pk],
                                tax_numbers=numbers[pk],
                                places=[
                                    Place(postcode=postcode, city=city, street=street)
                                    for postcode, city, street in places[pk]
                                ],
                            )
                        )
                    )
                ),
            )
        last = ids[-1]


def _of(apps, model, ids, *columns):
    found = defaultdict(list)
    rows = apps.get_model("accounts", model).objects.filter(account__in=ids).order_by("pk")
    for account_id, *values in rows.values_list("account_id", *columns):
        found[account_id].append(tuple(values))
    return found


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0007_match_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
