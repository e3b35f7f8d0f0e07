from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from activities import invitations
from activities.forms.meetings import AnswerForm
from activities.queries.meetings import guest_page
from foundation.errors import Refused
from foundation.gate import gate
from users.models import User
from users.rate import address_of, is_too_many

A_MINUTE = 30


@never_cache
@gate.public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody from outside says whether they come. Looking answers nothing: mail scanners follow links."""
    if is_too_many("invitation", address_of(request), most=A_MINUTE):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    guest = invitations.found_by(token)
    if guest is None:
        raise Http404
    with translation.override(guest.person.language if guest.person else settings.LANGUAGE_CODE):
        now, refusal = timezone.now(), ""
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            by = guest.person or User.objects.robot()
            try:
                guest.meeting.answer(guest, form.cleaned_data["answer"], by=by, at=now)
            except Refused as refused:
                refusal = refused.message
            else:
                return redirect(request.path)
        shown = guest_page(guest, invitations.said(guest.meeting))
        shown |= {"is_over": invitations.is_over(guest.meeting, now), "refusal": refusal}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal or form.errors else HTTPStatus.OK
        answer = render(request, "activities/invitation.html", shown, status=status)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex"
        return answer
