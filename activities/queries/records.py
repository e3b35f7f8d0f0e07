"""One call, note or message by itself, and what the forms of new ones show beside them."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.phones import shown
from activities.models import Call, Note

LONGEST_SAID = 300


def record_page(kind: str, record: Any, person: Any) -> dict[str, Any]:
    """What the page of one record shows; the client is a link only for who sees it (one statement)."""
    client = record.account
    words = {
        "call": lambda: (
            _("Call %(direction)s: %(result)s")
            % {"direction": record.get_direction_display(), "result": record.get_result_display()}
        ),
        "note": lambda: _("Note"),
        "message": lambda: (
            record.subject
            or _("Message %(direction)s, %(channel)s")
            % {"direction": record.get_direction_display(), "channel": record.get_channel_display()}
        ),
    }
    sees_client = client is not None and type(client).objects.visible_to(person).filter(pk=client.pk).exists()
    return {
        "kind": kind,
        "record": record,
        "title": words[kind](),
        "text": record.note if kind == "call" else record.text,
        "when": formats.date_format(timezone.localtime(record.at), "DATETIME_FORMAT"),
        "phone": shown(record.phone) if kind == "call" and record.phone else "",
        "sees_client": sees_client,
        "may_edit": kind == "note" and may_edit(record, person),
    }


def may_edit(note: Note, person: Any) -> bool:
    """A note is reworded by its author and their heads; being mentioned in it is not enough."""
    return bool(person.reach("activities.change").covers_person(note.author_id))


def last_call_of(about: Any, person: Any) -> dict[str, str] | None:
    """When this client was spoken with last, and what was said: the start of the next talk. One statement."""
    client = about.client
    if client is None:
        return None
    calls = Call.objects.visible_to(person).filter(account=client, result="reached").exclude(note="")
    found = calls.order_by("-at", "-pk").values("at", "note", "author__name").first()
    if found is None:
        return None
    return {
        "day": formats.date_format(timezone.localtime(found["at"]), _("j M Y")),
        "who": found["author__name"],
        "said": found["note"][:LONGEST_SAID],
    }
