"""Who is told when something happens to activities and deals. Each runs later, and reads the record afresh."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from activities.models import Meeting, Note, Task
from activities.reminding.words import day_text, due_text, moment_text, url_of
from deals.models import Deal
from foundation.models import Event
from foundation.telling import takes_many
from users.models import User
from users.notifications import notify

Words = Callable[[], tuple[str, str]]


@takes_many(lambda events: None)  # an import tells of itself, once
def tell_of_task(event: Event) -> None:
    """Whoever has to do it now; and the one who had it."""
    task = _task(event)
    if task is None or not task.is_open:
        return

    def given() -> tuple[str, str]:
        return task.title, _joined(_("Given to you by %(name)s.") % {"name": event.actor_name}, _due(task))

    _tell("task.assigned", [task.owner_id], given, task, event)
    before = event.payload.get("from_id")
    if before not in (None, task.owner_id):
        taken = lambda: (task.title, _("Now with %(name)s.") % {"name": task.owner.name})  # noqa: E731
        _tell("task.assigned", [before], taken, task, event)


def tell_of_change(event: Event) -> None:
    """The owner and those who watch hear of another day; not of every other word."""
    task = _task(event)
    fields = set(event.payload.get("fields", ["state"]))
    if task is None or not task.is_open or not fields & {"due_on", "due_at", "state"}:
        return
    reopened = "state" in fields
    words = lambda: (task.title, _joined(_("Reopened.") if reopened else "", _due(task)))  # noqa: E731
    _tell("task.changed", [task.owner_id, *_watchers(task)], words, task, event)


def tell_of_submission(event: Event) -> None:
    task = _task(event)
    if task is not None and task.state == "review":
        words = lambda: (  # noqa: E731
            task.title,
            _joined(
                _("Handed in by %(name)s, for you to accept.") % {"name": event.actor_name}, task.outcome
            ),
        )
        _tell("task.submitted", [task.controller_id], words, task, event)


def tell_of_return(event: Event) -> None:
    task = _task(event)
    if task is not None:
        words = lambda: (_("Sent back: %(title)s") % {"title": task.title}, event.payload["reason"])  # noqa: E731
        _tell("task.returned", [task.owner_id], words, task, event)


def tell_of_end(event: Event) -> None:
    """Done or cancelled: whoever gave it, watches it or had to do it."""
    task = _task(event)
    if task is None or task.is_open:
        return
    is_done = event.name == "task.finished"
    title = lambda: _("Done: %(title)s") if is_done else _("Cancelled: %(title)s")  # noqa: E731
    text = event.payload.get("outcome") or event.payload.get("reason") or ""
    words = lambda: (title() % {"title": task.title}, text)  # noqa: E731
    _tell(
        "task.finished",
        [task.author_id, task.owner_id, task.controller_id, *_watchers(task)],
        words,
        task,
        event,
    )


def tell_of_nudge(event: Event) -> None:
    """Whoever has to act: who accepts it once it is handed in, else its owner."""
    task = _task(event)
    if task is None or not task.is_open:
        return
    words = lambda: (  # noqa: E731
        task.title,
        _joined(_("%(name)s asks how it goes.") % {"name": event.actor_name}, event.payload.get("note", "")),
    )
    _tell(
        "task.nudged", [task.controller_id if task.state == "review" else task.owner_id], words, task, event
    )


def tell_of_breach(event: Event) -> None:
    """Everybody concerned reads on whose side it is; nobody has to ask, and nobody can point elsewhere."""
    task = _task(event)
    if task is None or not task.is_open:
        return
    side, person = event.payload["side"], event.payload["person_id"]
    told = event.fact

    def to_others() -> tuple[str, str]:
        return _("Overdue: %(title)s") % {"title": task.title}, told.sentence() if told else ""

    def to_them() -> tuple[str, str]:
        text = {
            "review": _("It waits for you to accept it."),
            "waiting": _("It waits for somebody else: remind them, or say what stands in the way."),
        }.get(side, _("It is yours to do."))
        return _("Overdue: %(title)s") % {"title": task.title}, _joined(text, _due(task))

    _tell("task.overdue", [person], to_them, task, event)
    others = {task.owner_id, task.author_id, task.controller_id, *_watchers(task)} - {person, None}
    _tell("task.overdue", others, to_others, task, event)


def tell_of_mention(event: Event) -> None:
    """Those a note names."""
    note = Note.objects.filter(pk=event.payload["note_id"]).first()
    people = event.payload.get("mentioned_ids") or []
    if note is not None and people:
        words = lambda: (_("%(name)s mentions you") % {"name": event.actor_name}, note.text[:300])  # noqa: E731
        notify(
            "note.mentioned", people, words, url=note.get_absolute_url(), subject=("note", note.pk),
            by=_actor(event), at=event.recorded_at,
        )  # fmt: skip


def tell_of_meeting(event: Event) -> None:
    """Colleagues who take part: invited, moved, changed, cancelled; the organiser of an answer."""
    payload = event.payload
    meeting = Meeting.objects.select_related("owner").filter(pk=payload["meeting_id"]).first()
    if meeting is None:
        return
    verb = event.name.partition(".")[2]
    if verb in {"changed", "moved"} and not _concerns_guests(event):
        return
    kind = {
        "planned": "meeting.invited",
        "cancelled": "meeting.cancelled",
        "answered": "meeting.answered",
    }.get(verb, "meeting.changed")
    guests = meeting.participants.filter(person__isnull=False).exclude(answer="no")
    people = (
        [meeting.owner_id]
        if verb == "answered"
        else [meeting.owner_id, *guests.values_list("person_id", flat=True)]
    )
    by = None if verb == "answered" and payload.get("name") != event.actor_name else _actor(event)
    for zone, those in _by_zone(people):
        notify(
            kind, those, _meeting_words(event, meeting, zone), url=meeting.get_absolute_url(),
            subject=("meeting", meeting.pk), by=by, at=event.recorded_at,
        )  # fmt: skip


@takes_many(lambda events: None)  # many clients at once are told of as many, by whoever gives them
def tell_of_client(event: Event) -> None:
    """Whoever answers for the client now."""
    account = Account.objects.filter(pk=event.payload["account_id"]).first()
    if account is None or account.owner_id is None:
        return
    words = lambda: (account.name, _("Given to you by %(name)s.") % {"name": event.actor_name})  # noqa: E731
    notify(
        "account.assigned", [account.owner_id], words, url=account.get_absolute_url(),
        subject=("account", account.pk), by=_actor(event), at=event.recorded_at,
    )  # fmt: skip


@takes_many(lambda events: None)
def tell_of_deal(event: Event) -> None:
    """Whoever answers for the deal now."""
    deal = Deal.objects.select_related("account").filter(pk=event.payload["deal_id"]).first()
    if deal is None or deal.owner_id is None or not deal.is_open:
        return
    words = lambda: (  # noqa: E731
        deal.title,
        _joined(_("Given to you by %(name)s.") % {"name": event.actor_name}, str(deal.account or "")),
    )
    notify(
        "deal.assigned", [deal.owner_id], words, url=deal.get_absolute_url(), subject=("deal", deal.pk),
        by=_actor(event), at=event.recorded_at,
    )  # fmt: skip


def tell_colleague(event: Event) -> None:
    """Whoever is taken into a deal's team, while they are still of it."""
    key = event.payload["user_id"]
    deal = (
        Deal.objects.select_related("account")
        .filter(pk=event.payload["deal_id"], team_ids__contains=[key])
        .first()
    )
    if deal is None:
        return
    words = lambda: (  # noqa: E731
        deal.title,
        _joined(_("%(name)s wants you to work on it.") % {"name": event.actor_name}, str(deal.account or "")),
    )
    notify(
        "deal.joined", [key], words, url=deal.get_absolute_url(), subject=("deal", deal.pk),
        by=_actor(event), at=event.recorded_at,
    )  # fmt: skip


