"""Actions that belong to the engine rather than to a room: telling people, mails, webhooks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.automation import subject
from foundation.errors import Refused
from processes.graph.model import Node
from processes.models import OutMessage
from processes.running import people
from processes.running.doing import Doing
from processes.running.holding import held_until
from processes.sending.webhooks import checked
from users.mailing import address
from users.notifications import notify

LABELS = {
    "notify": gettext_lazy("Tell people"),
    "mail": gettext_lazy("Send a mail"),
    "webhook": gettext_lazy("Call a webhook"),
}
# What each takes, by kind, as rooms say it of theirs.
ARGUMENTS = {
    "notify": {"who": "who", "text": "text"},
    "mail": {"to": "text", "title": "text", "text": "text", "delay": "number"},
    "webhook": {"url": "text", "delay": "number"},
}
REQUIRED = {"notify": ("text",), "mail": ("to", "title", "text"), "webhook": ("url",)}


def tell_people(doing: Doing, node: Node, arguments: dict[str, Any]) -> None:
    """A notification with a text of one's own to whoever is meant by `who`."""
    who = (node.data.get("arguments") or {}).get("who") or {"kind": "owner"}
    found = people.holders(who, doing.around, doing.at, each=True)
    text = str(arguments.get("text") or node.name)
    if not text:
        raise Refused(_("Say what people are to be told."))
    notify(
        "process.told",
        [holder.person for holder in found],
        lambda: (doing.run.title, text),
        url=_page(doing),
        subject=(doing.run.subject_kind, doing.run.subject_id),
        by=None,
        at=doing.at,
    )


def send_mail(doing: Doing, node: Node, arguments: dict[str, Any]) -> None:
    """A mail that leaves once this step is committed; `delay` minutes later it can be taken back until then."""
    to = str(arguments.get("to") or "").strip()
    if not to:
        raise Refused(_("There is nobody to send the mail to."))
    said = {"title": arguments.get("title", ""), "text": arguments.get("text", "")}
    _write(doing, node, OutMessage.Kind.MAIL, to, said, arguments)


def call_webhook(doing: Doing, node: Node, arguments: dict[str, Any]) -> None:
    """Tells an address outside which process came to which node for which record."""
    url = str(arguments.get("url") or "").strip()
    checked(url)
    run = doing.run
    said = {
        "process": run.process.name,
        "key": run.process.key,
        "run": run.pk,
        "node": node.name,
        "subject": {
            "kind": run.subject_kind,
            "id": run.subject_id,
            "title": run.title,
            "url": address(_page(doing)),
        },
        "at": doing.at.isoformat(),
    }
    _write(doing, node, OutMessage.Kind.WEBHOOK, url, said, arguments)


def _write(
    doing: Doing, node: Node, kind: str, to: str, said: dict[str, Any], arguments: dict[str, Any]
) -> None:
    due = doing.at + timedelta(minutes=float(arguments.get("delay") or 0))
    if held := held_until(doing.run):
        due = max(due, held)
    OutMessage.objects.create(
        run=doing.run, node=node.key, kind=kind, to=to[:500], payload=said, made_at=doing.at, due_at=due
    )


def _page(doing: Doing) -> str:
    page = subject(doing.run.subject_kind).page
    return page(doing.run.subject_id) if page else ""


OWN: dict[str, Callable[[Doing, Node, dict[str, Any]], None]] = {
    "notify": tell_people,
    "mail": send_mail,
    "webhook": call_webhook,
}
