"""The composer above the timelines of clients and deals, with the notes kept on top."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from activities.queries import details
from foundation import panels
from foundation.panels import Panel

TABS = (
    ("note_add", _("Note"), "note"),
    ("call_log", _("Call"), "phone"),
    ("message_log", _("Message"), "mail"),
    ("task_create", _("Task"), "checkbox"),
    ("file_add", _("File"), "paperclip"),
)


def on_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return _composer({"account": account.pk})


def on_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    return _composer({"deal": deal.pk})


def register_of_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return "activities/register_link.html", {"url": f"{reverse('activities:register')}?account={account.pk}"}


def register() -> None:
    right = "activities.create"
    panels.register(Panel("account.timeline", "composer", _("Write down"), on_client, right, order=10))
    panels.register(Panel("deal.timeline", "composer", _("Write down"), on_deal, right, order=10))
    panels.register(
        Panel("account.timeline", "register", _("Register"), register_of_client, "activities.view", order=90)
    )
    details.register()


def _composer(about: dict[str, int]) -> tuple[str, dict[str, Any]]:
    """No statement: the notes kept on top come with the timeline below."""
    urls = {name: _address(name, about) for name, _word, _icon in TABS}
    tabs = [
        {"title": title, "icon": icon, "url": urls[name], "is_dialog": name == "task_create"}
        for name, title, icon in TABS
        if urls[name]
    ]
    composer = {
        "tabs": tabs,
        "note_url": urls["note_add"],
        "call_url": urls["call_log"],
        "no_answer_url": _address("call_no_answer", about),
    }
    return "activities/composer.html", {"composer": composer}


def _address(name: str, about: dict[str, int]) -> str:
    try:
        return f"{reverse(f'activities:{name}')}?{urlencode(about)}"
    except NoReverseMatch:
        return ""
