from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What open invoices and earlier payments are found by when a bank says who paid how much."""

    atomic = False

    dependencies = [("billing", "0010_bank_statements")]

    operations = [
        AddIndexConcurrently(
            "invoice",
            models.Index(
                fields=["legal_entity", "due", "id"], name="invoice_by_what_is_due", condition=Q(due__gt=0)
            ),
        ),
        AddIndexConcurrently(
            "payment",
            models.Index(
                fields=["payer_bank_account", "account"],
                name="payment_by_payer",
                condition=Q(account__isnull=False) & ~Q(payer_bank_account=""),
            ),
        ),
    ]
