"""What was issued stays as it was: the database itself refuses, whoever asks."""

from typing import Any

import pgtrigger
from pgtrigger import Q

# What goes on after the issue: whose it is now, what settles it, and how it is found.
GOES_ON = (
    "owner", "team_ids", "account", "contact", "deal", "search_text", "state", "due_on", "paid", "credited",
    "written_off", "due", "settled_at", "version",
)  # fmt: skip


class ChangedSince(pgtrigger.AnyChange):
    """Any change, but those to `exclude`, once the column says when it was decided."""

    def __init__(self, decided: str, *, exclude: tuple[str, ...]) -> None:
        super().__init__(exclude=list(exclude))
        self.decided = decided

    def resolve(self, model: Any) -> str:
        return f"OLD.{self.decided} IS NOT NULL AND ({super().resolve(model)})"


def issued_stays() -> list[pgtrigger.Trigger]:
    issued = Q(old__issued_at__isnull=False)
    return [
        pgtrigger.Protect(name="issued_is_kept", operation=pgtrigger.Delete, condition=issued),
        pgtrigger.Protect(
            name="issued_stays",
            operation=pgtrigger.Update,
            condition=ChangedSince("issued_at", exclude=GOES_ON),
        ),
    ]


# Said for the length of a block by what brings documents of the past, whose rows come after them; see billing/bulk.py.
BRINGS_HISTORY = "billing.brings_history"


class OfIssued(pgtrigger.Trigger):
    """Rows of an issued invoice are neither added, changed nor taken away."""

    when = pgtrigger.Before

    def get_func(self, model: Any) -> str:
        return """
            IF TG_OP = 'INSERT' AND coalesce(current_setting('billing.brings_history', true), '') = 'on' THEN
                RETURN NEW;
            END IF;
            IF EXISTS (
                SELECT 1 FROM billing_invoice
                WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END
                AND issued_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'pgtrigger: Cannot change rows of an issued invoice (% of %)', TG_OP, TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """
