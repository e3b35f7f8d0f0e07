"""A client's portrait and qualification: one answer by one tap on the card, or all of them with notes."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.criteria.portrait import Asked, answer_all, criteria_json, portrait_of
from accounts.models import Account, Answer, Criterion
from accounts.models.criterion import Word
from foundation.gate import Request, find, gate
from foundation.refusals import refused_into


class AnswersForm(forms.Form):
    """A pair of fields for each criterion: the word and a note."""

    def __init__(self, *args: Any, asked: list[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for each in asked:
            self.fields[f"word-{each.pk}"] = forms.ChoiceField(
                label=each.question, choices=Word.choices, widget=forms.RadioSelect, initial=each.word,
                help_text=each.help_text,
            )  # fmt: skip
            self.fields[f"note-{each.pk}"] = forms.CharField(
                label=gettext_lazy("Note"), required=False, max_length=300, initial=each.note
            )

    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"word-{each.pk}"], self[f"note-{each.pk}"]) for each in self.asked]

    def said(self) -> dict[int, tuple[str, str]]:
        read = self.cleaned_data
        return {each.pk: (read[f"word-{each.pk}"], read[f"note-{each.pk}"]) for each in self.asked}


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def criteria(request: Request, pk: int) -> HttpResponse:
    """All questions with their notes; what did not change tells nothing."""
    account = _found(request, pk)
    portrait = portrait_of(account)
    asked = [*portrait.portrait, *portrait.qualification]
    form = AnswersForm(request.POST if request.method == "POST" else None, asked=asked)
    if request.method == "POST" and form.is_valid():
        with refused_into(form):
            answer_all(account, form.said(), by=request.user, at=timezone.now())
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(account)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/criteria.html", {"account": account, "form": form}, status=status)


@require_POST
@gate("accounts.change")
def criterion_answer(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """One tap on the card; the note stays. Answers the panel."""
    account = _found(request, pk)
    criterion = Criterion.objects.filter(pk=criterion_pk).first()
    if criterion is None:
        raise Http404
    portrait = portrait_of(account)
    note = next(
        (each.note for each in (*portrait.portrait, *portrait.qualification) if each.pk == criterion.pk), ""
    )
    Answer.give(account, criterion, request.POST.get("word", ""), note, by=request.user, at=timezone.now())
    if not request.htmx:
        messages.success(request, _("Saved."))
        return redirect(account)
    account = _found(request, pk)
    context = {"account": account, "portrait": portrait_of(account), "may_change": True}
    return render(request, "accounts/criteria_panel.html", context)


def _found(request: Request, pk: int) -> Account:
    accounts = Account.objects.annotate(shown_criteria=criteria_json())
    account: Account = find(accounts, request, pk, "accounts.change")
    return account
