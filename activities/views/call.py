"""Logging calls: with what was said and what comes next, or by one click when nobody answered."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import calling
from activities.channels import liked_instead_of_a_call
from activities.forms.records import CallForm
from activities.models import Call, Direction, Task
from activities.queries.records import last_call_of, record_page
from activities.views.record_answers import about_of, asked, back, done_once, logged
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate

KNOWN_FIRST = ("phone", "direction", "result")


@require_http_methods(["GET", "HEAD", "POST"])
@gate("activities.create")
def call_log(request: Request) -> HttpResponse:
    about = about_of(request)
    first = {name: request.GET[name][:40] for name in KNOWN_FIRST if name in request.GET}
    initial = {"direction": Direction.OUT, **first}
    form = CallForm(
        request.POST or None, about=about, person=request.user, initial=initial, auto_id="record_%s"
    )
    if request.method == "POST" and form.is_valid():
        call, url = done_once(
            request,
            form,
            lambda: calling.log_call(
                **form.said(), **form.links(), at=form.cleaned_data["at"], task=about.task,
                next_step=form.next_step(), despite=form.bypassed(), by=request.user, now=timezone.now(),
            ),
        )  # fmt: skip
        if url:
            return logged(request, call, _("Call logged."), record_url=url) if call else back(request, url)
    last = last_call_of(about, request.user) if request.method != "POST" else None
    return asked(request, form, "call", title=_("Log a call"), button=_("Log the call"), last=last)


@require_POST
@gate("activities.create")
def call_no_answer(request: Request) -> HttpResponse:
    """One click: the call is logged and tried again on the next working day at nine."""
    about = about_of(request)
    if about.task is not None and not request.user.reaches(about.task, "activities.change"):
        raise Forbidden("activities.change")
    tried = calling.no_answer(
        task=about.task,
        phone=request.GET.get("phone", "")[:20],
        **about.links(),
        by=request.user,
        at=timezone.now(),
    )
    said = {"task": tried.task.pk, "version": tried.task.version, "is_new": int(tried.is_new)}
    due = tried.due_before.isoformat() if tried.due_before else ""
    undo = f"{reverse('activities:call_take_back', args=[tried.call.pk])}?{urlencode({**said, 'due': due})}"
    again = timezone.localtime(tried.task.due_at)
    text = _("No answer. “%(title)s” is due %(day)s.") % {
        "title": tried.task.title,
        "day": f"{again:%d.%m, %H:%M}",
    }
    return _told(request, *_liked(tried.call, text), undo=undo)


@require_POST
@gate("activities.create")
def call_take_back(request: Request, pk: int) -> HttpResponse:
    """Undo of “No answer”: the call goes, and its task is due as it was."""
    call = find(Call.objects, request, pk)
    if call.author_id != request.user.pk:
        raise Forbidden("activities.change")
    due = request.GET.get("due", "")[:40]
    before: date | datetime | None = (
        parse_date(due) if len(due) == 10 else parse_datetime(due) if due else None
    )
    key, version = request.GET.get("task", ""), request.GET.get("version", "")
    tasks = Task.objects.visible_to(request.user, "activities.change")
    task = (
        tasks.filter(pk=int(key), version=int(version)).first()
        if key.isdigit() and version.isdigit()
        else None
    )
    calling.take_back_no_answer(
        call,
        task,
        due_before=before,
        is_new=request.GET.get("is_new") == "1",
        by=request.user,
        at=timezone.now(),
    )
    return _told(request, _("Taken back."))


@require_safe
@gate("activities.view")
def call(request: Request, pk: int) -> HttpResponse:
    record = find(Call.objects.select_related("account", "contact", "deal", "author", "task"), request, pk)
    return render(request, "activities/record.html", record_page("call", record, request.user))


def _liked(call: Call, text: str) -> tuple[str, str]:
    """What to say, and where another try is planned, when who did not answer would rather be reached in another way."""
    liked = liked_instead_of_a_call(call.contact, call.account)
    if liked is None:
        return text, ""
    party, kind = liked
    hint = _("%(who)s prefers: %(channel)s.") % {
        "who": party,
        "channel": party.get_preferred_channel_display(),
    }
    asked = {"kind": kind.value, "title": _("Try again: %(whom)s") % {"whom": party}}
    asked |= {name: getattr(call, f"{name}_id") for name in ("account", "contact", "deal")}
    said = {name: value for name, value in asked.items() if value}
    return f"{text} {hint}", f"{reverse('activities:task_create')}?{urlencode(said)}"


def _told(request: Request, text: str, link: str = "", *, undo: str = "") -> HttpResponse:
    from django.contrib import messages

    tags = " ".join(f"{name}:{url}" for name, url in (("undo", undo), ("link", link)) if url)
    messages.success(request, text, extra_tags=tags)
    return back(request)
