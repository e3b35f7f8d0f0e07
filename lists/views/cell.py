"""One cell of a list, or one field of a card, changed where it stands. Rooms open the door and call this."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation.errors import Forbidden, Refused, Stale
from foundation.gate import Request, find
from lists.arranging import Arrangement
from lists.cells import Asks, CellForm, Editor
from lists.registry import Cell, Column, RecordList
from lists.three_way import Merging, shown_value
from lists.views.answers import came_from

LIST, SHOWN, UNDO, VERSION = "list", "shown", "undo", "version"
# The totals row of a list as it is asked for, which takes the place of the one there.
Totals = Callable[[Arrangement], str]


@dataclass(frozen=True)
class Asked:
    """`among` is the query string of the list the cell stands in, None on a card."""

    request: Request
    list: RecordList
    column: Column
    editor: Editor
    record: Any
    among: str | None

    @property
    def cells(self) -> Any:
        return self.list.cells

    @property
    def place(self) -> str:
        return f"cell-{self.record.pk}-{self.column.name}"

    @property
    def arrangement(self) -> Arrangement:
        return Arrangement(self.list, self.request.user, QueryDict(self.among), self.list.url)

    def address(self, **said: Any) -> str:
        url = reverse(self.cells.url_name, args=[self.record.pk, self.column.name])
        where = {} if self.among is None else {LIST: self.among}
        query = urlencode(where | said, doseq=True)
        return f"{url}?{query}" if query else url

    def form(self, sent: Any = None) -> CellForm:
        return CellForm(sent, self.editor, self.record, self.request.user, auto_id=f"{self.place}-%s")

    def values(self) -> dict[str, Any]:
        """The value as a browser would send it."""
        form = self.form()
        return {name: shown_value(form[name]) for name in form.fields}

    def run(self, form: CellForm) -> str | None:
        return self.editor.verb(
            self.record,
            form.cleaned_data,
            by=self.request.user,
            at=timezone.now(),
            version=self.record.version,
        )


def answer(
    request: Request, record_list: RecordList, pk: int, name: str, totals: Totals | None = None
) -> HttpResponse:
    """GET answers the input, or with `shown` the value as it stands; POST saves: the row comes back cell by cell."""
    asked = _asked(request, record_list, pk, name)
    if request.method != "POST" and SHOWN in request.GET:
        return _as_it_is(asked)
    _refuse_fixed(asked)
    if request.method != "POST":
        return _input(asked, asked.form())
    return _undone(asked) if UNDO in request.GET else _sent(asked, totals)


def _asked(request: Request, record_list: RecordList, pk: int, name: str) -> Asked:
    column = record_list.columns().get(name)
    if column is None or column.editor is None or record_list.cells is None:
        raise Http404
    record = find(record_list.cells.records(), request, pk)
    whose = getattr(record, "account", record) if not hasattr(record, "team_ids") else record
    if not request.user.reaches(whose, column.editor.right):
        raise Forbidden(column.editor.right)
    return Asked(request, record_list, column, column.editor, record, request.GET.get(LIST))


def _refuse_fixed(asked: Asked) -> None:
    why = asked.editor.fixed and asked.editor.fixed(lambda name: getattr(asked.record, name))
    if why:
        raise Refused(str(why))


def _sent(asked: Asked, totals: Totals | None) -> HttpResponse:
    merging = Merging(_always_compared(asked.request.POST, asked.record), asked.form, asked.record.version)
    form = asked.form(merging.data)
    if merging.conflicts:
        return _input(asked, form, merging, status=HTTPStatus.CONFLICT)
    if not form.is_valid():
        return _input(asked, form, merging)
    before, more = asked.values(), ""
    if before == {name: _sent_as(form, name) for name in form.fields}:
        return _as_it_is(asked)
    try:
        undo = asked.run(form)
    except Asks as wanting:
        form.add_error(None, wanting.message)
        more = wanting.url
    except Stale as stale:
        form.add_error(None, stale.message)
        return _input(asked, form, merging, status=HTTPStatus.CONFLICT)
    except Refused as refusal:
        form.add_error(None, refusal.message)
    return _input(asked, form, merging, more=more) if form.errors else _saved(asked, before, undo, totals)


def _always_compared(sent: QueryDict, record: Any) -> QueryDict:
    """What was in the cell is compared with what is, even where the record's version does not count it, as of tags."""
    said = sent.copy()
    if said.get("original") and said.get(VERSION) == str(record.version):
        said[VERSION] = "seen"
    return said


def _sent_as(form: CellForm, name: str) -> Any:
    value = form.data.getlist(name) if hasattr(form.data, "getlist") else [form.data.get(name, "")]
    many = isinstance(shown_value(form[name]), list)
    return sorted(value) if many else (value[-1].strip() if value else "")


