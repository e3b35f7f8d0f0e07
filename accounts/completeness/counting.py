"""How complete a client is: which fields count, what is missing, and the column lists are ordered by.

The score is the share of the weights of the rules that apply, in percent; where something required is missing, at
most 49. Without rules there is no score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.custom.definitions import definition, definitions
from accounts.models import Account, CompletenessRule

MOST_INCOMPLETE = 49  # percent, while something required is missing
BATCH = 5_000
PLAIN = (
    "industry", "employees", "annual_revenue", "founded_year", "website", "source", "about", "preferred_channel",
)  # fmt: skip
BESIDE = {
    "owner": gettext_lazy("owner"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "address": gettext_lazy("address"),
    "tax_number": gettext_lazy("tax number"),
    "contact": gettext_lazy("contact"),
    "position": gettext_lazy("a contact's position"),
}
CUSTOM = "custom."
POINT = "EXISTS (SELECT FROM accounts_contactpoint AS each WHERE each.account_id = account.id AND each.kind = '{}')"
PERSON = (
    "EXISTS (SELECT FROM accounts_contact AS each WHERE each.account_id = account.id AND NOT each.has_left{})"
)
# When a field counts as filled, of `account`.
FILLED = {
    **{name: f"account.{name} IS NOT NULL" for name in ("employees", "annual_revenue", "founded_year")},
    **{name: f"account.{name}_id IS NOT NULL" for name in ("industry", "source", "owner")},
    **{name: f"account.{name} <> ''" for name in ("website", "about", "preferred_channel")},
    "phone": POINT.format("phone"),
    "email": POINT.format("email"),
    "address": "EXISTS (SELECT FROM accounts_address AS each WHERE each.account_id = account.id)",
    "tax_number": "EXISTS (SELECT FROM accounts_taxnumber AS each WHERE each.account_id = account.id)",
    "contact": PERSON.format(""),
    "position": PERSON.format(" AND each.position <> ''"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A field somebody should fill in; `url` is where."""

    field: str
    label: str
    url: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` in percent, None where no rule applies; the heaviest missing fields first, required before them."""

    score: int | None
    missing: list[Missing]


def fields() -> list[tuple[str, str]]:
    """What rules may name, in words: plain fields, what lies beside, custom fields."""
    plain = [(name, capfirst(own_label(name))) for name in PLAIN]
    beside = [(name, capfirst(str(words))) for name, words in BESIDE.items()]
    own = [
        (CUSTOM + each.key, each.label)
        for each in definitions("client")
        if each.kind != "formula" and not each.is_retired
    ]
    return [*plain, *beside, *own]


def field_label(name: str) -> str:
    if name.startswith(CUSTOM):
        found = definition("client", name.removeprefix(CUSTOM))
        return found.label if found else name
    return capfirst(str(BESIDE.get(name) or own_label(name)))


def own_label(name: str) -> str:
    return str(getattr(Account._meta.get_field(name), "verbose_name", name))


def rules_json() -> ArraySubquery:
    """For annotating accounts: the rules there are, as JSON. They are few."""
    rules = CompletenessRule.objects.filter(is_retired=False).order_by("-is_required", "-weight", "pk")
    return ArraySubquery(
        rules.values(json=JSONObject(role="role", field="field", weight="weight", is_required="is_required"))
    )


def judged(account: Account, rules: list[dict[str, Any]], beside: dict[str, bool]) -> Completeness:
    """The score of a client as it stands; `beside` says of what lies in other tables whether it is there."""
    total = filled = 0
    missing: dict[str, Missing] = {}
    for rule in rules:
        name = rule["field"]
        if rule["role"] and rule["role"] not in account.roles:
            continue
        total += rule["weight"]
        if _is_filled(account, name, beside):
            filled += rule["weight"]
        elif name not in missing:
            missing[name] = Missing(name, field_label(name), _where(account, name), rule["is_required"])
    if not total:
        return Completeness(None, [])
    score = (200 * filled + total) // (2 * total)
    if any(each.is_required for each in missing.values()):
        score = min(score, MOST_INCOMPLETE)
    return Completeness(score, list(missing.values()))


def beside_of(contacts: Iterable[Any], points: Iterable[Any]) -> dict[str, bool]:
    """What `judged` is told of contacts and of points, as models, that a page has read already."""
    here = [each for each in contacts if not each.has_left]
    kinds = {each.kind for each in points}
    return {
        "phone": "phone" in kinds,
        "email": "email" in kinds,
        "contact": bool(here),
        "position": any(each.position for each in here),
    }


def keep(account_ids: Iterable[int]) -> None:
    """Count these clients anew, in two statements however many they are."""
    rules = list(CompletenessRule.objects.filter(is_retired=False).order_by("pk"))
    sql, parameters = _counting(rules)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "accounts": sorted(set(account_ids))})


def keep_all(*, at: datetime) -> int:
    """Count every client where a rule changed since the last time, in batches; how many rules had."""
    changed = list(
        CompletenessRule.objects.filter(counted_at=None).order_by("pk").values_list("pk", flat=True)
    )
    if not changed:
        return 0
    last = 0
    while True:
        keys = list(Account.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        with transaction.atomic():
            keep(keys)
        last = keys[-1]
    return CompletenessRule.objects.filter(pk__in=changed, counted_at=None).update(counted_at=at)


def _counting(rules: list[CompletenessRule]) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {}
    rows = []
    for number, rule in enumerate(rules):
        if rule.field.startswith(CUSTOM):
            parameters[f"key{number}"] = rule.field.removeprefix(CUSTOM)
            filled = f"jsonb_exists(account.custom, %(key{number})s)"
        elif rule.field in FILLED:
            filled = FILLED[rule.field]
        else:
            continue
        parameters |= {
            f"role{number}": rule.role,
            f"weight{number}": rule.weight,
            f"must{number}": rule.is_required,
        }
        rows.append(f"(%(role{number})s::text, %(weight{number})s::int, %(must{number})s::boolean, {filled})")
    values = ", ".join(rows) or "(''::text, 0, false, false)"
    return COUNTING.format(values=values), parameters


COUNTING = f"""
    UPDATE accounts_account AS account SET completeness = counted.score
    FROM (
        SELECT account.id, (
            SELECT CASE WHEN sum(weight) > 0 THEN least(
                CASE WHEN bool_or(must AND NOT filled) THEN {MOST_INCOMPLETE} ELSE 100 END,
                (200 * coalesce(sum(weight) FILTER (WHERE filled), 0) + sum(weight)) / (2 * sum(weight))
            ) END
            FROM (VALUES {{values}}) AS rule (role, weight, must, filled)
            WHERE role = '' OR role = ANY (account.roles)
        ) AS score
        FROM accounts_account AS account WHERE account.id = ANY (%(accounts)s)
    ) AS counted
    WHERE account.id = counted.id AND account.completeness IS DISTINCT FROM counted.score
    """  # noqa: S608 - constants and placeholders only


def _is_filled(account: Account, name: str, beside: dict[str, bool]) -> bool:
    if name.startswith(CUSTOM):
        return name.removeprefix(CUSTOM) in account.custom
    if name in beside:
        return beside[name]
    value = (
        getattr(account, f"{name}_id", None)
        if name in ("industry", "source", "owner")
        else getattr(account, name, None)
    )
    return value not in (None, "")


def _where(account: Account, name: str) -> str:
    if name in ("contact", "position"):
        return reverse("accounts:contact_create", args=[account.pk])
    if name == "owner":
        return reverse("accounts:assign", args=[account.pk])
    anchor = {"phone": "points-0-value", "email": "points-0-value", "address": "addresses-0-street"}
    anchor |= {"tax_number": "tax_numbers-0-value"}
    field = name.replace(CUSTOM, "custom_", 1) if name.startswith(CUSTOM) else name
    return f"{reverse('accounts:edit', args=[account.pk])}#id_{anchor.get(name, field)}"
