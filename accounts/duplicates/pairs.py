"""What the page of possible duplicates shows: one statement for the rows, one for the count."""

from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clients.queries import day_text
from accounts.duplicates.matching import CERTAIN, WEIGHTS, Reason
from accounts.models import DuplicatePair, PairState
from accounts.models.account import Kind

SIZE = 25
ORDER = ("-score", "-pk")
STATES = (PairState.NEW, PairState.NOT_DUPLICATE)
OF_EACH = ("name", "kind", "created_at", "owner__name", "industry__name")


def pairs_of(person: Any, state: str) -> Any:
    """Pairs in a state whose clients this person both sees, as values() with what the page says of each."""
    pairs = DuplicatePair.objects.visible_to(person).filter(state=state)
    columns = {
        f"{side}_{name.replace('__', '_')}": F(f"{side}__{name}")
        for side in ("first", "second")
        for name in OF_EACH
    }
    return pairs.values("pk", "score", "reasons", "first_id", "second_id", **columns)


def shown_pairs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `pairs_of` as strings: both clients, how sure the rules are, what speaks for it and what against."""
    today = timezone.localdate()
    return [
        {
            "pk": row["pk"],
            "first_id": row["first_id"],
            "second_id": row["second_id"],
            "clients": [_client(row, "first", today), _client(row, "second", today)],
            "sure": _("almost certain") if row["score"] >= CERTAIN else _("likely"),
            "is_sure": row["score"] >= CERTAIN,
            "reasons": [
                (Reason(reason).label, WEIGHTS[Reason(reason)] > 0)
                for reason in row["reasons"]
                if reason in Reason.values
            ],
        }
        for row in rows
    ]


def _client(row: dict[str, Any], side: str, today: date) -> dict[str, Any]:
    return {
        "url": reverse("accounts:card", args=[row[f"{side}_id"]]),
        "name": row[f"{side}_name"],
        "about": row[f"{side}_industry_name"] or Kind(row[f"{side}_kind"]).label,
        "owner": row[f"{side}_owner_name"] or _("Nobody"),
        "since": day_text(row[f"{side}_created_at"], today),
    }
