"""From outside: calls of other programs, and the public form. Strangers knock here, so everything is bounded."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from foundation.gate import gate
from processes.intake import receiving
from processes.intake.forms import IntakeForm
from processes.intake.opening import call_start, is_right
from processes.models import Intake, IntakeCall
from users.rate import address_of, is_too_many

MOST_BYTES = 64 * 1024
FORMS_A_MINUTE = 10
SOONEST, LATEST = 2, 24 * 3600  # seconds between seeing a form and sending it
SALT = "processes.intake"
Outcome = IntakeCall.Outcome


@csrf_exempt  # programs have no cookie; the secret says who they are
@require_POST
@never_cache
@gate.public
def call(request: HttpRequest, key: str) -> HttpResponse:
    """`Authorization: Bearer <secret>`, a JSON object or form fields, and `Idempotency-Key` so that a repetition
    begins nothing twice. 202 with the run; 4xx with a sentence."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _said(_("Send at most 64 kB."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    intake = Intake.objects.filter(key=key, is_open=True).select_related("process").first()
    if intake is None:
        return _said(_("There is nothing at this address."), HTTPStatus.NOT_FOUND)
    if (refused := _turned_away(request, intake)) is not None:
        return refused
    once_key = request.headers.get("Idempotency-Key", "")
    said = _read(request)
    if said is None or len(once_key) > 100 or "\x00" in once_key:
        sentence = _("Send a JSON object, and an Idempotency-Key of at most 100 characters.")
        return _not_understood(request, intake, sentence)
    form = IntakeForm.of_call(said, asked=(call_start(intake.process) or {}).get("fields") or [])
    record = str(said.get("record") or "")
    if not form.is_valid() or not (record == "" or (record.isascii() and record.isdigit())):
        sentence = form.sentence() or _("“record” is the number of a record.")
        return _not_understood(request, intake, sentence, said)
    came = receiving.receive(
        intake,
        party=_party(form),
        answers=form.answers(),
        record=int(record[:20]) if record else None,
        once_key=once_key,
        source=_network(request),
        at=timezone.now(),
    )
    begun = came.outcome == Outcome.BEGUN
    return JsonResponse({"run": came.run_id}, status=HTTPStatus.ACCEPTED) if begun else _said(came.sentence)


def _not_understood(request: HttpRequest, intake: Intake, sentence: str, said: Any = None) -> HttpResponse:
    """Written down too: whoever connects a program sees why nothing begins."""
    told = {"sentence": sentence, "said": said}
    receiving.note(intake, Outcome.REFUSED, source=_network(request), at=timezone.now(), **told)
    return _said(sentence)


def _turned_away(request: HttpRequest, intake: Intake) -> HttpResponse | None:
    """Why this caller is not heard: no secret, or too many calls."""
    at, source = timezone.now(), _network(request)
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not is_right(intake, secret.strip()):
        if not receiving.is_flooded(intake, at, denied=True):
            receiving.note(intake, Outcome.DENIED, source=source, at=at)
        return _said(_("The secret is missing or wrong."), HTTPStatus.UNAUTHORIZED)
    if receiving.is_flooded(intake, at):
        receiving.note(intake, Outcome.TOO_MANY, source=source, at=at)
        return _said(_("Too many calls. Wait a minute."), HTTPStatus.TOO_MANY_REQUESTS)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.public
def public_form(request: HttpRequest, key: str) -> HttpResponse:
    """The same for people: what the process asks, on a page of its own."""
    intake = get_object_or_404(Intake.objects.select_related("process"), key=key, is_open=True)
    start = call_start(intake.process)
    if start is None or not start.get("form") or not intake.process.is_on:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = IntakeForm(sent, asked=start.get("fields") or [], needs_address=True)
    if sent is not None:
        if is_too_many("intake", f"{key} {address_of(request)}", most=FORMS_A_MINUTE):
            form.add_error(None, _("Too many came from here at once. Wait a minute and send it again."))
        elif form.is_valid() and _is_of_a_person(form, sent):
            _take(request, intake, form, sent)
    if sent is not None and not form.errors:
        return redirect(f"{reverse('processes:public_form', args=[key])}?sent=1")
    context = {
        "form": form,
        "process": intake.process,
        "is_sent": "sent" in request.GET,
        "seen": signing.dumps(timezone.now().timestamp(), salt=SALT),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    answer = render(request, "processes/public_form.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _take(request: HttpRequest, intake: Intake, form: IntakeForm, sent: Mapping[str, str]) -> None:
    """What is refused is said as a stranger may know it: nothing about whom we know."""
    at, source = timezone.now(), _network(request)
    if receiving.is_flooded(intake, at):
        receiving.note(intake, Outcome.TOO_MANY, source=source, at=at, by_form=True)
        form.add_error(None, _("Too many came at once. Wait a minute and send it again."))
        return
    receiving.receive(
        intake,
        party=_party(form),
        answers=form.answers(),
        once_key=str(sent.get("seen", ""))[-100:],
        source=source,
        at=at,
        by_form=True,
    )


def _is_of_a_person(form: IntakeForm, sent: Mapping[str, str]) -> bool:
    """Robots fill in what nobody sees, and send at once. They are thanked, and nothing is kept."""
    if form.cleaned_data["website"]:
        return False
    try:
        seen = float(signing.loads(str(sent.get("seen", "")), salt=SALT, max_age=LATEST))
    except (signing.BadSignature, ValueError, TypeError):
        form.add_error(None, _("The page was open for too long. Send it once more."))
        return False
    return timezone.now().timestamp() - seen >= SOONEST


def _party(form: IntakeForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("name", "email", "phone") if form.cleaned_data[name]}


def _read(request: HttpRequest) -> dict[str, Any] | None:
    if request.content_type != "application/json":
        return dict(request.POST.items())
    try:
        said = json.loads(request.body)
        json.dumps(said, ensure_ascii=False).encode()  # half a character, which no text may hold
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _network(request: HttpRequest) -> str:
    """Where it came from, without the last part: enough to see a flood, too little to know a person."""
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _said(sentence: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
