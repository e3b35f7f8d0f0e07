"""Records that nobody has get an owner by the rules, once, with the reason kept; nothing is left without anybody."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Account, Address, Source
from accounts.testing import make_account
from activities.models import Absence, Task
from deals.testing import make_deal
from distribution.models import Allotment, Method, Otherwise, Presence, Record, WaitingRecord
from distribution.operations import distribute, give_waiting
from distribution.testing import make_distribution_rule, make_hours, make_territory
from foundation.drain import drain
from foundation.models import Event
from foundation.timeline import page as timeline_page
from users.models import Notification, User

# A Wednesday in the middle of a month, noon in UTC.
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.fixture
def team(cast):
    return [cast.salesperson, cast.colleague, cast.outsider]


def test_a_new_lead_and_a_new_deal_get_an_owner_by_themselves(cast, team):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    make_distribution_rule("Deals", cast.colleague, fallback=cast.head, record=Record.DEAL)
    lead = make_account("Newcomer", roles=["lead"])
    deal = make_deal("Order", owner=None, account=lead)
    drain()
    lead.refresh_from_db()
    deal.refresh_from_db()
    assert (lead.owner, deal.owner) == (cast.salesperson, cast.colleague)
    told = [event.name for event in Event.objects.filter(name__contains="distributed").order_by("pk")]
    assert told == ["lead.distributed", "deal.distributed"]
    assigned = Event.objects.get(name="account.assigned")
    assert assigned.cause_id == Event.objects.get(name="lead.distributed").pk
    assert Notification.objects.filter(person=cast.colleague, kind="deal.assigned").exists()


def test_clients_owned_ones_and_closed_deals_are_left_alone(cast, desk, team):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    make_distribution_rule("Deals", *team, fallback=cast.head, record=Record.DEAL)
    client = make_account("Old client")
    owned = desk.lead(owner=cast.head)
    won = make_deal("Won", owner=None, won=True)
    assert desk.give(client, owned, won) == [None, cast.head, None]
    assert not Allotment.objects.exists()


def test_the_same_event_again_gives_nothing_more(cast, desk, team, now):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    lead = desk.lead()
    for _turn in range(3):
        desk.give(lead)
    assert Allotment.objects.count() == 1
    assert Event.objects.filter(name="account.assigned").count() == 1


def test_in_turn_everybody_gets_as_many(cast, desk, team):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    owners = desk.give(*[desk.lead(f"Lead {n}") for n in range(7)])
    assert owners == [*team, *team, team[0]]


def test_why_somebody_got_it_is_kept_and_stands_on_the_timeline(cast, desk, team):
    make_hours(cast.salesperson, time(9), time(18))
    Absence.objects.create(
        person=cast.salesperson, starts_on=NOON.date(), ends_on=NOON.date() + timedelta(days=2)
    )
    make_distribution_rule("Moscow leads", *team, fallback=cast.head, presence=Presence.PRESENT)
    lead = desk.lead()
    desk.give(lead, at=NOON)
    kept = Allotment.objects.get()
    assert (kept.person, kept.place, kept.among, kept.is_fallback) == (cast.colleague, 2, 3, False)
    assert kept.event_id == Event.objects.get(name="lead.distributed").pk
    with timezone.override(ZoneInfo("UTC")):
        lines = [entry.sentence for entry in timeline_page("account", lead.pk).entries]
    assert (
        f"Given to {cast.colleague.name} by the rule “Moscow leads”: in turn, number 2 of 3. "
        f"Left out: {cast.salesperson.name} (away until Mar 21, 2026, 08:00)." in lines
    )


@pytest.mark.django_db
def test_the_reason_is_kept_for_ever(cast, desk, team):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    desk.give(desk.lead())
    for change in (lambda: Allotment.objects.update(place=9), lambda: Allotment.objects.all().delete()):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()


def test_people_of_a_department_and_of_a_role_are_named_by_one_line(cast, desk):
    make_distribution_rule("By department", {"department": cast.sales}, fallback=cast.head)
    owners = desk.give(*[desk.lead(f"Lead {n}") for n in range(3)])
    assert {each.pk for each in owners} == {cast.salesperson.pk, cast.colleague.pk, cast.head.pk}


def test_who_left_gets_nothing_and_their_head_stands_in_for_a_fallback_who_left(cast, desk):
    make_distribution_rule("Leads", cast.colleague, fallback=cast.salesperson)
    User.objects.filter(pk__in=[cast.colleague.pk, cast.salesperson.pk]).update(is_active=False)
    assert desk.give(desk.lead()) == [cast.head]
    assert Allotment.objects.get().is_fallback


class TestConditions:
    def test_the_first_rule_that_fits_decides(self, cast, desk):
        web, fair = Source.objects.create(name="Website"), Source.objects.create(name="Fair")
        make_distribution_rule(
            "Web", cast.colleague, fallback=cast.head, query=f"where=all(source:in:{web.pk})"
        )
        make_distribution_rule(
            "Big", cast.outsider, fallback=cast.head, query="where=all(employees:from:100)"
        )
        leads = [
            desk.lead("Web", source=web, employees=500),
            desk.lead("Big", source=fair, employees=500),
            desk.lead("None", source=fair, employees=5),
        ]
        assert desk.give(*leads) == [cast.colleague, cast.outsider, None]

    def test_deals_are_asked_for_their_amount_pipeline_and_clients_industry(self, cast, desk):
        deal = desk.deal(amount=5_000)
        make_distribution_rule(
            "Small", cast.colleague, fallback=cast.head, record=Record.DEAL, query="where=all(amount:to:1000)"
        )
        make_distribution_rule(
            "Large",
            cast.outsider,
            fallback=cast.head,
            record=Record.DEAL,
            position=1,
            query=f"pipeline={deal.pipeline_id}&where=all(amount:from:1000)",
        )
        assert desk.give(deal) == [cast.outsider]

    def test_a_condition_that_cannot_be_read_any_more_fits_nothing(self, cast, desk):
        make_distribution_rule("Odd", cast.colleague, fallback=cast.head, query="where=all(")
        assert desk.give(desk.lead()) == [None]

    def test_only_clients_of_its_territories(self, cast, desk, now):
        north = make_territory("North", city="Murmansk")
        make_distribution_rule("North", cast.colleague, fallback=cast.head, territories=[north])
        here, there = desk.lead("Here"), desk.lead("There")
        Address.replace(here, [Address(city="Мурманск", country="Russia")], by=cast.robot, at=now)
        Address.replace(there, [Address(city="Moscow")], by=cast.robot, at=now)
        assert desk.give(here, there) == [cast.colleague, None]


class TestLoad:
    def test_leads_go_to_who_has_fewest_open_for_their_capacity(self, cast, desk):
        for n in range(3):
            desk.lead(f"Old {n}", owner=cast.salesperson)
        make_distribution_rule(
            "Leads", cast.salesperson, cast.colleague, fallback=cast.head, method=Method.LOAD
        )
        owners = desk.give(*[desk.lead(f"Lead {n}") for n in range(5)])
        assert owners == [cast.colleague] * 3 + [cast.salesperson, cast.colleague]

    def test_open_deals_count_and_closed_ones_do_not(self, cast, desk):
        make_deal("Open", owner=cast.salesperson)
        for n in range(2):
            make_deal(f"Won {n}", owner=cast.colleague, won=True)
        make_distribution_rule(
            "Deals",
            cast.salesperson,
            cast.colleague,
            fallback=cast.head,
            method=Method.LOAD,
            record=Record.DEAL,
        )
        assert desk.give(desk.deal()) == [cast.colleague]

    def test_who_has_as_many_as_they_can_carry_is_passed_over(self, cast, desk):
        desk.lead("Old", owner=cast.salesperson)
        make_distribution_rule(
            "Leads", cast.salesperson, cast.colleague, fallback=cast.head, limits={"most_open": 1}
        )
        leads = [desk.lead(f"Lead {n}") for n in range(2)]
        assert desk.give(*leads) == [cast.colleague, cast.head]
        assert Allotment.objects.get(object_id=leads[1].pk).is_fallback


class TestKnown:
    def test_a_deal_goes_to_its_clients_owner_and_else_to_the_next_rule(self, cast, desk):
        known = {"method": Method.KNOWN, "otherwise": Otherwise.NEXT, "record": Record.DEAL}
        make_distribution_rule("Known", fallback=cast.head, **known)
        make_distribution_rule("All", cast.colleague, fallback=cast.head, record=Record.DEAL, position=1)
        client = make_account("Client", owner=cast.outsider)
        deals = [desk.deal("Known", account=client), desk.deal("Strange")]
        assert desk.give(*deals) == [cast.outsider, cast.colleague]

    def test_a_lead_goes_to_its_parents_owner_or_to_who_deals_with_it(self, cast, desk):
        make_distribution_rule("Known", fallback=cast.head, method=Method.KNOWN, otherwise=Otherwise.NEXT)
        parent = make_account("Holding", owner=cast.outsider)
        branch, dealt = desk.lead("Branch", parent=parent), desk.lead("Dealt")
        make_deal("Order", owner=cast.colleague, account=dealt)
        assert desk.give(branch, dealt, desk.lead("Strange")) == [cast.outsider, cast.colleague, cast.head]

    def test_among_its_candidates_only_where_it_has_any(self, cast, desk):
        make_distribution_rule("Known", cast.colleague, fallback=cast.head, method=Method.KNOWN)
        parent = make_account("Holding", owner=cast.outsider)
        assert desk.give(desk.lead(parent=parent)) == [cast.head]

    def test_who_answers_for_the_territory(self, cast, desk, now):
        make_territory("Russia", cast.outsider, country="Russia")
        make_territory("Moscow", cast.colleague, country="Russia", city="Moskva")
        make_territory("Centre", cast.salesperson, postcode="101")
        make_distribution_rule("Territories", fallback=cast.head, method=Method.TERRITORY)
        leads = []
        for place in (
            {"country": "russia", "city": "Tver"},
            {"country": "Russia", "city": "Москва"},
            {"country": "Russia", "city": "Moskva", "postcode": "101 000"},
            {"country": "France"},
        ):
            leads.append(desk.lead(str(place)))
            Address.replace(leads[-1], [Address(**place)], by=cast.robot, at=now)
        assert desk.give(*leads) == [cast.outsider, cast.colleague, cast.salesperson, cast.head]


class TestAtWork:
    @pytest.mark.parametrize(
        ("zone", "works_then"),
        [("Pacific/Midway", False), ("Asia/Kolkata", True), ("Pacific/Kiritimati", False), ("UTC", True)],
    )
    def test_by_the_persons_own_clock(self, cast, desk, zone, works_then):
        make_hours(cast.salesperson, time(9), time(18), zone)
        make_distribution_rule("Leads", cast.salesperson, fallback=cast.head, presence=Presence.AT_WORK)
        lead = desk.lead()
        desk.give(lead, at=NOON)
        assert lead.owner == (cast.salesperson if works_then else None)
        assert WaitingRecord.objects.exists() is not works_then

    def test_the_hour_the_clock_skips_is_not_waited_for(self, cast, desk):
        """New York, 8 March 2026: at two it is three."""
        make_hours(cast.salesperson, time(2), time(6), "America/New_York")
        make_distribution_rule("Leads", cast.salesperson, fallback=cast.head, presence=Presence.AT_WORK)
        lead = desk.lead()
        desk.give(lead, at=datetime(2026, 3, 8, 6, tzinfo=UTC))
        assert WaitingRecord.objects.get().due_at == datetime(2026, 3, 8, 7, tzinfo=UTC)

    def test_it_waits_until_the_first_starts_work_and_then_goes_to_them(self, cast, desk):
        make_hours(cast.salesperson, time(9), time(18))
        make_hours(cast.colleague, time(8), time(17))
        make_distribution_rule(
            "Leads", cast.salesperson, cast.colleague, fallback=cast.head, presence=Presence.AT_WORK
        )
        lead = desk.lead()
        night, eight = NOON.replace(hour=22), (NOON + timedelta(days=1)).replace(hour=8)
        desk.give(lead, at=night)
        waiting = WaitingRecord.objects.get()
        assert (waiting.due_at, waiting.since) == (eight, night)
        assert Event.objects.get(name="lead.queued").fact.sentence().startswith("Waits by the rule “Leads”")
        assert give_waiting(at=eight - timedelta(seconds=1)) == 0
        assert give_waiting(at=eight) == 1
        lead.refresh_from_db()
        assert lead.owner == cast.colleague
        assert not WaitingRecord.objects.exists()

    def test_nobody_waits_longer_than_the_rule_says(self, cast, desk):
        make_hours(cast.salesperson, time(9), time(18))
        Absence.objects.create(
            person=cast.salesperson, starts_on=NOON.date(), ends_on=NOON.date() + timedelta(days=9)
        )
        make_distribution_rule(
            "Leads", cast.salesperson, fallback=cast.head, presence=Presence.AT_WORK, hours_to_wait=48
        )
        lead = desk.lead()
        desk.give(lead, at=NOON)
        assert lead.owner == cast.head
        told = Notification.objects.get(kind="distribution.fallback")
        assert told.person == cast.head
        assert "Nobody could take it by the rule “Leads”." in told.text

    def test_the_next_who_is_at_work_takes_it_where_others_rest(self, cast, desk):
        make_hours(cast.salesperson, time(20), time(22))
        make_hours(cast.colleague, time(9), time(18))
        make_distribution_rule(
            "Leads", cast.salesperson, cast.colleague, fallback=cast.head, presence=Presence.AT_WORK
        )
        assert desk.give(desk.lead("1"), desk.lead("2"), at=NOON) == [cast.colleague] * 2

    def test_without_waiting_it_goes_to_whom_is_named(self, cast, desk):
        make_hours(cast.salesperson, time(20), time(22))
        make_distribution_rule(
            "Leads",
            cast.salesperson,
            fallback=cast.head,
            presence=Presence.AT_WORK,
            otherwise=Otherwise.FALLBACK,
        )
        assert desk.give(desk.lead(), at=NOON) == [cast.head]

    def test_what_waited_and_was_taken_meanwhile_waits_no_more(self, cast, desk):
        make_hours(cast.salesperson, time(20), time(22))
        make_distribution_rule("Leads", cast.salesperson, fallback=cast.head, presence=Presence.AT_WORK)
        lead = desk.lead()
        desk.give(lead, at=NOON)
        lead.assign(cast.colleague, by=cast.head, at=NOON)
        give_waiting(at=NOON + timedelta(hours=9))
        assert not WaitingRecord.objects.exists()
        assert Account.objects.get(pk=lead.pk).owner == cast.colleague


class TestQuotas:
    def test_a_day_is_the_persons_own(self, cast, desk):
        User.objects.filter(pk=cast.salesperson.pk).update(time_zone="Pacific/Kiritimati")
        make_distribution_rule(
            "Leads", cast.salesperson, fallback=cast.head, limits={"per_day": 2}, hours_to_wait=48
        )
        before_midnight = datetime(2026, 3, 18, 9, 59, tzinfo=UTC)  # 23:59 there
        leads = [desk.lead(f"Lead {n}") for n in range(5)]
        assert desk.give(*leads[:2], at=before_midnight) == [cast.salesperson] * 2
        desk.give(leads[2], at=before_midnight)
        midnight = before_midnight + timedelta(minutes=1)
        assert WaitingRecord.objects.get().due_at == midnight
        assert desk.give(*leads[3:], at=midnight) == [cast.salesperson] * 2
        give_waiting(at=midnight)
        assert WaitingRecord.objects.get().due_at == midnight + timedelta(days=1)

    def test_a_month_ends_with_its_last_day_there(self, cast, desk):
        User.objects.filter(pk=cast.salesperson.pk).update(time_zone="Asia/Kolkata")
        make_distribution_rule(
            "Leads",
            cast.salesperson,
            cast.colleague,
            fallback=cast.head,
            limits={"per_month": 1},
        )
        last = datetime(2026, 3, 31, 18, 29, tzinfo=UTC)  # 23:59 there, 31 March
        leads = [desk.lead(f"Lead {n}") for n in range(3)]
        assert desk.give(*leads[:2], at=last) == [cast.salesperson, cast.colleague]
        assert desk.give(leads[2], at=last + timedelta(minutes=1)) == [cast.salesperson]

    def test_several_rules_share_a_persons_quota(self, cast, desk):
        limits = {"per_day": 1}
        make_distribution_rule(
            "Large",
            cast.salesperson,
            fallback=cast.head,
            limits=limits,
            query="where=all(employees:from:100)",
            otherwise=Otherwise.NEXT,
        )
        make_distribution_rule(
            "All", cast.salesperson, cast.colleague, fallback=cast.head, limits=limits, position=1
        )
        large, other = desk.lead("Large", employees=200), desk.lead("Other", employees=200)
        assert desk.give(large, other, at=NOON) == [cast.salesperson, cast.colleague]


def test_a_first_step_is_planned_for_whoever_gets_it(cast, desk):
    make_hours(cast.salesperson, time(9), time(18), "Pacific/Kiritimati")
    make_distribution_rule(
        "Leads", cast.salesperson, fallback=cast.head, first_step="Call the new lead", first_step_days=1
    )
    lead = desk.lead()
    desk.give(lead, at=NOON)
    task = Task.objects.get()
    assert (task.title, task.owner, task.account) == ("Call the new lead", cast.salesperson, lead)
    assert task.due_on == date(2026, 3, 20)  # there it was the 19th already


def test_a_deals_first_step_is_its_next_step(cast, desk):
    make_distribution_rule(
        "Deals", cast.salesperson, fallback=cast.head, record=Record.DEAL, first_step="Ask what they need"
    )
    deal = desk.deal()
    desk.give(deal)
    assert deal.next_step == "Ask what they need"
    assert deal.next_step_on is not None


def test_many_are_distributed_in_one_go_as_one_after_the_other(cast, desk, team, now):
    make_distribution_rule("Leads", *team, fallback=cast.head)
    keys = [desk.lead(f"Lead {n}").pk for n in range(6)]
    distribute(Record.LEAD, keys, by=cast.head, at=now)
    owners = list(Account.objects.filter(pk__in=keys).order_by("pk").values_list("owner_id", flat=True))
    assert owners == [person.pk for person in [*team, *team]]


def test_rules_that_name_somebody_who_leaves_are_mentioned(cast):
    from users.handing_over import mentions

    make_distribution_rule("Leads", cast.salesperson, fallback=cast.head)
    make_distribution_rule("Deals", cast.colleague, fallback=cast.salesperson, record=Record.DEAL)
    (mention,) = [each for each in mentions() if each.key == "distribution"]
    assert mention.names(cast.salesperson.pk) == ["Deals", "Leads"]
    assert mention.names(cast.colleague.pk) == ["Deals"]
