"""What the page of a finished merge shows: what went where, until when it can be taken back, what was edited since."""

from datetime import datetime
from typing import Any

from django.db.models import F, Func, IntegerField
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.custom.definitions import definition
from accounts.merging.fields import label_of
from accounts.merging.movers import mover_for
from accounts.merging.redirects import survivor_of
from accounts.merging.undoing import Difference, differences, refusal, until
from accounts.merging.verb import MODELS
from accounts.models import Account, AccountRole, Contact, Merge
from accounts.restoring import custom_words


def account_of(done: Merge) -> Account | None:
    """The client that what is left of the merge belongs to, wherever it went since."""
    key = done.survivor_id
    record = MODELS[done.kind]._base_manager.filter(pk=key).first()
    if record is None and (later := survivor_of(done.kind, key)):
        record = MODELS[done.kind]._base_manager.filter(pk=later).first()
    return record.account if isinstance(record, Contact) else record


def shown(done: Merge, person: Any, at: datetime) -> dict[str, Any]:
    account = account_of(done)
    why = refusal(done, at)
    changed = [] if why else differences(done)
    return {
        "done": done,
        "account": account,
        "names": list(done.absorbed.order_by("record_id").values_list("name", flat=True)),
        "moved": _moved(done),
        "until": formats.date_format(timezone.localtime(until(done)).date()),
        "merged_on": formats.date_format(timezone.localtime(done.merged_at), "SHORT_DATETIME_FORMAT"),
        "undone_on": formats.date_format(timezone.localtime(done.undone_at), "SHORT_DATETIME_FORMAT")
        if done.undone_at
        else "",
        "why_not": why,
        "conflicts": [_conflict(done, each, person) for each in changed if _is_shown(each)],
        "may_undo": not why and account is not None and person.reaches(account, "accounts.change"),
        "refusal": "",
    }


def _is_shown(each: Difference) -> bool:
    return each.is_conflict and each.name not in ("last_event_at", "created_at")


def _moved(done: Merge) -> list[tuple[str, int]]:
    """(words, how many rows moved)."""
    found: dict[str, int] = {}
    steps = done.moves.order_by("pk").annotate(
        n=Func(F("ids"), function="cardinality", output_field=IntegerField())
    )
    for model, name, number in steps.values_list("model", "field", "n"):
        mover = mover_for(done.kind, model, name)
        if mover is not None and mover.words and number:
            found[str(mover.words)] = found.get(str(mover.words), 0) + number
    return list(found.items())


def _conflict(done: Merge, each: Difference, person: Any) -> dict[str, Any]:
    model = MODELS[done.kind]
    column, dot, key = each.name.partition(".")
    custom = definition(model.custom_record, key) if dot else None
    if dot:
        label = custom.label if custom else key
    else:
        name = next(field.name for field in model._meta.concrete_fields if field.attname == column)
        label = label_of(model, name)
    texts = [_words(model, column, custom, value, person) for value in (each.before, each.left, each.now)]
    return {
        "name": each.name,
        "label": capfirst(label),
        "before": texts[0],
        "left": texts[1],
        "now": texts[2],
    }


def _words(model: Any, column: str, custom: Any, value: Any, person: Any) -> str:
    if value in (None, "", [], {}):
        return "—"
    if custom is not None:
        said = custom_words(model.custom_record, f"custom.{custom.key}", [value], person) or [str(value)]
        return said[0]
    if column == "roles":
        return ", ".join(str(AccountRole(role).label) for role in value)
    field = next((each for each in model._meta.concrete_fields if each.attname == column), None)
    if field is not None and field.is_relation:
        return _named(field.related_model, value, person)
    if field is not None and field.choices:
        return capfirst(str(dict(field.flatchoices).get(value, value)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    moment = parse_datetime(value) if isinstance(value, str) and column.endswith("_at") else None
    if moment is not None:
        return str(formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT"))
    return str(value) if isinstance(value, str) else formats.localize(value)


def _named(model: Any, key: int, person: Any) -> str:
    records = model._default_manager.filter(pk=key)
    if model is Account:
        records = records.visible_to(person)
    found = records.first()
    return str(found) if found else "…"
