from reports.parameters import DEPARTMENT
from reports.readers import Reader
from users.models import Department, User
from users.testing import Cast, make_role, make_user

DEEP = "\u2003"


def make_offices(cast: Cast) -> tuple[User, Department]:
    """Two offices where nobody sits, with teams below; a head of both; and an office out of their reach."""
    make_role("office head", users__view="department", reports__view="department", deals__view="department")
    field = Department.objects.create(name="Field", parent=cast.sales.parent)
    central, east = (Department.objects.create(name=name, parent=field) for name in ("Central", "East"))
    dana = make_user("Dana Melvin", "office head")
    Department.objects.filter(pk=field.pk).update(head=dana)
    for office, name in ((east, "Team East"), (central, "Team Central")):
        team = Department.objects.create(name=name, parent=office)
        make_user(f"{office.name} Seller", "salesperson", department=team)
    Department.objects.create(name="Nobody yet", parent=central)
    return User.objects.with_policy().get(pk=dana.pk), central


def test_an_office_nobody_works_in_is_offered_above_its_teams(cast: Cast) -> None:
    dana, _central = make_offices(cast)
    offered = [title for _key, title in DEPARTMENT.choices(Reader(dana))]
    assert offered[1:] == [
        "Field",
        f"{DEEP}Central",
        f"{DEEP * 2}Team Central",
        f"{DEEP}East",
        f"{DEEP * 2}Team East",
    ]


def test_filtering_by_an_office_means_the_people_of_its_teams(cast: Cast) -> None:
    dana, central = make_offices(cast)
    reader = Reader(dana)
    chosen = DEPARTMENT.parsed(str(central.pk), reader)
    names = {reader.people[pk].name for pk in reader.people_of(chosen)}
    assert names == {"Central Seller"}


def test_what_only_leads_to_the_readers_department_is_left_out(cast: Cast) -> None:
    assert [each.name for each in Reader(cast.head).departments] == ["Sales"]
    assert [title for _key, title in DEPARTMENT.choices(Reader(cast.head))][1:] == ["Sales"]
    assert len(Reader(cast.admin).departments) == len(Reader(cast.admin).all_departments)
