"""The administration changes people, departments and roles through their verbs, and leaves a trace of each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.errors import Refused
from foundation.models import Event
from users.forms import field_of
from users.models import Department, Role, User
from users.testing import Cast, make_role, make_user

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def fields_of(user: User, **changes: Any) -> dict[str, Any]:
    fields = {
        "name": user.name,
        "email": user.email or "",
        "department": user.department_id or "",
        "roles": list(user.roles.values_list("pk", flat=True)) if user.pk else [],
        "calendar": "",
        "language": user.language,
        "time_zone": user.time_zone,
        "theme": user.theme,
        "is_active": "on",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def facts() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def test_a_colleague_is_added_without_a_password_and_told_of(cast: Cast, client_of: ClientOf) -> None:
    role = Role.objects.get(key="salesperson")
    form = fields_of(User(name="New Person", email="New@Romashka.example"), roles=[role.pk])
    answer = client_of(cast.admin).post(reverse("admin:users_user_add"), form)
    assert answer.status_code == 302
    user = User.objects.get(email="new@romashka.example")
    assert not user.has_usable_password()
    told = Event.objects.get(name="user.joined")
    assert (told.actor_id, told.fact.roles, told.fact.user_id) == (cast.admin.pk, ["salesperson"], user.pk)


def test_an_email_in_other_letters_is_the_same_email(cast: Cast, client_of: ClientOf) -> None:
    form = fields_of(User(name="Twin", email="SALES@romashka.example"))
    answer = client_of(cast.admin).post(reverse("admin:users_user_add"), form)
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    assert User.objects.filter(email__iexact="sales@romashka.example").count() == 1


def test_roles_and_department_are_changed_by_one_fact_that_names_them(
    cast: Cast, client_of: ClientOf
) -> None:
    support = Role.objects.get(key="support")
    page = reverse("admin:users_user_change", args=[cast.salesperson.pk])
    form = fields_of(cast.salesperson, roles=[support.pk], department=cast.elsewhere.pk)
    assert client_of(cast.admin).post(page, form).status_code == 302
    told = Event.objects.get(name="user.changed").fact
    assert (sorted(told.fields), told.roles) == (["department", "roles"], ["support"])
    assert told.sentence() == "Sam Porter, changed: department, roles"
    assert list(cast.salesperson.roles.all()) == [support]


def test_saving_the_same_again_tells_nothing(cast: Cast, client_of: ClientOf) -> None:
    page = reverse("admin:users_user_change", args=[cast.salesperson.pk])
    assert client_of(cast.admin).post(page, fields_of(cast.salesperson)).status_code == 302
    assert facts() == []


def test_a_weak_password_is_refused_and_a_good_one_is_taken(cast: Cast, client_of: ClientOf) -> None:
    page, admin = reverse("admin:users_user_change", args=[cast.salesperson.pk]), client_of(cast.admin)
    assert admin.post(page, fields_of(cast.salesperson, new_password="12345")).status_code == 200
    assert admin.post(page, fields_of(cast.salesperson, new_password="violet-otter-42")).status_code == 302
    cast.salesperson.refresh_from_db()
    assert cast.salesperson.check_password("violet-otter-42")
    assert Event.objects.get(name="user.changed").fact.fields == ["password"]
    assert "violet-otter-42" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_made_inactive_and_active_again(cast: Cast, client_of: ClientOf) -> None:
    page, admin = reverse("admin:users_user_change", args=[cast.salesperson.pk]), client_of(cast.admin)
    admin.post(page, fields_of(cast.salesperson, is_active=None))
    cast.salesperson.refresh_from_db()
    assert not cast.salesperson.is_active
    admin.post(page, fields_of(cast.salesperson))
    assert facts() == ["user.deactivated", "user.reactivated"]


def test_nobody_shuts_out_themselves_or_the_last_administrator(cast: Cast, client_of: ClientOf) -> None:
    page = reverse("admin:users_user_change", args=[cast.admin.pk])
    answer = client_of(cast.admin).post(page, fields_of(cast.admin, is_active=None), follow=True)
    assert "You cannot shut yourself out" in answer.content.decode()
    answer = client_of(cast.admin).post(page, fields_of(cast.admin, roles=[]), follow=True)
    assert "Name another administrator first" in answer.content.decode()
    assert list(cast.admin.roles.values_list("key", flat=True)) == ["administrator"]
    with pytest.raises(Refused, match="Name another administrator first"):
        cast.admin.deactivate(by=cast.robot, at=timezone.now())
    assert facts() == []


def test_the_robot_is_nobodys_to_change(cast: Cast, client_of: ClientOf) -> None:
    page = reverse("admin:users_user_change", args=[cast.robot.pk])
    assert client_of(cast.admin).get(page).status_code == 302
    with pytest.raises(Refused, match="robot"):
        cast.robot.change({"name": "Hal"}, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="robot"):
        cast.robot.deactivate(by=cast.admin, at=timezone.now())


def test_a_department_is_moved_by_its_form_and_never_below_itself(cast: Cast, client_of: ClientOf) -> None:
    admin, page = client_of(cast.admin), reverse("admin:users_department_change", args=[cast.sales.pk])
    form = {"name": "Sales", "parent": cast.elsewhere.pk, "head": cast.head.pk, "calendar": ""}
    assert admin.post(page, form).status_code == 302
    assert facts() == ["department.moved"]
    loop = reverse("admin:users_department_change", args=[cast.elsewhere.pk])
    answer = admin.post(
        loop, {"name": "Export", "parent": cast.sales.pk, "head": "", "calendar": ""}, follow=True
    )
    assert "cannot be moved below itself" in answer.content.decode()
    answer = admin.post(
        loop, {"name": "Export", "parent": cast.elsewhere.pk, "head": "", "calendar": ""}, follow=True
    )
    assert "cannot be moved below itself" in answer.content.decode()


def test_a_role_is_edited_as_one_table_of_rights(cast: Cast, client_of: ClientOf) -> None:
    role = make_role("reader", deals__view="own", accounts__view="own")
    admin, page = client_of(cast.admin), reverse("admin:users_role_change", args=[role.pk])
    shown = admin.get(page).content.decode()
    assert 'name="may_deals_view"' in shown
    form = {"name": "Reader", field_of("deals.view"): "all", field_of("reports.view"): "own"}
    assert admin.post(page, form).status_code == 302
    granted = dict(role.grants.values_list("verb", "scope"))
    assert granted == {"deals.view": "all", "reports.view": "own"}
    told = Event.objects.get(name="role.changed").fact
    assert told.gained == ["deals.view:all", "reports.view:own"]
    assert told.lost == ["accounts.view:own", "deals.view:own"]
    assert "(deals.view:all)" in told.sentence()


def test_the_right_to_configure_is_never_taken_from_the_last_who_has_it(
    cast: Cast, client_of: ClientOf
) -> None:
    role = Role.objects.get(key="administrator")
    page = reverse("admin:users_role_change", args=[role.pk])
    answer = client_of(cast.admin).post(
        page, {"name": "Administrator", field_of("deals.view"): "all"}, follow=True
    )
    assert "Name another administrator first" in answer.content.decode()
    assert role.grants.filter(verb="admin.configure").exists()


def test_a_new_role_is_told_with_all_it_grants(cast: Cast, client_of: ClientOf) -> None:
    form = {"name": "Reader", "key": "reader", field_of("deals.view"): "department"}
    assert client_of(cast.admin).post(reverse("admin:users_role_add"), form).status_code == 302
    assert Event.objects.get(name="role.changed").fact.gained == ["deals.view:department"]


def test_a_role_people_have_is_not_removed(cast: Cast) -> None:
    with pytest.raises(Refused, match="still have the role"):
        Role.objects.get(key="support").remove(by=cast.admin, at=timezone.now())
    spare = Role.create(key="spare", name="Spare", grants={}, by=cast.admin, at=timezone.now())
    spare.remove(by=cast.admin, at=timezone.now())
    assert facts() == ["role.changed", "role.removed"]
    with pytest.raises(Refused, match=r"no right called deals\.explode"):
        Role.create(key="odd", name="Odd", grants={"deals.explode": "own"}, by=cast.admin, at=timezone.now())


def test_nothing_of_a_company_is_deleted_from_here(cast: Cast, client_of: ClientOf) -> None:
    admin = client_of(cast.admin)
    for model, record in (
        ("user", cast.salesperson),
        ("department", cast.sales),
        ("role", Role.objects.first()),
    ):
        page = reverse(f"admin:users_{model}_delete", args=[record.pk])
        assert admin.post(page, {"post": "yes"}).status_code == 403
    assert Department.objects.filter(pk=cast.sales.pk).exists()


@pytest.mark.parametrize("who", ["salesperson", "head", "support", "accountant", "outsider"])
def test_only_those_who_may_configure_enter(cast: Cast, client_of: ClientOf, who: str) -> None:
    client = client_of(getattr(cast, who))
    for page in (
        "admin:index",
        "admin:users_user_changelist",
        "admin:users_role_add",
        "admin:catalog_product_add",
    ):
        assert client.get(reverse(page)).status_code == 302


# What is added and changed on pages of the product, which their pages of the administration lead to.
ELSEWHERE = {"admin:processes_process"}


def test_every_page_of_the_administration_opens(cast: Cast, client_of: ClientOf) -> None:
    from django.contrib import admin as django_admin

    client = client_of(cast.admin)
    make_user("Someone Else", "support")
    for model, page in django_admin.site._registry.items():
        named = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert (
            client.get(reverse(f"{named}_changelist"), {"q": "a"} if page.search_fields else {}).status_code
            == 200
        )
        if named in ELSEWHERE:
            continue
        added = client.get(reverse(f"{named}_add")).status_code
        assert added in ({200} if page.has_add_permission(request_of(cast.admin)) else {403}), named
        record = page.get_queryset(request_of(cast.admin)).first()
        if record is not None:
            assert client.get(reverse(f"{named}_change", args=[record.pk])).status_code == 200, named


def request_of(user: User) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = user
    return request
