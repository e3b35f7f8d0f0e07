"""The cells of deals that are changed where they stand, each by the verb it has elsewhere."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import AccountField
from accounts.models import Source
from deals import operations
from deals.bulk_inputs import StageField
from deals.forms import AssignForm, DealEditForm, NextStepForm, stages_for
from deals.models import Deal, StageKind
from deals.models.deal import State
from deals.requirements import StageNotReady
from foundation.money import rounded
from lists.cells import Asks, Editor

CHANGE, MOVE, ASSIGN = "deals.change", "deals.move", "deals.assign"
CLOSED = gettext_lazy("The deal is closed: reopen it to change this.")


def closed(read: Callable[[str], Any]) -> Any:
    return "" if read("state") == State.OPEN else CLOSED


def _asked(form: type[forms.Form], *names: str) -> Callable[[Any, Any], Mapping[str, forms.Field]]:
    """Fields of a form that a page has already, made anew."""

    def fields(_deal: Deal, _person: Any) -> dict[str, forms.Field]:
        return {name: deepcopy(form.base_fields[name]) for name in names}

    return fields


def _kept(*names: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda deal: {name: getattr(deal, name) for name in names}


def _change(deal: Deal, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    if said.get("amount") is not None:
        said = said | {"amount": rounded(said["amount"], said["currency"])}
    deal.change(said, by=by, at=at, version=version)


def _plain(*names: str, **more: Any) -> Editor:
    return Editor(
        right=CHANGE, fields=_asked(DealEditForm, *names), initial=_kept(*names), verb=_change, **more
    )


def _client(deal: Deal, person: Any) -> dict[str, forms.Field]:
    field = AccountField(label=gettext_lazy("Client"), required=False)
    field.person = person
    return {"account": field}


def _source(deal: Deal, _person: Any) -> dict[str, forms.Field]:
    offered = Source.objects.filter(Q(is_retired=False) | Q(pk=deal.source_id))
    return {"source": forms.ModelChoiceField(offered, label=gettext_lazy("Source"), required=False)}


def _owner(_deal: Deal, person: Any) -> Mapping[str, forms.Field]:
    return AssignForm(person=person).fields


def _assign(deal: Deal, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    deal.assign(said["owner"], by=by, at=at, version=version)


def _plan(deal: Deal, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    deal.plan_next_step(said["next_step"], said["next_step_on"], by=by, at=at, version=version)


def _stages(deal: Deal, _person: Any) -> dict[str, forms.Field]:
    return {"stage": StageField(stages_for(deal), label=gettext_lazy("Stage"), empty_label=None)}


def _move(deal: Deal, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> str:
    """As a card is let go over the column. What the stage asks for, or why a deal was lost, is asked in the dialog."""
    stage, rank = said["stage"], deal.rank
    if stage.kind == StageKind.LOST:
        raise Asks(_("Say why the deal was lost."), reverse("deals:lose", args=[deal.pk]))
    top = operations.rank_at_top(stage, at=at) if stage.is_open else None
    try:
        operations.drop(deal, stage, rank=top, version=version, by=by, at=at)
    except StageNotReady as refusal:
        where = urlencode({"stage": stage.pk, "version": version})
        url = f"{reverse('deals:enter', args=[deal.pk])}?{where}"
        raise Asks(refusal.message, url) from refusal
    return undo_url(deal, rank)


def undo_url(deal: Deal, rank: float) -> str:
    return f"{reverse('deals:undo', args=[deal.pk])}?version={deal.version}&rank={rank!r}"


EDITORS = {
    "title": _plain("title"),
    "client": Editor(right=CHANGE, fields=_client, initial=_kept("account"), verb=_change),
    "stage": Editor(
        right=MOVE, fields=_stages, initial=_kept("stage"), verb=_move, fixed=closed, needs=("state",)
    ),
    "amount": _plain("amount", "currency", fixed=closed, needs=("state",)),
    "owner": Editor(right=ASSIGN, fields=_owner, initial=_kept("owner"), verb=_assign),
    "next_step": Editor(
        right=CHANGE,
        fields=_asked(NextStepForm, "next_step", "next_step_on"),
        initial=_kept("next_step", "next_step_on"),
        verb=_plan,
        fixed=closed,
        needs=("state",),
    ),
    "expected": _plain("expected_close_on"),
    "source": Editor(right=CHANGE, fields=_source, initial=_kept("source"), verb=_change),
}
