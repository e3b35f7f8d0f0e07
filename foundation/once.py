"""A form sent twice (double click, lost answer, impatient reload) is done once and leads to the same place.

In the template, inside the form: `{% load once %}{% once %}`. In the view, around the verb:

    with once(request) as sent:
        if sent.already:
            return redirect(sent.url)
        with refused_into(form):
            deal = Deal.create(..., by=request.user, at=timezone.now())
            sent.url = deal.get_absolute_url()      # left empty when refused, so the form can be sent again
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from foundation.models import FormNonce

FIELD = "nonce"
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}
KEPT = timedelta(days=30)  # longer than browsers keep what could not be sent (static/js/drafts.js)


@dataclass
class Sent:
    """`already`: this very form was done before and led to `url`. Otherwise set `url` once it is done."""

    url: str = ""
    already: bool = False


@contextmanager
def once(request: HttpRequest) -> Iterator[Sent]:
    """Opens a transaction. A second, simultaneous sending waits in it until the first has ended.

    The same nonce with other content is another form: somebody went Back, typed something new and sent it.
    A form without a nonce is always done.
    """
    key = _key(request)
    with transaction.atomic():
        if key is None:
            yield Sent()
            return
        if not _claimed(key, request):
            yield Sent(url=FormNonce.objects.get(pk=key).url, already=True)
            return
        sent = Sent()
        yield sent
        mine = FormNonce.objects.filter(pk=key)
        if sent.url:
            mine.update(url=sent.url)
        else:
            mine.delete()


def forget_old_nonces() -> None:
    FormNonce.objects.filter(made_at__lt=timezone.now() - KEPT).delete()


def _key(request: HttpRequest) -> UUID | None:
    """The nonce folded with the person and the content, so that nobody meets another's form."""
    try:
        nonce = UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    content = sorted(
        (name, [_same_lines(value) for value in values])
        for name, values in request.POST.lists()
        if name not in NOT_CONTENT
    )
    return uuid5(nonce, repr((request.user.pk, request.path, content)))


def _same_lines(value: str) -> str:
    """A browser ends lines in one way when it posts a form and in another when a script does."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _claimed(key: UUID, request: HttpRequest) -> bool:
    """One statement that waits for whoever holds the same key and leaves the transaction usable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_formnonce (key, user_id, url, made_at) VALUES (%s, %s, '', now())"
            " ON CONFLICT (key) DO NOTHING",
            [key, request.user.pk],
        )
        return bool(cursor.rowcount)