def _saved(asked: Asked, before: dict[str, Any], undo: str | None, totals: Totals | None) -> HttpResponse:
    fresh = asked.cells.records().visible_to(asked.request.user).filter(pk=asked.record.pk).first()
    text = _("Saved: %(what)s of %(record)s") % {"what": asked.column.label, "record": asked.record}
    if fresh is None:
        return _gone(asked, text)
    after = replace(asked, record=fresh)
    if after.values() == before:
        return _as_it_is(after)
    if undo is None:
        undo = after.address(**before, **{VERSION: fresh.version, UNDO: 1})
    if not asked.request.htmx:
        messages.success(asked.request, text, extra_tags=f"undo:{undo}" if undo else "")
        return redirect(fresh.get_absolute_url())
    toast = {"text": text, "kind": "success"} | ({"undo_url": undo} if undo else {})
    return _as_it_is(after, totals if asked.column.money else None, toast=toast)


def _gone(asked: Asked, text: str) -> HttpResponse:
    """The change took the record out of this person's sight."""
    if not asked.request.htmx or asked.among is None:
        messages.success(asked.request, text)
        return (
            HttpResponse(headers={"HX-Redirect": asked.list.url})
            if asked.request.htmx
            else redirect(asked.list.url)
        )
    trigger = json.dumps({"toast": {"text": text, "kind": "success"}})
    target = {"HX-Retarget": f"#row-{asked.record.pk}", "HX-Reswap": "delete"}
    return HttpResponse("", headers={"HX-Trigger": trigger, **target})


def _undone(asked: Asked) -> HttpResponse:
    """Behind the toast: the former value, in the address, unless somebody changed the record since."""
    back = redirect(came_from(asked.request, asked.record.get_absolute_url()))
    form = asked.form(asked.request.GET)
    if asked.request.GET.get(VERSION) != str(asked.record.version):
        messages.error(asked.request, _("Somebody changed this since: it stays as it is."))
    elif not form.is_valid():
        messages.error(asked.request, " ".join(form.sentences))
    else:
        try:
            asked.run(form)
        except Refused as refusal:
            messages.error(asked.request, refusal.message)
        else:
            messages.success(asked.request, _("Taken back: %(what)s") % {"what": asked.column.label})
    return back


def _input(
    asked: Asked, form: CellForm, merging: Merging | None = None, *, status: int | None = None, more: str = ""
) -> HttpResponse:
    """The inputs; 422 where they were refused, with `more` opened in the dialog, 409 with what somebody else wrote."""
    form.mark_wrong(f"{asked.place}-wrong")
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    context = {
        "asked": asked,
        "form": form,
        "action": asked.address(),
        "shown_url": asked.address(**{SHOWN: 1}),
        "label": capfirst(str(asked.column.label)),
        "version": asked.record.version,
        "original": (merging or Merging(None, asked.form, asked.record.version)).original(asked.form()),
        "theirs": [_theirs(conflict) for conflict in merging.conflicts] if merging else [],
        "more": more,
    }
    template = "lists/cell_form.html" if asked.request.htmx else "lists/cell_page.html"
    response = render(asked.request, template, context, status=status)
    if more:
        response["HX-Trigger"] = json.dumps({"cell:asks": {"url": more}})
    return response


def _theirs(conflict: Any) -> str:
    return str({choice: words for choice, _called, words in conflict.offered}["theirs"])


def _as_it_is(asked: Asked, totals: Totals | None = None, *, toast: Any = None) -> HttpResponse:
    """The row or the card as it stands now, in pieces that find their places themselves."""
    if not asked.request.htmx:
        return redirect(asked.record.get_absolute_url())
    news: dict[str, Any] = {"toast": toast} if toast else {}
    if asked.among is None:
        response = HttpResponse(asked.cells.card(asked.record, asked.request))
        response["HX-Retarget"], response["HX-Reswap"] = f"#{asked.cells.card_id}", "outerHTML"
    else:
        arrangement = asked.arrangement
        row = asked.cells.row(asked.record.pk, asked.request.user, arrangement.columns)
        if row is None:
            raise Http404
        news["cells:fixed"] = {"row": row.anchor, "fixed": row.fixed}
        sums = totals(arrangement) if totals else ""
        context = {"row": row, "cells": _numbered(asked, arrangement.columns, row.cells), "sums": sums}
        response = HttpResponse(render_to_string("lists/cells.html", context))
        response["HX-Reswap"] = "none"
    if news:
        response["HX-Trigger"] = json.dumps(news)
    return response


def _numbered(asked: Asked, columns: list[Column], cells: list[Cell]) -> list[tuple[int, str, Cell]]:
    """Each cell with its place in the row, the first of which is the heading's, and the label it shows on a phone."""
    labels = [str(column.label) if asked.cells.is_labelled else "" for column in columns[1:]]
    return [(place, *each) for place, each in enumerate(zip(labels, cells, strict=True), 2)]
