"""Who may do what, and to whose records: the shipped roles as one table, and each way of asking against it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from foundation.rights import all_rights
from users.backends import PersonBackend
from users.models import User
from users.policy import Reach
from users.querysets import MANY
from users.testing import Cast, make_role, make_user

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]

PEOPLE = ["salesperson", "head", "support", "accountant", "admin", "outsider"]
ROLES = """
accounts.assign       -            department  -        -           all    -
accounts.change       own          department  -        -           all    own
accounts.create       own          department  -        -           all    own
accounts.delete       -            department  -        -           all    -
accounts.view         own          department  all      all         all    own
activities.absences   own          department  own      own         all    own
activities.assign     -            department  -        -           all    -
activities.change     own          department  own      own         all    own
activities.create     own          department  own      own         all    own
activities.plan       -            department  -        -           all    -
activities.view       own          department  own      own         all    own
admin.configure       -            -           -        -           all    -
billing.approve       -            department  -        -           all    -
billing.change        own          department  -        all         all    own
billing.change_prices -            all         -        -           all    -
billing.configure     -            -           -        -           all    -
billing.create        own          department  -        all         all    own
billing.credit        -            department  -        all         all    -
billing.issue         own          department  -        all         all    own
billing.receive       -            -           -        all         all    -
billing.view          own          department  -        all         all    own
billing.view_costs    -            all         -        all         all    -
billing.view_payments own          department  -        all         all    own
catalog.change        -            all         -        -           all    -
catalog.change_prices -            all         -        -           all    -
catalog.view          all          all         all      all         all    all
catalog.view_costs    -            all         -        all         all    -
changes.bulk_edit     -            all         -        -           all    -
deals.assign          -            department  -        -           all    -
deals.change          own          department  -        -           all    own
deals.create          own          department  -        -           all    own
deals.delete          -            department  -        -           all    -
deals.move            own          department  -        -           all    own
deals.override        -            department  -        -           all    -
deals.view            own          department  -        all         all    own
distribution.run      -            all         -        -           all    -
integrations.export   -            all         -        -           all    -
integrations.import   -            department  -        -           all    -
processes.design      -            own         -        -           all    -
processes.nudge       own          own         own      own         own    own
processes.repair      -            department  -        -           all    -
processes.start       own          own         own      own         own    own
processes.work        own          own         own      own         own    own
reports.view          own          department  -        all         all    own
users.hand_over       -            department  -        -           all    -
users.view            department   department  all      all         all    department
"""
TABLE = {
    verb: dict(zip(PEOPLE, scopes, strict=True)) for verb, *scopes in map(str.split, ROLES.split("\n")[1:-1])
}

# Whose records each person reaches within their department: colleagues in it and in those below it.
OWNERS = {"salesperson", "colleague", "head", "support", "accountant", "admin", "outsider"}
DEPARTMENT = {
    "salesperson": {"salesperson", "colleague", "head"},
    "head": {"salesperson", "colleague", "head"},
    "outsider": {"outsider"},
}


def reached(person: str, scope: str) -> set[str]:
    """The owners whose records a scope reaches, said without the policy."""
    return {"-": set(), "own": {person}, "department": DEPARTMENT.get(person, set()), "all": OWNERS}[scope]


def as_read(user: User) -> User:
    """The person as a request would read them."""
    found = PersonBackend().get_user(user.pk)
    assert found is not None
    return found


def names(accounts: object) -> set[str]:
    return set(accounts.values_list("name", flat=True))  # type: ignore[attr-defined]


@pytest.fixture
def clients(cast: Cast) -> dict[str, Account]:
    """One client of each colleague, called as its owner is in the cast."""
    return {owner: make_account(owner, owner=getattr(cast, owner)) for owner in sorted(OWNERS)}


def test_the_table_names_every_right_of_the_house() -> None:
    assert sorted(TABLE) == sorted(all_rights())


@pytest.mark.parametrize("person", PEOPLE)
def test_every_way_of_asking_answers_as_the_table_says(
    cast: Cast, clients: dict[str, Account], person: str
) -> None:
    user = as_read(getattr(cast, person))
    asked = {
        verb: (
            user.may(verb),
            {owner for owner in OWNERS if user.reach(verb).covers_person(getattr(cast, owner).pk)},
            {owner for owner, client in clients.items() if user.reaches(client, verb)},
            names(Account.objects.visible_to(user, verb)),
        )
        for verb in TABLE
    }
    said = {
        verb: (scopes[person] != "-", *[reached(person, scopes[person])] * 3)
        for verb, scopes in TABLE.items()
    }
    assert asked == said


@pytest.mark.parametrize("person", PEOPLE)
def test_asked_without_a_verb_a_list_means_seeing(
    cast: Cast, clients: dict[str, Account], person: str
) -> None:
    seen = names(Account.objects.visible_to(getattr(cast, person)))
    assert seen == reached(person, TABLE["accounts.view"][person])


def test_the_robot_may_everything_everywhere(cast: Cast, clients: dict[str, Account]) -> None:
    assert all(cast.robot.may(verb) and cast.robot.reach(verb).everybody for verb in TABLE)
    assert names(Account.objects.visible_to(cast.robot, "accounts.change")) == OWNERS


def test_whoever_is_not_signed_in_sees_nothing(clients: dict[str, Account]) -> None:
    assert names(Account.objects.visible_to(AnonymousUser())) == set()


@pytest.mark.parametrize(
    ("narrow", "wide", "folded"),
    [
        ({"deals__view": "own"}, {"deals__view": "department"}, "department"),
        ({"deals__view": "department"}, {"deals__view": "all"}, "all"),
        ({"deals__view": "own"}, {"deals__view": "all"}, "all"),
        ({"deals__view": "own"}, {"deals__view": "own"}, "own"),
        ({"accounts__view": "all"}, {"deals__view": "own"}, "own"),
    ],
)
def test_two_roles_fold_to_the_widest_scope_of_each_right(
    cast: Cast, narrow: dict[str, str], wide: dict[str, str], folded: str
) -> None:
    first, second = make_role("first", **narrow), make_role("second", **wide)
    for roles in ([first, second], [second, first]):
        cast.salesperson.roles.set(roles)
        assert as_read(cast.salesperson).policy.grants["deals.view"] == folded


def test_a_wide_right_of_one_role_does_not_widen_the_others(cast: Cast, clients: dict[str, Account]) -> None:
    """A salesperson who also keeps the books sees every client, and still changes only their own."""
    both = make_user("Bela Both", "salesperson", "accountant", department=cast.elsewhere)
    make_account("both", owner=both)
    assert names(Account.objects.visible_to(both)) == OWNERS | {"both"}
    assert names(Account.objects.visible_to(both, "accounts.change")) == {"both"}


def test_the_person_and_all_they_may_are_read_in_one_statement(
    cast: Cast, clients: dict[str, Account]
) -> None:
    cast.elsewhere.change({"head": cast.head}, by=cast.admin, at=timezone.now())
    with CaptureQueriesContext(connection) as sent:
        head = as_read(cast.head)
        assert all(head.may(verb) == (scopes["head"] != "-") for verb, scopes in TABLE.items())
        assert {owner for owner, client in clients.items() if head.reaches(client, "deals.move")} == {
            "salesperson", "colleague", "head", "outsider",
        }  # fmt: skip
        assert str(head.department) == "Sales"
        assert Account.objects.visible_to(head).query
    assert len(sent) == 1


@pytest.mark.parametrize("person", ["salesperson", "head", "admin"])
def test_a_page_of_the_list_reads_the_session_the_person_and_its_rows(
    cast: Cast, client_of: ClientOf, clients: dict[str, Account], person: str
) -> None:
    """However far the person's rights reach: rights cost no statement of their own."""
    browser = client_of(getattr(cast, person))
    with CaptureQueriesContext(connection) as sent:
        page = browser.get("/clients/")
    assert page.status_code == 200
    about = [query["sql"].rpartition(' FROM "')[2].partition('"')[0] for query in sent]
    assert about == ["django_session", "users_user", "accounts_account", "accounts_account"], (
        "rows and their count"
    )


