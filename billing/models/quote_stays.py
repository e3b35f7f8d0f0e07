"""What was sent to a client stays as it was, and so does what the client answered: the database itself refuses."""

from typing import Any

import pgtrigger
from pgtrigger import Q

from billing.models.stays import ChangedSince

# What goes on after it was sent: whose it is now, what became of it, and how it is found.
WHOSE = ("owner", "team_ids", "account", "contact", "deal", "search_text", "state", "version", "invoice")
DECIDED = ("decided_at", "decided_by", "decided_name", "decline_reason")


def sent_stays() -> list[pgtrigger.Trigger]:
    def changed(name: str, since: str, goes_on: tuple[str, ...]) -> pgtrigger.Trigger:
        condition = ChangedSince(since, exclude=goes_on)
        return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=condition)

    kept = pgtrigger.Protect(
        name="sent_is_kept", operation=pgtrigger.Delete, condition=Q(old__sent_at__isnull=False)
    )
    return [
        kept,
        changed("sent_stays", "sent_at", WHOSE + DECIDED),
        changed("decided_stays", "decided_at", WHOSE),
    ]


class OfSent(pgtrigger.Trigger):
    """Lines of a quote that was sent are neither added, changed nor taken away."""

    when = pgtrigger.Before

    def get_func(self, model: Any) -> str:
        return """
            IF EXISTS (
                SELECT 1 FROM billing_quote
                WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.quote_id ELSE OLD.quote_id END
                AND sent_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'pgtrigger: Cannot change lines of a sent quote (%)', TG_OP;
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """
