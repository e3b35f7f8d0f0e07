"""Every door has a gate that names a right there is."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from foundation.gate import known
from foundation.rights import all_rights

# Doors of packages, which ask for themselves: allauth's are for signing in, the admin's ask is_staff.
PACKAGES = ("allauth", "django.contrib.admin", "unfold")


def doors(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from doors(each, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


def ours() -> list[tuple[str, URLPattern]]:
    return [
        (address, door)
        for address, door in doors(get_resolver())
        if not address.startswith(("account/", "admin/"))
    ]


def test_packages_stay_behind_their_own_addresses() -> None:
    strangers = [
        address for address, door in ours() if getattr(door.callback, "__module__", "").startswith(PACKAGES)
    ]
    assert strangers == []


def test_every_door_has_a_gate_that_exists() -> None:
    open_doors = [address for address, door in ours() if not known(getattr(door.callback, "gate", "none"))]
    assert open_doors == []


def test_only_these_doors_stand_open_to_strangers() -> None:
    public = {door.name for _address, door in ours() if getattr(door.callback, "gate", "") == "public"}
    without_a_person = {"manifest", "service_worker", "offline", "drafts_session"}
    from_outside = {"call", "public_form", "open", "open_file", "quote_open"}
    assert public == {"unsubscribe", "healthz", "feed", "invitation"} | without_a_person | from_outside


def test_every_right_belongs_to_some_door_or_verb() -> None:
    used = {getattr(door.callback, "gate", "") for _address, door in ours()}
    by_record = {
        "users.view",
        "catalog.view",
        "catalog.change",
        "catalog.view_costs",
        "admin.configure",
        "deals.override",
        "billing.change_prices",  # asked by the verbs that write lines
        "billing.view_costs",  # hides a column of a page
        "billing.configure",  # own companies and numbers are kept in the administration
    }
    assert set(all_rights()) - used - by_record == set()


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in_from_every_page() -> None:
    answers = {}
    for _address, door in ours():
        gate = getattr(door.callback, "gate", "")
        if gate == "public":
            continue
        fixed = dict.fromkeys(door.pattern.converters, 1)
        fixed |= {"key": "funnel"} if "key" in fixed else {}
        namespace = next(
            name
            for name in (
                "",
                "users:",
                "changes:",
                "lists:",
                "accounts:",
                "catalog:",
                "deals:",
                "billing:",
                "activities:",
                "distribution:",
                "processes:",
                "reports:",
                "integrations:",
            )
            if _reverses(f"{name}{door.name}", fixed)
        )
        response = Client().get(reverse(f"{namespace}{door.name}", kwargs=fixed))
        if response.status_code != 405:
            answers[door.name] = (response.status_code, response.headers.get("Location", "")[:15])
    assert answers
    assert set(answers.values()) == {(302, "/account/login/")}


def _reverses(name: str, arguments: dict[str, object]) -> bool:
    from django.urls import NoReverseMatch

    try:
        reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return False
    return True