def _tell(kind: str, people: Iterable[int | None], words: Words, task: Task, event: Event) -> None:
    keys = {key for key in people if key is not None}
    notify(
        kind, keys, words, url=url_of(task), subject=("task", task.pk), by=_actor(event), at=event.recorded_at
    )


def _task(event: Event) -> Task | None:
    return Task.objects.select_related("owner").filter(pk=event.payload["task_id"]).first()


def _actor(event: Event) -> Any:
    return User.objects.filter(pk=event.actor_id).first() if event.actor_id else None


def _watchers(task: Task) -> list[int]:
    return list(task.watchers.order_by("pk").values_list("pk", flat=True))


def _due(task: Task) -> str:
    """By the owner's clock: those who are told are told of one moment, in one sentence."""
    return due_text(task, task.owner.time_zone, timezone.now())


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _concerns_guests(event: Event) -> bool:
    """A new time or place does; who else comes, or another reminder, does not."""
    fields = set(event.payload.get("fields", ["starts_at"]))
    return bool(fields & {"starts_at", "ends_at", "place", "room", "title", "repeat", "is_all_day"})


def _by_zone(people: Iterable[int]) -> list[tuple[str, list[int]]]:
    """A time of day is said by each one's own clock."""
    zones: dict[str, list[int]] = {}
    for key, zone in User.objects.filter(pk__in=set(people)).order_by("pk").values_list("pk", "time_zone"):
        zones.setdefault(zone, []).append(key)
    return sorted(zones.items())


def _meeting_words(event: Event, meeting: Meeting, zone: str) -> Words:
    payload, now = event.payload, timezone.now()

    def when() -> str:
        if payload.get("day"):
            return day_text(datetime.fromisoformat(payload["day"]).date(), timezone.localdate(now))
        moment = payload.get("starts_at")
        return moment_text(datetime.fromisoformat(moment) if moment else meeting.starts_at, zone, now)

    def say() -> tuple[str, str]:
        verb = event.name.partition(".")[2]
        if verb == "answered":
            told = event.fact
            return meeting.title, told.sentence() if told else ""
        title = {
            "planned": _("Invitation: %(title)s"),
            "cancelled": _("Cancelled: %(title)s"),
            "moved": _("Moved: %(title)s"),
        }.get(verb, _("Changed: %(title)s"))
        return title % {"title": meeting.title}, _joined(when(), payload.get("reason", ""))

    return say
