"""What conditions find is what plain Python finds in the same records, one by one."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Industry, Tag
from accounts.testing import make_account, make_custom_field
from deals.models import Deal
from deals.queries.list import DEALS
from deals.testing import make_deal, make_pipeline
from lists.registry import registered
from lists.where.checking import checked
from lists.where.conditions import condition
from lists.where.fields import fields_of
from lists.where.grammar import Condition, Group, parsed, written

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=ZONE)  # the day before, in London
TODAY = NOW.date()


@pytest.fixture
def base(cast):
    """Deals and clients of every sort, many with something missing; read once as plain values."""
    make_custom_field("area", "number", record="deal", decimals=1)
    make_custom_field("tier", "choice", record="deal", options={"gold": "Gold", "tin": "Tin"})
    make_custom_field("visit", "date", record="deal")
    make_custom_field("code", "text", record="client")
    industries = [Industry.objects.create(name=name) for name in ("Retail", "Farming")]
    tags = [Tag.objects.create(name=name) for name in ("VIP", "fair")]
    pipeline, people = make_pipeline(), [cast.salesperson, cast.head, None]
    accounts = []
    for n in range(8):
        account = make_account(
            f"Client {n % 3}", owner=people[n % 3], industry=[*industries, None][n % 3],
            employees=[None, 0, 5, 50][n % 4], custom={"code": f"R{n}"} if n % 2 else {},
            at=NOW - timedelta(days=n * 11),
        )  # fmt: skip
        account.label_with(tags[: n % 3], by=cast.head, at=NOW)
        accounts.append(account)
    for n in range(40):
        midnight = datetime.combine(TODAY - timedelta(days=n % 9 * 4), time(0), ZONE)
        custom = {"area": Decimal(n) / 2} if n % 3 else {}
        custom |= {"tier": "gold" if n % 2 else "tin"} if n % 5 else {}
        custom |= {"visit": TODAY + timedelta(days=n - 20)} if n % 4 else {}
        make_deal(
            ["Red roses", "White_lilies", "100% daisies"][n % 3], owner=people[n % 3], pipeline=pipeline,
            account=accounts[n % 8] if n % 6 else None, amount=[None, 0, 10, 250, 1000][n % 5], custom=custom,
            at=midnight + timedelta(minutes=[-1, 0, 1][n % 3]), won=n % 7 == 0,
            expected_close_on=TODAY + timedelta(days=n - 15) if n % 4 else None,
            next_step="call" if n % 4 == 1 else "", next_step_on=TODAY if n % 4 == 1 else None,
        )  # fmt: skip
    return SimpleNamespace(
        cast=cast,
        industries=[each.pk for each in industries],
        tags=[each.pk for each in tags],
        deals=list(Deal.objects.select_related("account")),
        accounts=list(Account.objects.all()),
        tags_of={each.pk: set(each.tags.values_list("pk", flat=True)) for each in Account.objects.all()},
    )


def value(deal, field):
    """What stands in a field, as a person would read it off the card; None for nothing."""
    name, of = (field.removeprefix("client."), deal.account) if field.startswith("client.") else (field, deal)
    if name.startswith("custom."):
        kept = of.custom.get(name.removeprefix("custom."))
        return date.fromisoformat(kept) if name == "custom.visit" and kept else kept
    found = {
        "title": "title", "amount": "base_amount", "state": "state", "owner": "owner_id", "opened": "opened_at",
        "expected": "expected_close_on", "next_step": "next_step", "name": "name", "industry": "industry_id",
        "employees": "employees",
    }[name]  # fmt: skip
    kept = getattr(of, found)
    if isinstance(kept, datetime):
        return kept.astimezone(ZONE).date()
    return None if kept == "" else kept


def holds(deal, tree, person):
    if isinstance(tree, Group):
        answers = [holds(deal, item, person) for item in tree.items]
        return any(answers) if tree.is_any else all(answers)
    if tree.field.startswith("client.") and deal.account is None:
        return False
    found, said = value(deal, tree.field), tree.values
    match tree.op:
        case "empty":
            return found is None
        case "filled":
            return found is not None
        case "lacks" | "not" | "out":
            positive = {"lacks": "has", "not": "is", "out": "in"}[tree.op]
            return found is None or not _says(found, positive, said, person)
    return found is not None and _says(found, tree.op, said, person)


def _says(found, op, said, person):
    if isinstance(found, date):
        return _is_then(found, op, said)
    match op:
        case "has":
            return said[0].upper() in found.upper()
        case "begins":
            return found.upper().startswith(said[0].upper())
        case "is":
            return found.upper() == said[0].upper() if isinstance(found, str) else found == Decimal(said[0])
        case "from":
            return found >= Decimal(said[0])
        case "to":
            return found <= Decimal(said[0])
        case "between":
            return Decimal(said[0]) <= found <= Decimal(said[1])
        case "in":
            return str(found) in {str(person.pk) if each == "me" else each for each in said}
    raise AssertionError(op)


def _is_then(day, op, said):
    away = (day - TODAY).days
    match op:
        case "on":
            return day.isoformat() == said[0]
        case "before":
            return day.isoformat() < said[0]
        case "after":
            return day.isoformat() > said[0]
        case "between":
            return said[0] <= day.isoformat() <= said[1]
        case "last":
            return -int(said[0]) < away <= 0
        case "next":
            return 0 <= away < int(said[0])
        case "older":
            return -away > int(said[0])
        case "this":
            return (day.year, day.month) == (TODAY.year, TODAY.month)
    raise AssertionError(op)


def texts(field):
    word = st.sampled_from(["rose", "R", "%", "_", "100%", "white_lilies", "client 1", "zzz"])
    ops = st.sampled_from(["has", "lacks", "is", "not", "begins"])
    asked = st.builds(lambda op, said: Condition(field, op, (said,)), ops, word)
    return asked | blank(field)


def numbers(field):
    number = st.sampled_from(["0", "0.5", "5", "10", "250", "1000"])
    ops = st.sampled_from(["from", "to", "is", "not"])
    one = st.builds(lambda op, said: Condition(field, op, (said,)), ops, number)
    two = st.builds(lambda first, last: Condition(field, "between", (first, last)), number, number)
    return one | two | blank(field)


def days(field):
    day = st.integers(-25, 25).map(lambda n: (TODAY + timedelta(days=n)).isoformat())
    counted = st.integers(1, 30).map(str)
    return (
        st.builds(
            lambda op, said: Condition(field, op, (said,)), st.sampled_from(["on", "before", "after"]), day
        )
        | st.builds(lambda first, last: Condition(field, "between", (first, last)), day, day)
        | st.builds(
            lambda op, n: Condition(field, op, (n,)), st.sampled_from(["last", "next", "older"]), counted
        )
        | st.just(Condition(field, "this", ("month",)))
        | blank(field)
    )


def choices(field, *keys):
    chosen = st.lists(st.sampled_from([*keys]), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(
        lambda op, said: Condition(field, op, said), st.sampled_from(["in", "out"]), chosen
    ) | blank(field)


def blank(field):
    return st.sampled_from([Condition(field, "empty"), Condition(field, "filled")])


def trees(base):
    industries = [str(pk) for pk in base.industries]
    one = st.one_of(
        texts("title"), texts("client.name"), texts("client.custom.code"), texts("next_step"), numbers("amount"),
        numbers("custom.area"), numbers("client.employees"), days("expected"), days("opened"), days("custom.visit"),
        choices("state", "open", "won", "lost"), choices("owner", "me", str(base.cast.head.pk)),
        choices("custom.tier", "gold", "tin"), choices("client.industry", *industries),
    )  # fmt: skip
    inner = st.builds(Group, st.booleans(), st.lists(one, min_size=1, max_size=3).map(tuple))
    return st.builds(Group, st.booleans(), st.lists(one | inner, min_size=1, max_size=4).map(tuple))


def found(record_list, model, tree, person):
    known = checked(parsed(written(tree)), fields_of(record_list))
    return set(model.objects.filter(condition(known, person, NOW)).values_list("pk", flat=True))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_conditions_find_what_plain_python_finds(base, data):
    tree, person = data.draw(trees(base)), base.cast.admin
    expected = {deal.pk for deal in base.deals if holds(deal, tree, person)}
    assert found(DEALS, Deal, tree, person) == expected, written(tree)


def test_clients_are_found_by_their_deals_and_tags(base):
    clients, person = registered("clients"), base.cast.admin
    for word in ("open", "won", "any"):
        counts = {
            each.pk: sum(
                1 for deal in base.deals if deal.account_id == each.pk and word in (deal.state, "any")
            )
            for each in base.accounts
        }
        for n in (1, 2, 4):
            expected = {pk for pk, count in counts.items() if count >= n}
            assert found(clients, Account, parsed(f"all(deals:least:{word},{n})"), person) == expected
        none = {pk for pk, count in counts.items() if not count}
        assert found(clients, Account, parsed(f"all(deals:none:{word})"), person) == none
        assert found(clients, Account, parsed(f"all(deals:has:{word})"), person) == {*counts} - none
    vip = base.tags[0]
    labelled = {pk for pk, tags in base.tags_of.items() if vip in tags}
    assert found(clients, Account, parsed(f"all(tags:in:{vip})"), person) == labelled
    assert found(clients, Account, parsed(f"all(tags:out:{vip})"), person) == {*base.tags_of} - labelled
    bare = {pk for pk, tags in base.tags_of.items() if not tags}
    assert found(clients, Account, parsed("all(tags:empty)"), person) == bare


def test_of_a_client_one_may_not_see_nothing_is_found_out(base):
    stranger, hidden = base.cast.outsider, make_account("Zanzibar", owner=base.cast.head)
    own = make_deal("Mine", owner=stranger, account=None)
    Deal.objects.filter(pk=own.pk).update(account=hidden)
    assert found(DEALS, Deal, parsed("all(client.name:has:zanzibar)"), stranger) == set()
    assert found(DEALS, Deal, parsed("all(client.name:has:zanzibar)"), base.cast.head) == {own.pk}
