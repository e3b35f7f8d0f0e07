"""What every answer of the house carries, and what no request can do. Walks the URLconf, so new pages are covered."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.models import Event
from tests.walk import Scene, asked_for, make_scene, opened, plain_urls, read, record_doors
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
GUEST_PAGES = [
    "/account/login/",
    "/account/password/reset/",
    "/account/signup/",
    "/no/such/page/",
    "/healthz/",
]
OWN_PAGES = ["/account/2fa/", "/account/logout/", "/account/password/change/", "/account/reauthenticate/"]
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
FILE_POLICY = {"default-src 'none'", "sandbox"}  # what people attached: downloaded, and nothing in it runs
SIGNED = (
    "/unsubscribe/",  # mail programs post there without a cookie (RFC 8058); the address itself is signed
    "/processes/calls/",  # programs post there without a cookie; a secret in the header says who they are
)
HOSTILE = [
    "\x00", "'", "\"><script>", "-1", "0", "9" * 30, "99999999999999999999", "1e999", "NaN", "2020-13-45", "0001-01-01",
    "9999-12-31", "А" * 50_000, "%", "{}", "[]", "..", "null", "eyJhIjogMX0=", "a|b", "2020-01-01T00:00:00|9",
]  # fmt: skip
PARTS = 4  # the longest walks are cut so that no core waits for the last of them
# Tables a GET may write to: the browser's own session, and the limits on guessing.
ALLOWED_WRITES = ("django_session", '"cache"')


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return make_scene(cast)


@pytest.fixture
def admin(scene: Scene, client_of: ClientOf) -> Client:
    client = client_of(scene.cast.admin)
    client.raise_request_exception = False
    return client


def all_urls(scene: Scene, client: Client) -> list[str]:
    """One address of every door, opened with a record of the kind it is for."""
    of_records = (opened(door, scene, client) for door in record_doors())
    return [*plain_urls(of_each_report=False), *(url for url in of_records if url)]


def test_every_page_carries_the_policy_and_has_nothing_inline(scene: Scene, admin: Client) -> None:
    wrong, pages = [], 0
    answers = [(url, Client().get(url)) for url in GUEST_PAGES]
    answers += [(url, admin.get(url)) for url in [*all_urls(scene, admin), *OWN_PAGES, "/clients/999999999/"]]
    for url, answer in answers:
        headers = answer.headers
        said = {each.strip() for each in headers.get("Content-Security-Policy", "").split(";")}
        if not said >= (FILE_POLICY if url.startswith("/files/") and "sandbox" in said else policy_of(url)):
            wrong.append((url, "policy", headers.get("Content-Security-Policy")))
        for name, value in (
            ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ):  # fmt: skip
            if headers.get(name) != value:
                wrong.append((url, name, headers.get(name)))
        if headers.get("Content-Type", "").startswith("text/html"):
            pages += 1
            wrong += [(url, "inline", found) for found in inline(read(answer))]
    assert wrong == []
    assert pages > 20


def policy_of(url: str) -> set[str]:
    """The calendar alone lets FullCalendar's own style in, by a nonce, and its font; see decision 7."""
    return POLICY - {"style-src 'self'", "font-src 'self'"} if url.startswith("/calendar/") else POLICY


def inline(page: str) -> list[str]:
    """Scripts, styles and handlers written into the page; data blocks are data."""
    without_data = re.sub(r'<script[^>]*type="application/json".*?</script>', "", page, flags=re.DOTALL)
    bad = r"<script(?![^>]*\bsrc=)[^>]*>|<style[ >]|<[^>]*\sstyle=[\"'][^>]*>|<[^>]*\son\w+=[\"'][^>]*>|javascript:"
    return re.findall(bad, without_data)


def test_the_administration_is_framed_by_nobody_and_loads_from_here_only(admin: Client) -> None:
    policy = admin.get("/admin/").headers["Content-Security-Policy"]
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= {
        p.strip() for p in policy.split(";")
    }
    assert "http" not in policy


