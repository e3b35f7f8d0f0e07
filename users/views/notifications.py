"""The list of notifications, the bell, and reading."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from foundation.errors import Refused
from foundation.gate import Request, gate
from users.models import User
from users.notifications import choices, inbox, kinds, listing


@gate.signed_in
def notification_list(request: Request) -> HttpResponse:
    """What I was told, newest first."""
    kind, only_unread = request.GET.get("kind", ""), request.GET.get("unread") == "1"
    if kind not in {each.key for each in kinds()}:
        kind = ""
    page = listing.page_of(request.user, kind=kind, only_unread=only_unread, cursor=request.GET.get("cursor"))
    said = request.GET.copy()
    said.pop("cursor", None)
    kept = said.urlencode()
    context = {
        "rows": page.rows,
        "links": {
            name: f"{kept}&cursor={cursor}" if cursor else ""
            for name, cursor in (("previous", page.previous), ("next", page.next))
        },
        "kinds": kinds(),
        "kind": kind,
        "only_unread": only_unread,
        "n": request.user.unread,
    }
    return render(request, "users/notifications.html", context)


@gate.signed_in
def notification_bell(request: Request) -> HttpResponse:
    """The number on the bell; and what pops up where it has changed since the page last asked."""
    context: dict[str, list[listing.Row]] = {"popups": []}
    if request.user.unread and request.GET.get("n") != str(request.user.unread):
        context["popups"] = listing.urgent_since(request.user, _moment(request.GET.get("since", "")))
    return render(request, "users/notification_bell.html#answer", context)


@gate.signed_in
def notification_panel(request: Request) -> HttpResponse:
    """The latest, fetched when the bell is opened; without a script, the whole list."""
    if not request.htmx:
        return redirect("users:notifications")
    return render(request, "users/notification_panel.html", {"rows": listing.latest(request.user)})


@require_POST
@gate.signed_in
def notification_read(request: Request) -> HttpResponse:
    """Mark one read or unread, or all, or all of a kind."""
    pk, kind, now = request.POST.get("pk", ""), request.POST.get("kind", ""), timezone.now()
    if request.POST.get("unread") and pk.isdecimal() and len(pk) < 19:
        if not inbox.unread(request.user, int(pk)):
            raise Http404
    elif pk:
        inbox.read(request.user, at=now, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    else:
        n = inbox.read(request.user, at=now, **({"kind": kind} if kind else {}))
        said = ngettext("%(n)d notification marked as read.", "%(n)d notifications marked as read.", n)
        messages.success(request, said % {"n": n})
    if request.htmx:
        return _bell(request)
    return redirect("users:notifications")


@require_POST
@gate.signed_in
def notification_seen(request: Request) -> HttpResponse:
    """The page at this address was opened: what led there is read. Sent only while something is unread."""
    inbox.read_at_page(request.user, request.POST.get("path", ""), at=timezone.now())
    return _bell(request)


@require_POST
@gate.signed_in
def notification_mute(request: Request) -> HttpResponse:
    """Hear nothing more of one record, or hear of it again."""
    kind, _colon, key = request.POST.get("subject", "").partition(":")
    if not kind.isidentifier() or len(kind) > 20 or not key.isdecimal() or len(key) > 18:
        raise Refused(_("Say which record. Open it and try again."))
    url = request.POST.get("url", "")
    if request.POST.get("muted") == "0":
        choices.unmute(request.user, (kind, int(key)))
        messages.success(request, _("You will be told of it again."))
    else:
        title = request.POST.get("title", "").replace("\x00", "")
        address = url if url.startswith("/") and not url.startswith("//") else ""
        choices.mute(request.user, (kind, int(key)), title=title, url=address.replace("\x00", ""))
        messages.success(request, _("You will hear nothing more of it."))
    return redirect("users:notifications" if "next" not in request.POST else "users:notification_settings")


def _bell(request: Request) -> HttpResponse:
    """The bell as it is now."""
    request.user.unread = User.objects.values_list("unread", flat=True).get(pk=request.user.pk)
    return render(request, "users/notification_bell.html#answer", {"popups": []}, status=HTTPStatus.OK)


def _moment(seconds: str) -> datetime:
    """When the page last asked; a minute ago where it does not say."""
    now = timezone.now()
    if seconds.isdecimal() and len(seconds) < 12:
        asked = datetime.fromtimestamp(int(seconds), UTC)
        if 0 <= (now - asked).total_seconds() < 24 * 3600:
            return asked
    return now - timedelta(minutes=1)
