"""From outside: programs that call, people who fill in the public form, and what neither may do."""

import json
import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import signing
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Account, ContactPoint
from accounts.testing import make_account
from processes import operations
from processes.intake import opening, receiving
from processes.models import Intake, IntakeCall, Process, Run, WorkItem
from processes.testing import block, make_process
from processes.views.intake import SALT

ASKED = [
    {"name": "budget", "label": "Budget", "kind": "number", "is_required": True},
    {"name": "why", "label": "What do you need", "kind": "long_text"},
]
CALLED = {"call": True, "form": True, "makes_new": True, "fields": ASKED}
pytestmark = pytest.mark.django_db


def begins_by_call(cast: Any, *blocks: Any, **start: Any) -> tuple[Process, Intake, str]:
    todo = block("task", "Call {answers.why}", who={"kind": "person", "id": cast.salesperson.pk})
    process = make_process(
        blocks or [todo], name="Website", subject_kind="account", starts=[CALLED | start], owner=cast.head
    )
    return process, *opening.open_intake(process, by=cast.head, at=timezone.now())


def call(intake: Intake, secret: str, said: Any, *, once: str = "", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": once} if once else {})
    body = said if isinstance(said, bytes | str) else json.dumps(said)
    client = Client(enforce_csrf_checks=True)
    return client.post(
        f"/processes/calls/{intake.key}/",
        body,
        **{"content_type": "application/json"} | more,
        headers=headers,
    )


def form_sent(intake: Intake, **said: Any) -> Any:
    seen = signing.dumps((timezone.now() - timedelta(seconds=30)).timestamp(), salt=SALT)
    given = {"name": "Ann", "email": "ann@example.com", "budget": "5", "seen": seen} | said
    given |= {"answer_0": given.pop("budget"), "answer_1": given.pop("why", "")}
    return Client().post(f"/processes/forms/{intake.key}/", given)


def reached(name: str, cast: Any, email: str = "ann@example.com") -> Account:
    account = make_account(name, owner=cast.salesperson)
    ContactPoint.add(account, kind="email", value=email, by=cast.salesperson, at=timezone.now())
    return account


def test_a_call_begins_a_run_about_the_client_of_the_e_mail(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    answer = call(intake, secret, {"email": "Ann@Example.com", "budget": 1500, "why": "a fence"})
    assert answer.status_code == 202
    run = Run.objects.get(pk=answer.json()["run"])
    assert (run.subject_id, run.started_by) == (acme.pk, None)
    assert WorkItem.objects.get(run=run).name == "Call a fence", "what was brought is known to the steps"


def test_conditions_know_what_a_call_brought(cast):
    reached("Acme", cast)
    todo = {"who": {"kind": "person", "id": cast.salesperson.pk}}
    large = {"id": "b-large", "name": "large", "when": ["answers.budget", "gt", "1000"]}
    choice = block("choice", branches=[large | {"blocks": [block("task", "Visit", **todo)]}])
    choice["else"] = [block("task", "Write", **todo)]
    _process, intake, secret = begins_by_call(cast, choice, makes_new=False)
    answer = call(intake, secret, {"email": "ann@example.com", "budget": "1500"})
    assert answer.status_code == 202, answer.json()
    assert WorkItem.objects.get(run=answer.json()["run"]).name == "Visit"


def test_the_same_key_begins_once_and_is_answered_alike(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    said = {"record": acme.pk, "budget": 1}
    first, again = (call(intake, secret, said, once="order-1") for _each in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert Run.objects.count() == 1


def test_what_was_refused_may_be_put_right_under_the_same_key(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    assert call(intake, secret, {"record": 999_999_999, "budget": 1}, once="order-1").status_code == 422
    assert call(intake, secret, {"record": acme.pk, "budget": 1}, once="order-1").status_code == 202


@pytest.mark.django_db(transaction=True)
def test_two_with_one_key_at_the_same_moment_begin_once(cast):
    acme = reached("Acme", cast)
    _process, intake, _secret = begins_by_call(cast)
    together, calls = Barrier(4), []

    def send() -> None:
        together.wait()
        fresh = Intake.objects.select_related("process").get(pk=intake.pk)
        said = {"party": {}, "answers": {"budget": 1}, "record": acme.pk, "once_key": "order-1"}
        calls.append(receiving.receive(fresh, at=timezone.now(), **said))
        connections.close_all()

    threads = [Thread(target=send) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.outcome for each in calls] == ["begun"] * 4
    assert {each.run_id for each in calls} == set(Run.objects.values_list("pk", flat=True))
    assert Run.objects.count() == 1


def test_a_new_client_is_made_for_whoever_is_responsible_where_nobody_has_the_e_mail(cast):
    _process, intake, secret = begins_by_call(cast)
    said = {"email": "new@example.com", "phone": "+7 495 123-45-67", "name": "New Ltd", "budget": 1}
    assert call(intake, secret, said).status_code == 202
    account = Account.objects.get(name="New Ltd")
    assert account.owner == cast.head
    assert set(account.points.values_list("value", flat=True)) == {"new@example.com", "+74951234567"}


def test_nobody_is_made_where_the_process_makes_nobody(cast):
    _process, intake, secret = begins_by_call(cast, makes_new=False)
    answer = call(intake, secret, {"email": "new@example.com", "budget": 1})
    assert (answer.status_code, answer.json()) == (422, {"error": "No record has this e-mail or phone."})
    assert not Account.objects.exists()


def test_one_e_mail_of_two_clients_is_not_guessed(cast):
    reached("Acme", cast)
    reached("Bolt", cast)
    _process, intake, secret = begins_by_call(cast)
    answer = call(intake, secret, {"email": "ann@example.com", "budget": 1})
    assert answer.status_code == 422
    assert "Several records" in answer.json()["error"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"budget": 1}, "which record"),
        ({"record": "7 or so", "budget": 1}, "number of a record"),
        ({"record": 10**40, "budget": 1}, "no record"),
        ({"email": "ann@example.com"}, "budget"),
        ({"email": "ann@example.com", "budget": "much"}, "budget"),
        ({"email": "nobody", "budget": 1}, "email"),
        ({"email": ["a", {}], "phone": None, "budget": 1}, "which record"),
        ([1, 2], "JSON object"),
        ("{", "JSON object"),
        (b"\xff\xfe", "JSON object"),
        (r'{"email": "ann@example.com", "why": "\ud800"}', "JSON object"),
        ({"email": "ann@example.com", "budget": 1, "why": "\x00"}, "why"),
        ({"email": "ann@example.com", "\x00": "\x00"}, "budget"),
    ],
)
def test_what_cannot_be_understood_is_said(cast, said, words):
    _process, intake, secret = begins_by_call(cast)
    answer = call(intake, secret, said)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not Run.objects.exists()
    assert words in IntakeCall.objects.get().sentence, "whoever connects the program reads why"


def test_a_call_may_be_sent_as_a_form(cast):
    reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    kind = {"content_type": "application/x-www-form-urlencoded"}
    assert call(intake, secret, "email=ann%40example.com&budget=3", **kind).status_code == 202


def test_only_the_newest_secret_opens(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    fresh = opening.renew(intake, by=cast.head, at=timezone.now())
    said = {"record": acme.pk, "budget": 1}
    assert [call(intake, each, said).status_code for each in ("", "wrong", secret)] == [401] * 3
    assert not Run.objects.exists()
    assert IntakeCall.objects.filter(outcome="denied").count() == 3
    assert call(intake, fresh, said).status_code == 202


def test_a_shut_intake_answers_as_though_there_were_none(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    opening.switch(intake, is_open=False)
    assert call(intake, secret, {"record": acme.pk, "budget": 1}).status_code == 404
    assert Client().get(f"/processes/forms/{intake.key}/").status_code == 404


def test_too_much_and_too_many_are_turned_away(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    assert call(intake, secret, {"why": "x" * 70_000}).status_code == 413
    now = timezone.now()
    IntakeCall.objects.bulk_create([IntakeCall(intake=intake, at=now, outcome="refused")] * 60)
    answers = [call(intake, secret, {"record": acme.pk, "budget": 1}).status_code for _each in range(3)]
    assert answers == [429] * 3
    assert IntakeCall.objects.filter(outcome="too_many").count() == 1, "a flood fills no table"


def test_wrong_secrets_shut_nobody_out(cast):
    acme = reached("Acme", cast)
    _process, intake, secret = begins_by_call(cast)
    now = timezone.now()
    IntakeCall.objects.bulk_create([IntakeCall(intake=intake, at=now, outcome="denied")] * 60)
    assert call(intake, "wrong", {}).status_code == 401
    assert IntakeCall.objects.count() == 60, "no more of them are written down"
    assert call(intake, secret, {"record": acme.pk, "budget": 1}).status_code == 202


def test_the_guards_of_the_process_hold_for_calls(cast):
    acme = reached("Acme", cast)
    process, intake, secret = begins_by_call(cast)
    said = {"record": acme.pk, "budget": 1}
    assert call(intake, secret, said).status_code == 202
    second = call(intake, secret, said)
    assert (second.status_code, "under way" in second.json()["error"]) == (422, True)
    operations.switch(process, "paused", by=cast.head, at=timezone.now(), reason="Holidays")
    assert "not running" in call(intake, secret, said).json()["error"]


def test_a_process_without_this_beginning_takes_no_calls(cast):
    acme = reached("Acme", cast)
    process = make_process([block("task", who={"kind": "head"})], subject_kind="account", owner=cast.head)
    intake, secret = opening.open_intake(process, by=cast.head, at=timezone.now())
    assert "does not begin by calls" in call(intake, secret, {"record": acme.pk}).json()["error"]
    assert Client().get(f"/processes/forms/{intake.key}/").status_code == 404


def test_what_belongs_to_the_record_is_written_by_its_room(cast, quagmire):
    asked = {"fields": [{"name": "deal.amount", "is_required": True}]}
    todo = block("task", "Look", who={"kind": "owner"})
    process = make_process([todo], starts=[{"call": True} | asked], owner=cast.head)
    intake, secret = opening.open_intake(process, by=cast.head, at=timezone.now())
    answer = call(intake, secret, {"record": quagmire.pk, "deal.amount": "2500"})
    assert answer.status_code == 202, answer.json()
    quagmire.refresh_from_db()
    assert quagmire.amount == 2500


def test_the_form_makes_a_client_begins_a_run_and_thanks(cast):
    _process, intake, _secret = begins_by_call(cast)
    page = Client().get(f"/processes/forms/{intake.key}/").content.decode()
    assert "What do you need" in page
    assert "noindex" in page
    answer = form_sent(intake, why="a fence")
    assert answer.status_code == 302
    assert "Thank you" in Client().get(answer.headers["Location"]).content.decode()
    assert WorkItem.objects.get().name == "Call a fence"
    assert Account.objects.get().name == "Ann"


def test_a_form_sent_twice_is_taken_once(cast):
    _process, intake, _secret = begins_by_call(cast)
    seen = signing.dumps((timezone.now() - timedelta(seconds=30)).timestamp(), salt=SALT)
    assert [form_sent(intake, seen=seen).status_code for _each in range(2)] == [302, 302]
    assert IntakeCall.objects.count() == 1


def test_a_form_that_is_not_whole_comes_back_with_what_was_typed(cast):
    _process, intake, _secret = begins_by_call(cast)
    answer = form_sent(intake, email="", budget="much")
    assert answer.status_code == 422
    assert 'value="much"' in answer.content.decode()
    answer = form_sent(intake, email="", budget="5")
    assert "so that you can be answered" in answer.content.decode()
    assert not IntakeCall.objects.exists()


def test_robots_are_thanked_and_nothing_is_kept(cast):
    _process, intake, _secret = begins_by_call(cast)
    at_once = signing.dumps(timezone.now().timestamp(), salt=SALT)
    assert form_sent(intake, website="https://spam.example").status_code == 302
    assert form_sent(intake, seen=at_once).status_code == 302
    assert form_sent(intake, seen="forged").status_code == 422
    assert not IntakeCall.objects.exists()


def test_what_the_form_cannot_begin_is_kept_for_the_administrator(cast, client_of):
    reached("Acme", cast)
    process, intake, _secret = begins_by_call(cast)
    assert [form_sent(intake, why=words).status_code for words in ("a fence", "a gate")] == [302, 302]
    kept = IntakeCall.objects.get(outcome="refused")
    assert kept.said["why"] == "a gate"
    assert "a gate" in client_of(cast.admin).get(f"/processes/design/{process.pk}/intake/").content.decode()


def test_a_flood_of_forms_from_one_place_is_slowed(cast):
    _process, intake, _secret = begins_by_call(cast)
    answers = [form_sent(intake, email=f"{n}@example.com").status_code for n in range(12)]
    assert answers == [302] * 10 + [422] * 2


def test_the_secret_is_shown_once_to_whoever_draws_processes(cast, client_of):
    process = make_process([block("task", who={"kind": "head"})], starts=[CALLED], subject_kind="account")
    url, admin = f"/processes/design/{process.pk}/intake/", client_of(cast.admin)
    assert client_of(cast.salesperson).get(url).status_code == 403
    assert client_of(cast.salesperson).post(url, {"do": "open"}).status_code == 403
    page = admin.post(url, {"do": "open"}).content.decode()
    secret = re.search(r'id="secret" readonly value="([^"]+)"', page).group(1)
    assert opening.is_right(Intake.objects.get(), secret)
    assert secret not in admin.get(url).content.decode()
    assert admin.post(url, {"do": "open"}).status_code == 302, "there is one already"
    admin.post(url, {"do": "shut"})
    assert not Intake.objects.get().is_open
    admin.post(url, {"do": "reopen"})
    assert "curl" in admin.get(url).content.decode()
    renewed = admin.post(url, {"do": "renew"}).content.decode()
    assert secret not in renewed
    assert not opening.is_right(Intake.objects.get(), secret)


def test_the_beginning_is_made_in_the_editor_and_said_in_words(cast, client_of):
    admin = client_of(cast.admin)
    process = operations.create(name="Website", subject_kind="account", by=cast.head, at=timezone.now())
    said = {"revision": 0, "way": "call", "makes_new": "on", "form": "on", "ask-0-of": "", "ask-0-name": ""}
    said |= {"ask-0-label": "Budget", "ask-0-kind": "number", "ask-0-required": "yes", "ask-0-help": ""}
    url = f"/processes/design/{process.pk}/part/start-new/"
    refused = admin.post(url, said | {"ask-0-kind": "person"})
    assert refused.status_code == 422
    assert "do not ask for a colleague" in refused.content.decode()
    assert admin.post(url, said).status_code == 302
    process.refresh_from_db()
    assert process.starts == [{
        "call": True, "makes_new": True, "form": True,
        "fields": [{"name": "budget", "label": "Budget", "kind": "number", "is_required": True}],
    }]  # fmt: skip
    page = admin.get(f"/processes/design/{process.pk}/").content.decode()
    assert "A form or a call from outside" in page
    assert f"/processes/design/{process.pk}/intake/" in page


def test_a_file_of_the_process_takes_the_beginning_and_no_secret_along(cast):
    process, intake, secret = begins_by_call(cast)
    told = operations.exported(process.key)
    assert told["starts"] == [CALLED]
    assert intake.key not in json.dumps(told)
    assert secret not in json.dumps(told)
    copy = operations.import_json(told, by=cast.head, at=timezone.now())
    assert copy.starts == [CALLED]
    assert not Intake.objects.filter(process=copy).exists()
