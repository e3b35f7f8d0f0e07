"""The product on a home screen and without a network, as the server gives it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve

from foundation.models import FormNonce
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_the_manifest_is_in_the_language_of_the_page_that_names_it(client: Client) -> None:
    page = client.get("/account/login/", headers={"Accept-Language": "ru"}).content.decode()
    address = re.search(r'rel="manifest" href="([^"]+)"', page)
    assert address is not None
    told = client.get(address[1]).json()
    assert (told["lang"], told["start_url"], told["display"]) == ("ru", "/", "standalone")
    assert client.get("/manifest.webmanifest?language=klingon").json()["lang"] == "en"


def test_the_manifest_has_icons_that_exist_and_shortcuts_that_open(cast: Cast, client_of: ClientOf) -> None:
    told = client_of(cast.salesperson).get("/manifest.webmanifest").json()
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix(settings.STATIC_URL)), icon["src"]
    assert [resolve(each["url"]).view_name for each in told["shortcuts"]] == [
        "activities:my_day",
        "activities:task_create",
        "deals:create",
    ]


def test_the_service_worker_stands_at_the_root_and_names_files_that_exist(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
    house = json.loads(re.search(r"self\.HOUSE = (.*);\n", answer.content.decode())[1])  # type: ignore[index]
    for address in house["files"]:
        assert finders.find(address.removeprefix(settings.STATIC_URL)), address
    assert set(house["pages"]) == {code for code, _name in settings.LANGUAGES}
    assert all(client.get(address).status_code == 200 for address in house["pages"].values())


def test_the_service_worker_keeps_no_page_or_answer() -> None:
    """Two places write to a cache: none but the list of files may be there."""
    script = (Path(settings.BASE_DIR) / "static" / "js" / "service_worker.js").read_text()
    assert script.count("cache.addAll(") == 1
    assert ".put(event" not in script
    assert "cache.put" not in script


def test_the_version_is_of_the_content(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm.views import pwa

    before = client.get("/sw.js").content
    assert client.get("/sw.js").content == before
    monkeypatch.setattr(pwa, "KEPT_FILES", pwa.KEPT_FILES[:-1])
    pwa._version.cache_clear()
    assert client.get("/sw.js").content != before
    pwa._version.cache_clear()


def test_the_offline_page_is_the_same_for_everybody(cast: Cast, client_of: ClientOf, client: Client) -> None:
    """It is kept on the device, so it must not hold a name or a token."""
    theirs = client_of(cast.salesperson).get("/offline/?language=en").content
    assert theirs == client.get("/offline/?language=en").content
    assert cast.salesperson.name.encode() not in theirs
    assert b"csrfmiddlewaretoken" not in theirs
    assert b'lang="ru"' in client.get("/offline/?language=ru").content


def test_the_session_says_who_is_here_with_a_token_and_is_never_kept(
    cast: Cast, client_of: ClientOf, client: Client
) -> None:
    answer = client_of(cast.salesperson).get("/drafts/session/")
    assert answer.json()["person"] == str(cast.salesperson.pk)
    assert len(answer.json()["token"]) == 64
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/drafts/session/").json()["person"] == ""


def test_a_client_sent_again_later_by_a_script_is_added_once(cast: Cast, client_of: ClientOf) -> None:
    """The script ends lines otherwise than the browser's own form did."""
    from accounts.models import Account

    sales, nonce = client_of(cast.salesperson), str(uuid4())
    client = {"name": "Acme", "kind": "organisation", "role": "lead", "nonce": nonce}
    first = sales.post("/clients/new/", client | {"remark": "one\r\ntwo"})
    second = sales.post("/clients/new/", client | {"remark": "one\ntwo"})
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert len(Account.objects.filter(name="Acme")) == 1
    assert len(FormNonce.objects.all()) == 1
