"""The demo company is believable and whole."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Account, Consent, Relation, TaxNumber
from accounts.models.criterion import Answer
from accounts.models.tax_number import checked_tax_number
from activities.queries import calendar, feed
from billing.models import Invoice, LegalEntity, Payment
from crm.demo import load
from deals.funnel import rebuild
from deals.models import Deal, FunnelSum, Pipeline, StageEvent, StageTotal
from foundation.models import Delivery, Event
from lists.reading import views_of
from processes.models import Incident, Process, Run, StepLog, WorkItem
from users.models import User

pytestmark = pytest.mark.django_db

SIGN_INS = ["sales", "head", "support", "accountant", "admin", "outsider"]
MOVES = ["deal.created", "deal.moved", "deal.won", "deal.lost", "deal.reopened"]


def test_the_demo_company_is_loaded_once_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    now = timezone.now()
    assert load(now=now)
    assert not load(now=now), "somebody works there already"

    for name in SIGN_INS:
        assert User.objects.get_by_natural_key(f"{name}@romashka.example").check_password("demo")
    assert Pipeline.objects.count() == 2
    assert 100 <= Account.objects.count() <= 140
    assert all(checked_tax_number(each.kind, each.value) == each.value for each in TaxNumber.objects.all())

    deals = Deal.objects.order_by("pk")
    assert 300 <= deals.count() <= 400
    assert min(deals.open().count(), deals.won().count(), deals.lost().count()) > 50
    assert deals.without_next_step().exists()
    assert deals.overdue(on=now.date()).exists()
    assert len(set(deals.values_list("currency", flat=True))) >= 4
    assert not StageEvent.objects.filter(at__gt=now).exists(), "nothing happens in the future"
    assert deals.earliest("opened_at").opened_at > now - timedelta(days=480)

    told = Event.objects.filter(name__in=MOVES).count()
    assert StageEvent.objects.count() == told
    assert Event.objects.filter(name="deal.reopened").exists()
    assert not Delivery.objects.filter(done_at=None).exists()
    kept = sums()
    connection.check_constraints()
    rebuild()
    assert kept == sums(), "the sums kept by the verbs are those counted from scratch"

    outsider = User.objects.get_by_natural_key("outsider@romashka.example")
    assert 0 < Deal.objects.visible_to(outsider).count() < 10
    assert Account.objects.visible_to(outsider).count() == 2

    for name in SIGN_INS:
        person = User.objects.get_by_natural_key(f"{name}@romashka.example")
        assert read_elsewhere(person, now) == shown_on_the_page(person, now)
    assert len(read_elsewhere(User.objects.get_by_natural_key("sales@romashka.example"), now)) > 20

    head = User.objects.with_policy().get(pk=User.objects.get_by_natural_key("head@romashka.example").pk)
    assert {"Large and open", "Leads to describe"} <= {
        each.name for key in ("deals", "clients") for each in views_of(head, key)
    }
    assert Account.objects.filter(custom__has_key="style").count() > 30
    assert Answer.objects.count() > 100
    assert Relation.objects.filter(in_tree=True).count() == 6
    assert Consent.objects.filter(is_given=True).exists()
    assert Process.objects.filter(status="draft").count() == 1
    assert Run.objects.active().count() > 5
    assert {"done", "declined"} <= set(Run.objects.filter(status="ended").values_list("result", flat=True))
    assert WorkItem.objects.filter(state="open", due_at__lt=now).exists(), "somebody is late"
    assert not StepLog.objects.filter(at__gt=now).exists()
    assert not Incident.objects.exists()
    assert_money_is_believable(now)
    told = Event.objects.exclude(at__lte=now)
    assert not told.exists(), "nothing is told of the future"

    call_command("demo")
    assert capsys.readouterr().out == ""


def assert_money_is_believable(now: datetime) -> None:
    issued = Invoice.objects.issued()
    assert set(Invoice.objects.values_list("state", flat=True)) >= {"draft", "issued", "part_paid", "paid"}
    assert issued.filter(due__gt=0, due_on__lt=now.date()).exists(), "somebody owes"
    assert len(set(issued.values_list("legal_entity", flat=True))) == 2
    for entity in LegalEntity.objects.all():
        numbered = list(
            issued.filter(legal_entity=entity).order_by("issued_at").values_list("dated_on", flat=True)
        )
        assert numbered == sorted(numbered), "numbers grow with days"
    assert Payment.objects.filter(account=None).exists()


def test_production_settings_refuse_the_demo_company(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="passwords everybody knows"):
        call_command("demo")
    assert not User.objects.filter(is_robot=False).exists()


def sums() -> tuple[Any, ...]:
    """Every sum that is not nothing."""
    totals = StageTotal.objects.exclude(deals=0).values_list("stage", "owner", "deals", "base_amount")
    days = FunnelSum.objects.exclude(passed=0, reached=0).values_list(
        "pipeline", "grain", "on", "stage", "owner", "passed", "base_amount", "reached"
    )
    return sorted(map(str, totals)), sorted(map(str, days))


def days_around(now: datetime) -> tuple[date, date]:
    return now.date() - timedelta(days=10), now.date() + timedelta(days=25)


def read_elsewhere(person: Any, now: datetime) -> list[tuple[str, str]]:
    """(title, start) of the meetings and tasks an independent reader finds in the person's feed."""
    first, last = days_around(now)
    book = icalendar.Calendar.from_ical(feed.written(person, now))
    found = []
    for each in recurring_ical_events.of(book).between(first - timedelta(days=2), last + timedelta(days=3)):
        starts = each.decoded("DTSTART")
        if isinstance(starts, datetime):
            starts = starts.astimezone(ZoneInfo(person.time_zone)).replace(tzinfo=None)
        if not str(each["UID"]).startswith("absence") and first <= date(*starts.timetuple()[:3]) <= last:
            found.append((str(each["SUMMARY"]).removeprefix("To do: "), starts.isoformat()))
    return sorted(found)


def shown_on_the_page(person: Any, now: datetime) -> list[tuple[str, str]]:
    """The same of the page; it also shows what began before."""
    first, last = days_around(now)
    entries = calendar.read(person, person, first, last).entries
    shown = [
        (each.title, each.first or each.starts)
        for each in entries
        if each.kind in (calendar.MEETING, calendar.TASK)
    ]
    return sorted((title, at.isoformat()) for title, at in shown if at and date(*at.timetuple()[:3]) >= first)
