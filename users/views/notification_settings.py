"""What I am told and how, browsers included; and the way out from a mail."""

import json
from http import HTTPStatus

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation.gate import Request, gate
from users import digests, mailing, push
from users.models import Channel, Department, NotificationMute, NotificationSettings, PushSubscription, User
from users.notification_forms import NotificationSettingsForm
from users.notifications import choices, kind_of

MOST_MUTES = 50
LONGEST = 5_000


@gate.signed_in
def notification_settings(request: Request) -> HttpResponse:
    """The matrix of events and channels, quiet hours, digests, browsers, muted records."""
    kept = NotificationSettings.of(request.user)
    form = NotificationSettingsForm(request.POST or None, instance=kept, person=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            choices.settle(request.user, form.cleaned_data)
            choices.choose(request.user, form.wanted())
        messages.success(request, _("Saved."))
        return redirect("users:notification_settings")
    context = {
        "form": form,
        "matrix": form.matrix(),
        "channels": Channel.choices,
        "is_head": Department.objects.filter(head=request.user.pk).exists(),
        "browsers": PushSubscription.objects.filter(person=request.user.pk),
        "muted": NotificationMute.objects.filter(person=request.user.pk)[:MOST_MUTES],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "users/notification_settings.html", context, status=status)


@require_POST
@gate.signed_in
def notification_push(request: Request) -> HttpResponse:
    """For push.js: the key to subscribe with, or a subscription to keep."""
    sent = request.POST.get("subscription", "")
    if not sent:
        return JsonResponse({"key": push.public_key()})
    try:
        said = json.loads(sent) if len(sent) <= LONGEST else {}
        keys = said["keys"]
        found = {
            "endpoint": str(said["endpoint"]),
            "public": str(keys["p256dh"]),
            "secret": str(keys["auth"]),
        }
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": _("The browser sent no usable key.")}, status=422)
    kept = push.subscribe(request.user, browser=request.headers.get("User-Agent", ""), **found)
    return JsonResponse({"pk": kept.pk}, status=HTTPStatus.CREATED)


@require_POST
@gate.signed_in
def notification_push_remove(request: Request) -> HttpResponse:
    """A browser that is to show nothing more: one of mine, by its key or its address."""
    pk, endpoint = request.POST.get("pk", ""), request.POST.get("endpoint", "")
    if not push.unsubscribe(request.user, pk=pk, endpoint=endpoint) and pk:
        raise Http404
    if request.htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    messages.success(request, _("This browser shows nothing more."))
    return redirect("users:notification_settings")


@csrf_exempt
@gate.public
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: GET asks, POST does it, signed in or not (RFC 8058: mail programs send the POST)."""
    said = mailing.read_token(token)
    person = User.objects.active().filter(pk=said[0]).first() if said else None
    if said is None or person is None:
        raise Http404
    is_digest = said[1] in digests.LABELS
    if request.method == "POST" and is_digest:
        digests.switch_off(person, said[1])
    elif request.method == "POST":
        choices.switch_off(person, said[1], Channel.MAIL)
    label = digests.LABELS[said[1]] if is_digest else kind_of(said[1]).label
    context = {"label": label, "is_done": request.method == "POST"}
    return render(request, "users/notification_unsubscribe.html", context)
