"""The cells of contacts that are changed where they stand, each by the verb it has elsewhere."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from accounts.clients.editors import CHANGE
from accounts.forms import ContactForm
from accounts.models import Contact
from lists.cells import Editor


def _change(contact: Contact, said: dict[str, Any], *, by: Any, at: datetime, version: int) -> None:
    contact.change(said, by=by, at=at, version=version)


def _plain(name: str) -> Editor:
    return Editor(
        right=CHANGE,
        fields=lambda _contact, _person: {name: deepcopy(ContactForm.base_fields[name])},
        initial=lambda contact: {name: getattr(contact, name)},
        verb=_change,
    )


EDITORS = {
    "name": _plain("name"),
    "position": _plain("position"),
    "channel": _plain("preferred_channel"),
    "left": _plain("has_left"),
    "note": _plain("note"),
}
