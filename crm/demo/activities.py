"""What people of the demo company did in the last months and plan for the next two weeks, told at its moments."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Account, Contact
from activities import drafts
from activities.drafts import CallDraft, Links, MeetingDraft, MessageDraft, NoteDraft, TaskDraft
from activities.due import at_local
from activities.guests import Guests
from activities.mentions import named_in
from activities.models import Absence, Call, Meeting, MeetingRoom, Note, Task, TaskTemplate
from crm.demo import activity_words as words
from crm.demo.company import Company
from crm.demo.stage import in_working_hours
from deals.models import Deal
from foundation.models import CalendarException, WorkingCalendar
from foundation.working_time import add_working_days
from users.calendars import calendar_of, kept

MONTHS = timedelta(days=120)
MINUTES_A_DAY = 540
RESULTS = ["reached"] * 6 + ["no_answer"] * 3 + ["busy", "call_back", "wrong"]


@dataclass
class Diary:
    """Everything drawn so far, by whoever wrote it down."""

    now: datetime
    dice: random.Random
    calls: list[CallDraft] = field(default_factory=list)
    notes: list[NoteDraft] = field(default_factory=list)
    messages: list[MessageDraft] = field(default_factory=list)
    tasks: list[TaskDraft] = field(default_factory=list)
    meetings: list[MeetingDraft] = field(default_factory=list)

    def past(self, since: datetime) -> datetime:
        """A working moment between then and now, more often a late one."""
        begins = max(since + timedelta(hours=1), self.now - MONTHS)
        moment = self.now - (self.now - begins) * self.dice.random() ** 1.4
        moment = in_working_hours(moment, self.dice.randrange(MINUTES_A_DAY))
        return min(max(moment, begins), self.now - timedelta(minutes=20))


def fill_diaries(company: Company, now: datetime, dice: random.Random) -> None:
    """Calls, notes, messages, tasks and meetings of every seller with their clients; absences, a holiday, rooms."""
    _make_holiday(now)
    templates = _make_templates()
    rooms = [MeetingRoom.objects.create(name=name, seats=seats) for name, seats in words.ROOMS]
    diary = Diary(now, dice)
    accounts = Account.objects.filter(owner__isnull=False).select_related("owner")
    contacts = _contacts()
    deals = _deals()
    for account in accounts.order_by("pk"):
        people = contacts.get(account.pk, [])
        _past_of_client(diary, account, people, deals.get(account.pk, []))
    _next_steps(diary, [deal for of_client in deals.values() for deal in of_client])
    _to_come(diary, company, list(accounts.order_by("-pk")[:40]))
    _write(diary)
    _by_hand(company, templates, now)
    _weekly_round(company, rooms[0], now)
    _absences(company, now)


def _past_of_client(diary: Diary, account: Account, people: list[Any], deals: list[Deal]) -> None:
    dice, owner = diary.dice, account.owner
    is_russian = any("а" <= sign <= "я" for sign in account.name.lower())

    def said(pair: tuple[str, str]) -> str:
        return pair[1] if is_russian else pair[0]

    def links() -> Links:
        deal = dice.choice(deals) if deals and dice.random() < 0.6 else None
        contact = dice.choice(people) if people and dice.random() < 0.8 else None
        return Links(account=account, contact=contact, deal=deal)

    for _each in range(dice.choice([1, 2, 3, 4])):
        result = dice.choice(RESULTS)
        diary.calls.append(
            CallDraft(
                author=owner,
                at=diary.past(account.created_at),
                direction="in" if dice.random() < 0.3 else "out",
                result=result,
                duration=dice.randrange(2, 25) if result == "reached" else None,
                note=said(dice.choice(words.CALLS[result])),
                links=links(),
            )
        )
    for _each in range(dice.choice([0, 1, 1, 2])):
        text = said(dice.choice(words.NOTES))
        note = NoteDraft(author=owner, at=diary.past(account.created_at), text=text, links=links())
        note.is_pinned = dice.random() < 0.25
        diary.notes.append(note)
    for _each in range(dice.choice([0, 1, 1])):
        subject, text, subject_ru, text_ru = dice.choice(words.MESSAGES)
        diary.messages.append(
            MessageDraft(
                author=owner,
                at=diary.past(account.created_at),
                subject=subject_ru if is_russian else subject,
                text=text_ru if is_russian else text,
                direction=dice.choice(["in", "out"]),
                channel=dice.choice(["mail", "mail", "chat"]),
                links=links(),
            )
        )
    _past_work(diary, owner, links(), is_russian, account.created_at)


def _past_work(diary: Diary, owner: Any, links: Links, is_russian: bool, since: datetime) -> None:
    """Tasks that are done, most of them in time, and meetings with what came of them."""
    dice = diary.dice
    for _each in range(dice.choice([0, 1, 2])):
        title, title_ru, kind, minutes = dice.choice(words.TASKS)
        planned = min(diary.past(since), diary.now - timedelta(days=2))
        done = min(planned + timedelta(hours=dice.randrange(2, 90)), diary.now - timedelta(minutes=10))
        begun = planned + (done - planned) * dice.random()
        path = [("new", planned), ("started", begun), ("done", done)] if dice.random() < 0.6 else None
        outcome = dice.choice(words.OUTCOMES)[is_russian]
        diary.tasks.append(
            TaskDraft(
                title=title_ru if is_russian else title,
                owner=owner,
                path=path or [("new", planned), ("done", done)],
                kind=kind,
                estimate=minutes,
                due_on=(planned + timedelta(days=dice.choice([1, 2, 3, 5]))).date(),
                outcome=outcome,
                links=links,
            )
        )
    if dice.random() < 0.3:
        title, title_ru, outcome = dice.choice(words.MEETINGS)
        begun = min(diary.past(since), diary.now - timedelta(hours=1))
        starts = begun.replace(minute=0, second=0, microsecond=0)
        diary.meetings.append(
            MeetingDraft(
                title=title_ru if is_russian else title,
                owner=owner,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                planned_at=starts - timedelta(days=3),
                state="held" if dice.random() < 0.9 else "cancelled",
                outcome=outcome if dice.random() < 0.8 else "",
                links=links,
                contacts=[links.contact] if links.contact else [],
            )
        )


def _next_steps(diary: Diary, deals: list[Deal]) -> None:
    """The next step of an open deal is a task of its owner: some late, some today, some later."""
    for deal in deals:
        if deal.is_open and deal.next_step and deal.next_step_on and deal.owner is not None:
            planned = min(diary.past(deal.entered_stage_at), diary.now - timedelta(hours=2))
            diary.tasks.append(
                TaskDraft(
                    title=deal.next_step,
                    owner=deal.owner,
                    path=[("new", planned)],
                    kind=diary.dice.choice(["call", "mail", "todo"]),
                    estimate=diary.dice.choice([15, 30, 45, 60]),
                    due_on=deal.next_step_on,
                    links=Links(account=deal.account, deal=deal),
                )
            )


def _to_come(diary: Diary, company: Company, accounts: list[Account]) -> None:
    """For each seller something late, something today and something on most of the next ten working days."""
    dice = diary.dice
    for seller in company.sellers:
        mine = [account for account in accounts if account.owner_id == seller.pk] or accounts[:3]
        calendar, zone = calendar_of(seller), seller.time_zone
        today = diary.now.astimezone(ZoneInfo(zone)).date()
        for ahead in (-4, -1, 0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 9):
            title, title_ru, kind, minutes = dice.choice(words.TASKS)
            day = add_working_days(today, ahead, calendar) if ahead else today
            at = at_local(day, time(dice.randrange(10, 17)), zone) if dice.random() < 0.3 else None
            diary.tasks.append(
                TaskDraft(
                    title=title_ru if seller.language == "ru" else title,
                    owner=seller,
                    path=[("new", diary.now - timedelta(days=dice.randrange(5, 12)))],
                    kind=kind,
                    priority=dice.choice([1, 2, 2, 2, 3]),
                    estimate=minutes,
                    due_on=None if at else day,
                    due_at=at,
                    links=Links(account=dice.choice(mine)),
                )
            )
        for ahead in (1, 3, 6):
            title, title_ru, _outcome = dice.choice(words.MEETINGS)
            account = dice.choice(mine)
            starts = at_local(add_working_days(today, ahead, calendar), time(dice.choice([11, 14, 15])), zone)
            diary.meetings.append(
                MeetingDraft(
                    title=title_ru if seller.language == "ru" else title,
                    owner=seller,
                    starts_at=starts,
                    ends_at=starts + timedelta(minutes=dice.choice([30, 60, 90])),
                    planned_at=diary.now - timedelta(days=4),
                    place=account.name,
                    people=[company.cast.head] if seller.pk != company.cast.head.pk and ahead == 3 else [],
                    links=Links(account=account),
                )
            )


def _write(diary: Diary) -> None:
    """By author: whoever did it is who told it."""
    for rows, write, who in (
        (diary.calls, drafts.log_calls, "author"),
        (diary.notes, drafts.add_notes, "author"),
        (diary.messages, drafts.log_messages, "author"),
        (diary.tasks, drafts.plan_tasks, "owner"),
        (diary.meetings, drafts.plan_meetings, "owner"),
    ):
        by_person: dict[Any, list[Any]] = {}
        for row in rows:  # type: ignore[attr-defined]
            by_person.setdefault(getattr(row, who), []).append(row)
        for person, theirs in sorted(by_person.items(), key=lambda each: each[0].pk):
            write(theirs, by=person)  # type: ignore[operator]


def _by_hand(company: Company, templates: dict[str, TaskTemplate], now: datetime) -> None:
    """What a visitor tries first: a checklist, a chain, a task to accept, one that repeats, somebody mentioned."""
    cast = company.cast
    sam, head = cast.salesperson, cast.head
    calendar = calendar_of(sam)
    today = now.astimezone(ZoneInfo(sam.time_zone)).date()
    account = Account.objects.filter(owner=sam).order_by("-pk").first()
    visit = templates["First visit"]
    earlier = now - timedelta(days=1)
    Task.plan(
        title=visit.title, owner=sam, by=head, at=earlier, kind=visit.kind, due_on=today, template=visit,
        checklist=visit.checklist, estimate=visit.estimate, account=account, watchers=[head],
    )  # fmt: skip
    price = Task.plan(
        title="Work out the price for three floors", owner=sam, by=head, at=earlier, controller=head,
        due_on=add_working_days(today, 1, calendar), estimate=90, priority=1, account=account,
    )  # fmt: skip
    price.take_up(by=sam, at=now - timedelta(hours=3))
    Task.plan(
        title="Report of the week", owner=sam, by=head, at=earlier, repeat="FREQ=WEEKLY;BYDAY=FR",
        due_on=_next_weekday(today, 4), estimate=30,
    )  # fmt: skip
    text = f"@{sam.name} they asked for you by name, please call before Friday."
    mentioned = [person.pk for person in named_in(text, [sam])]
    at = now - timedelta(hours=5)
    Note.add(text, account=account, is_pinned=True, mentioned=mentioned, by=head, at=at)
    Call.log(account=account, direction="in", duration=4, note="Asked for Sam by name.", by=head, at=at)


def _weekly_round(company: Company, room: MeetingRoom, now: datetime) -> None:
    """Every Monday morning, since two months ago."""
    head = company.cast.head
    began = now - timedelta(days=63)
    monday = began.astimezone(ZoneInfo(head.time_zone)).date()
    starts = at_local(_next_weekday(monday, 0), time(10), head.time_zone)
    Meeting.plan(
        title="Round of the week", owner=head, by=head, at=min(began, starts), repeat="FREQ=WEEKLY;BYDAY=MO",
        starts_at=starts, ends_at=starts + timedelta(minutes=45), room=room, reminder=15,
        agenda="What closed, what stands still, who needs help.", guests=Guests(people=tuple(company.sellers)),
    )  # fmt: skip


def _absences(company: Company, now: datetime) -> None:
    today, cast = now.date(), company.cast
    monday = _next_weekday(today + timedelta(days=1), 0)
    Absence.plan(
        person=cast.colleague, starts_on=monday, ends_on=monday + timedelta(days=4), kind="leave",
        substitute=cast.salesperson, by=cast.head, at=now - timedelta(days=9),
    )  # fmt: skip
    trip = monday + timedelta(days=9)
    Absence.plan(
        person=company.sellers[-1], starts_on=trip, ends_on=trip + timedelta(days=1), kind="trip",
        note="Exhibition", by=cast.head, at=now - timedelta(days=5),
    )  # fmt: skip


def _make_holiday(now: datetime) -> None:
    """A day off in the second week from now, so that calendar and planner show one."""
    calendar = WorkingCalendar.objects.filter(is_default=True).first()
    if calendar is not None:
        day = _next_weekday(now.date() + timedelta(days=8), 2)
        CalendarException.objects.create(calendar=calendar, on=day, name="Company day")
        kept.forget()


def _make_templates() -> dict[str, TaskTemplate]:
    made: dict[str, TaskTemplate] = {}
    for place, (name, title, kind, due_in, minutes, checklist, follows, automatic) in enumerate(
        words.TEMPLATES
    ):
        made[name] = TaskTemplate.objects.create(
            name=name, title=title, kind=kind, due_in=due_in, estimate=minutes, checklist=checklist,
            followed_by=made.get(follows or ""), is_automatic=automatic, position=len(words.TEMPLATES) - place,
        )  # fmt: skip
    return made


def _contacts() -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for contact in Contact.objects.filter(has_left=False).order_by("pk"):
        found.setdefault(contact.account_id, []).append(contact)
    return found


def _deals() -> dict[int, list[Deal]]:
    found: dict[int, list[Deal]] = {}
    deals = Deal.objects.filter(account__isnull=False).select_related("owner", "account", "stage")
    for deal in deals.order_by("pk"):
        found.setdefault(deal.account_id or 0, []).append(deal)
    return found


def _next_weekday(day: date, weekday: int) -> date:
    """That day, or the first one after it that is such a weekday."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
