"""Every page of the house, as the URLconf holds them, in both themes: axe finds nothing, nothing sticks out.

Light is looked at on a desk and dark on a phone, so that both widths and both themes are seen on every page.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, sideways, violations
from tests.walk import Scene, make_scene, opened, plain_urls, record_doors
from users.models import User
from users.testing import Cast

# Pages whose look depends on what is asked for.
ASKED = [
    "/deals/?where=all(amount:from:1)&sort=-amount", "/deals/?group=stage", "/clients/?group=owner",
    "/reports/funnel/?view=cohort", "/reports/funnel/?view=flow", "/search/?q=zanzibar", "/nowhere/",
]  # fmt: skip


def addresses(scene: Scene, person: User) -> Iterator[str]:
    """Of every door that shows a whole page to this person; files, fragments and answers to scripts are none."""
    client = Client()
    client.force_login(person, backend="users.backends.PersonBackend")
    of_records = (opened(door, scene, client) for door in record_doors())
    for address in (*plain_urls(of_each_report=False), *(each for each in of_records if each)):
        answer: Any = client.get(address)
        is_page = answer.status_code == 200 and "html" in answer.headers.get("Content-Type", "")
        if is_page and b"<!doctype html>" in answer.content[:200]:
            yield address


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["desk", "phone"])
def test_pages_are_accessible_and_fit(cast: Cast, visit: Callable[..., Page], width: Any, dark: bool) -> None:
    scene = make_scene(cast)
    admin = User.objects.with_policy().get(pk=cast.admin.pk)
    page = visit(admin, "/", width=width, dark=dark)
    problems, seen = [], 0
    for address in (*addresses(scene, admin), *ASKED):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        seen += 1
        problems += [f"{address} {problem}" for problem in violations(page)]
        if (pixels := sideways(page)) > 0:
            problems.append(f"{address} is {pixels} px too wide")
    assert not problems, "\n".join(problems)
    assert seen > 80, "the walk met few pages"


def test_the_sign_in_page_is_accessible(visit: Callable[..., Page], transactional_db: None) -> None:
    page = visit(None, "/account/login/")
    assert violations(page) == []