def test_what_colleagues_type_is_never_run(scene: Scene, admin: Client) -> None:
    attack = "<img src=x onerror=alert(1)>{{7*7}}"
    type(scene.account).objects.filter(pk=scene.account.pk).update(name=attack)
    type(scene.contact).objects.filter(pk=scene.contact.pk).update(name=attack)
    type(scene.deal).objects.filter(pk=scene.deal.pk).update(title=attack, next_step=attack)
    raw = [url for url in all_urls(scene, admin) if "<img src=x" in read(admin.get(url))]
    assert raw == []


def test_every_post_without_a_token_is_refused(scene: Scene, client_of: ClientOf) -> None:
    signed_in = client_of(scene.cast.admin)
    urls = all_urls(scene, signed_in)
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies = signed_in.cookies
    before = Event.objects.count()
    asked = [url for url in [*urls, "/account/login/", "/account/logout/"] if not url.startswith(SIGNED)]
    assert [url for url in asked if stranger.post(url).status_code != 403] == []
    assert Event.objects.count() == before
    assert "open too long" in read(stranger.post("/account/login/"))


def test_looking_never_changes_anything(scene: Scene, admin: Client) -> None:
    """Every door by GET: no statement writes."""
    written = []
    for url in all_urls(scene, admin):
        with CaptureQueriesContext(connection) as sent:
            admin.get(url)
        written += [
            (url, query["sql"][:120])
            for query in sent.captured_queries
            if re.match(r"\s*(INSERT|UPDATE|DELETE)", query["sql"], re.IGNORECASE)
            and not any(table in query["sql"] for table in ALLOWED_WRITES)
        ]
    assert written == []


@pytest.mark.parametrize("part", range(PARTS))
def test_no_question_breaks_a_page(scene: Scene, admin: Client, part: int) -> None:
    """Everything a page asks for, answered with rubbish: all at once (a third of it, in turn), then one by one."""
    broken = []
    for turn, url in enumerate(all_urls(scene, admin)[part::PARTS]):
        names = sorted(asked_for(read(admin.get(url))) | {"q", "after", "before", "sort", "page"})
        asked = [dict.fromkeys(names, value) for value in HOSTILE[turn % 3 :: 3]]
        asked += [{name: HOSTILE[place % len(HOSTILE)]} for place, name in enumerate(names)]
        for place, question in enumerate(asked):
            answer = admin.get(url, question, headers={"HX-Request": "true"} if place % 2 else {})
            if answer.status_code >= 500:
                broken.append((url, {name: value[:20] for name, value in question.items()}))
    assert broken == []


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_breaks_a_page(scene: Scene, admin: Client, part: int) -> None:
    broken = []
    for url in all_urls(scene, admin)[part::PARTS]:
        names = asked_for(read(admin.get(url))) - {"csrfmiddlewaretoken"}
        for value in ["", *HOSTILE[::2]]:
            answer = admin.post(url, dict.fromkeys(names, value))
            if answer.status_code >= 500:
                broken.append((url, value[:20], answer.status_code))
        if admin.post(url, b"\xff\xfe{[", content_type="application/json").status_code >= 500:
            broken.append((url, "not a form"))
    assert broken == []


def test_addresses_no_browser_would_send(scene: Scene, admin: Client) -> None:
    queries = ["q=%FF%FE", "q=\xff", "a=1&" * 10_000, "q=" + "x" * 100_000, "%00=%00", "q[]=1"]
    broken = [
        (url, query[:20])
        for url in plain_urls(of_each_report=False)
        for query in queries
        if admin.get(url, QUERY_STRING=query).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("number", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_forged_numbers_are_not_found(scene: Scene, admin: Client, number: int) -> None:
    odd = []
    for door in record_doors():
        url = door.url(*(number for _each in door.numbers))
        odd += [(url, status) for status in (admin.get(url).status_code, admin.post(url).status_code)
                if status not in {404, 405}]  # fmt: skip
    assert odd == []


def test_a_forged_host_is_refused(scene: Scene, admin: Client) -> None:
    answer = admin.get("/account/password/reset/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in read(answer)
