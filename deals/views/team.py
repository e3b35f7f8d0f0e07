"""Who works on the deal besides its owner."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deals.forms import ColleagueForm
from deals.models import Deal
from deals.views.answers import done, form_page, found_deal, tried
from foundation.gate import gate
from users.models import User


@gate("deals.change")
def team_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague sees the deal from now on. The toast of taking somebody off posts here with `?person=`."""
    deal = found_deal(request, pk, "deals.change")
    said = (request.POST if "person" in request.POST else request.GET) if request.method == "POST" else None
    form = ColleagueForm(said, deal=deal, viewer=request.user)
    status = None
    if said is not None and form.is_valid():
        person = form.cleaned_data["person"]
        status = tried(form, lambda: deal.add_colleague(person, by=request.user, at=timezone.now()))
        if status == HTTPStatus.OK:
            undo = reverse("deals:team_remove", args=[deal.pk, person.pk])
            return done(request, deal, _("%(name)s sees the deal now") % {"name": person.name}, undo=undo)
    title = _("Who works on “%(title)s” with you?") % {"title": deal.title}
    return form_page(request, form, title=title, button=_("Add"), status=status, deal=deal)


@require_POST
@gate("deals.change")
def team_remove(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    deal = found_deal(request, pk, "deals.change")
    person = get_object_or_404(User.objects.filter(pk__in=deal.team_ids), pk=person_pk)
    deal.remove_colleague(person, by=request.user, at=timezone.now())
    text = _("%(name)s no longer works on the deal") % {"name": person.name}
    if not Deal.objects.visible_to(request.user).filter(pk=deal.pk).exists():
        messages.success(request, text)
        return redirect("deals:list")
    undo = f"{reverse('deals:team_add', args=[deal.pk])}?person={person.pk}"
    return done(request, deal, text, undo=undo)
