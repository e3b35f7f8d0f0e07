"""The outsider works in another department: every door of the house is tried with every record of the others."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.test import Client

from foundation.models import Event
from tests.walk import (
    SECRETS,
    Opening,
    Scene,
    is_private,
    make_scene,
    opened,
    opening,
    openings,
    plain_urls,
    read,
    record_doors,
)
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
# There is nothing to fetch until rows were rejected; of a fact's number it depends on what the first fact was about.
OPENS_LATER = {"integrations:import_rejected", "processes:because"}
ACCOUNTANTS = {"billing:revoke_link"}  # asks for nothing, and who issues invoices may
HTMX = {"HX-Request": "true"}
CLOSED = {403, 404, 405}  # 403 and 405 are answered before any record is looked for
ASKED = ["", "?q=Zanzibar", "?q=Quagmire", "?q=7302", "?q=wolfgang%40zanzibar.example", "?owner={seller}"]


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return make_scene(cast)


def tell_tales(text: str) -> list[str]:
    return [secret for secret in SECRETS if stands(secret, text)]


def stands(secret: str, text: str) -> bool:
    """A number is told only where it stands by itself: the key of another record may hold its digits."""
    if secret[:1].isdigit():
        return re.search(rf"(?<!\d){re.escape(secret)}(?!\d)", text) is not None
    return secret in text


def only_shown(admin: Client, right: Opening) -> bool:
    """Looking tells which record the door is for; one that takes only POST is tried with every kind."""
    return admin.get(right.url).status_code != 405


def test_every_record_door_is_shut_to_the_outsider_and_open_to_the_administrator(
    scene: Scene, client_of: ClientOf
) -> None:
    """By GET and by POST; a door that opens for a shared record, such as a stage, shows nothing of the others."""
    outsider, admin = client_of(scene.cast.outsider), client_of(scene.cast.admin)
    ajar, unopened = [], []
    for door in record_doors():
        right = opening(door, scene, admin)
        if right is None and door.name not in OPENS_LATER:
            unopened.append(door.name)
        tried = [right] if right and only_shown(admin, right) else list(openings(door, scene))
        for each in tried:
            if each != right and not is_private(each.kind):
                continue
            for answer in (outsider.get(each.url), outsider.post(each.url)):
                shown = tell_tales(read(answer))
                if shown or (is_private(each.kind) and answer.status_code not in CLOSED):
                    ajar.append((answer.request["REQUEST_METHOD"], each, answer.status_code, shown))
    assert ajar == []
    assert unopened == [], "a door no record opens: add one of its kind to the scene"


def test_a_read_only_colleague_changes_nothing_by_any_door(scene: Scene, client_of: ClientOf) -> None:
    """The accountant sees every deal; every POST is refused by name of the right, or by the record."""
    accountant, before = client_of(scene.cast.accountant), Event.objects.count()
    for door in record_doors():
        url = None if door.name in ACCOUNTANTS else opened(door, scene, accountant)
        assert url is None or accountant.post(url).status_code < 500
    assert Event.objects.count() == before


def test_no_list_search_board_or_report_names_the_others(scene: Scene, client_of: ClientOf) -> None:
    outsider, seller, leaks, seen = (
        client_of(scene.cast.outsider),
        client_of(scene.cast.salesperson),
        [],
        set(),
    )
    for url in plain_urls():
        for asked, headers in product(
            ASKED if "/reports/" not in url else ["", "?owner={seller}"], ({}, HTMX)
        ):
            address = url + asked.format(seller=scene.cast.salesperson.pk)
            shown = tell_tales(without_question(read(outsider.get(address, headers=headers)), asked))
            if shown:
                leaks.append((address, headers, shown))
        seen.update(tell_tales(read(seller.get(url))))
    assert leaks == []
    assert {"Zanzibar", "Quagmire"} <= seen, (
        "the seller meets them on the same pages, so this test looks at something"
    )


def test_search_finds_them_for_the_seller_and_not_for_the_outsider(scene: Scene, client_of: ClientOf) -> None:
    for question in ("Zanzibar", "Quagmire", "Wolfgang", "wolfgang@zanzibar.example"):
        found = read(client_of(scene.cast.salesperson).get("/search/", {"q": question}))
        assert "/clients/" in links(found) or "/deals/" in links(found), question
        nothing = links(read(client_of(scene.cast.outsider).get("/search/", {"q": question})))
        assert str(scene.account.pk) not in nothing
        assert str(scene.deal.pk) not in nothing


def links(page: str) -> str:
    return " ".join(re.findall(r'href="(/(?:clients|deals|contacts)/\d+/)', page))


def without_question(page: str, asked: str) -> str:
    """A page may repeat what was asked, in its search field and links."""
    for word in ("Zanzibar", "Quagmire", "7302", "wolfgang@zanzibar.example", "wolfgang"):
        if word in asked:
            page = page.replace(word, "")
    return page


def test_counts_and_sums_of_the_others_are_nowhere(scene: Scene, client_of: ClientOf) -> None:
    """Their amounts add to three of 7,302; neither one nor the sum is on any page of the outsider."""
    outsider: Any = client_of(scene.cast.outsider)
    pages = ((url, read(outsider.get(url))) for url in plain_urls())
    shown = [
        (url, number)
        for url, page in pages
        for number in ("7,302", "14,604", "21,906", "7302", "14604", "21906")
        if stands(number, page)
    ]
    assert shown == []