def test_a_collaborator_sees_a_client_without_owning_it(cast: Cast, clients: dict[str, Account]) -> None:
    shared = clients["outsider"]
    shared.let_see(cast.salesperson.pk)
    shared.refresh_from_db()
    assert shared.owner == cast.outsider
    assert "outsider" in names(Account.objects.visible_to(cast.salesperson))
    assert cast.salesperson.reaches(shared, "accounts.view")
    assert "outsider" in names(Account.objects.visible_to(cast.head)), "and so does their head"
    assert "salesperson" not in names(Account.objects.visible_to(cast.outsider)), "not the other way round"


def test_a_head_of_many_sees_what_a_head_of_few_would(cast: Cast, clients: dict[str, Account]) -> None:
    """From nine people on the question is put to the database in another way."""
    assert len(cast.head.reach("accounts.view").people) < MANY
    clients["support"].let_see(cast.colleague.pk)
    few = names(Account.objects.visible_to(cast.head))
    for number in range(MANY):
        make_user(f"Newcomer{number} Late", "salesperson", department=cast.sales)
    head = as_read(cast.head)
    assert len(head.reach("accounts.view").people) > MANY
    many = names(Account.objects.visible_to(head))
    assert many == few == {"salesperson", "colleague", "head", "support"}


@pytest.mark.parametrize("person", PEOPLE[:4])
def test_an_inactive_person_may_nothing(
    cast: Cast, client_of: ClientOf, clients: dict[str, Account], person: str
) -> None:
    user = getattr(cast, person)
    browser = client_of(user)
    user.deactivate(by=cast.admin, at=timezone.now())
    gone = User.objects.with_policy().get(pk=user.pk)
    for asked in (gone, User.objects.get(pk=user.pk)):
        assert not any(asked.may(verb) for verb in TABLE)
        assert {asked.reach(verb) for verb in TABLE} == {Reach(everybody=False, people=frozenset())}
        assert not any(asked.reaches(clients[person], verb) for verb in TABLE)
        assert names(Account.objects.visible_to(asked)) == set()
    assert PersonBackend().get_user(user.pk) is None
    assert browser.get("/clients/").status_code == 302


def test_a_person_without_a_department_reaches_no_further_than_themselves(
    cast: Cast, clients: dict[str, Account]
) -> None:
    """Two colleagues without a department are not each other's department."""
    loner = make_user("Lone Wolf", "head")
    other = make_user("Other Wolf", "salesperson")
    make_account("other", owner=other)
    make_account("lone", owner=loner)
    assert names(Account.objects.visible_to(loner)) == {"lone"}
