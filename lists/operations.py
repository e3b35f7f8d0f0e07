"""Stories across a view, its roles and the person who keeps it."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from lists.arranging import GROUP, SORT, Arrangement, filters_of
from lists.models import ListSetting, SavedView
from lists.reading import setting_of, views_of
from lists.registry import registered


def shown_now(asked: Arrangement) -> dict[str, Any]:
    """What a view keeps of a list as somebody looks at it."""
    names = asked.column_names
    return {
        "query": filters_of(asked.query),
        "columns": None if names is None else [*names],
        "sort": asked.query.get(SORT, "")[:200],
        "grouping": asked.query.get(GROUP, "")[:40],
    }


def save_view(asked: Arrangement, said: dict[str, Any], roles: Any, *, by: Any, at: datetime) -> SavedView:
    """A new view of what is shown; a tab of whoever saved it."""
    with transaction.atomic():
        view = SavedView.create(list=asked.of.key, by=by, at=at, **said, **shown_now(asked))
        if roles:
            view.be_usual_for(roles, by=by, at=at)
        if asked.setting.pins is not None:
            ListSetting.pin(by, asked.of.key, views=[*asked.setting.pins, view.pk])
    return view


def change_view(view: SavedView, said: dict[str, Any], roles: Any, *, by: Any, at: datetime) -> None:
    """Its name, its icon, who uses it; `roles` that see it first, None to leave them."""
    with transaction.atomic():
        if roles is not None and not roles:
            view.be_usual_for([], by=by, at=at)
        view.change(said, by=by, at=at)
        if roles:
            view.be_usual_for(roles, by=by, at=at)


def pin_view(person: Any, key: str, view: int, *, how: str) -> None:
    """A tab more or less (`pin`, `unpin`), or one place to the front or the back (`up`, `down`)."""
    setting, known = setting_of(person, key), [each.pk for each in views_of(person, key)]
    pins = [pk for pk in (known if setting.pins is None else setting.pins) if pk in known]
    if view not in known:
        return
    if how == "pin" and view not in pins:
        pins.append(view)
    elif how == "unpin" and view in pins:
        pins.remove(view)
    elif how in {"up", "down"} and view in pins:
        place = pins.index(view)
        other = place + (-1 if how == "up" else 1)
        if 0 <= other < len(pins):
            pins[place], pins[other] = pins[other], pins[place]
    ListSetting.pin(person, key, views=pins)


def rows_of(view: Any, person: Any) -> Any:
    """The records of a view as this person sees them, in their own time zone: a view is a segment for whoever asks.

    `view` is a SavedView or what a person's views are read as.
    """
    zone = cast(str, person.time_zone)
    with timezone.override(ZoneInfo(zone)):
        return registered(view.list).rows(QueryDict(view.query), person)
