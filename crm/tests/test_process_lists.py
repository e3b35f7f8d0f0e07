"""For whom a record waits, in its list: a column that costs no statement a row, and a condition."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account, make_contact
from deals.testing import make_deal
from processes import operations
from processes.models import Process, WorkItem
from processes.testing import block, make_process
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
HEAD = {"kind": "head"}


def offer(subject_kind: str = "deal", who: Any = None) -> Process:
    steps = [block("approval", "Approve the offer", who=who or HEAD, declined=[], returned=[])]
    return make_process(steps, name="Offer", subject_kind=subject_kind)


def begun(process: Process, cast: Cast, *titles: str) -> None:
    for title in titles:
        deal = make_deal(title, owner=cast.salesperson)
        operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())


def cells(client: Client) -> str:
    answer = client.get(reverse("deals:list"), {"columns": "title,waits_for"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_of_deals_can_say_for_whom_each_waits_and_how_long(cast: Cast, client_of: ClientOf) -> None:
    begun(offer(), cast, "Roses")
    role = make_process([block("task", "Call", who={"kind": "role", "key": "salesperson"})], name="Call")
    begun(role, cast, "Tulips")
    make_deal("Lilies", owner=cast.salesperson)
    WorkItem.objects.update(opened_at=timezone.now() - timedelta(days=3))
    text = cells(client_of(cast.salesperson))
    assert "Helena Marsh, 3 days" in text
    assert "anybody of “Salesperson”, 3 days" in text
    assert "Lilies" in text


def test_the_column_costs_no_statement_more(cast: Cast, client_of: ClientOf) -> None:
    client, process = client_of(cast.salesperson), offer()
    begun(process, cast, "Roses")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            cells(client)
        return len(asked)

    statements()
    few = statements()
    begun(process, cast, *(f"Deal {number}" for number in range(12)))
    assert statements() == few


def test_lists_are_narrowed_to_what_waits_for_somebody(cast: Cast, client_of: ClientOf) -> None:
    begun(offer(), cast, "Roses")
    begun(offer(who={"kind": "person", "id": cast.colleague.pk}), cast, "Tulips")
    make_deal("Lilies", owner=cast.salesperson)
    client = client_of(cast.salesperson)

    def found(where: str) -> list[str]:
        text = client.get(reverse("deals:list"), {"where": where}).content.decode()
        return [title for title in ("Lilies", "Roses", "Tulips") if title in text]

    assert found(f"all(waits_for:in:{cast.head.pk})") == ["Roses"]
    assert found(f"all(waits_for:in:{cast.head.pk},{cast.colleague.pk})") == ["Roses", "Tulips"]
    assert found("all(waits_for:empty)") == ["Lilies"]
    assert found("all(waits_for:filled)") == ["Roses", "Tulips"]


def test_a_contact_and_a_client_show_what_waits_for_whom_and_it_is_reminded_of_and_given_there(
    cast: Cast, client_of: ClientOf
) -> None:
    account = make_account("Flowers", owner=cast.salesperson)
    contact = make_contact(account, "Rose Bush")
    client, head = client_of(cast.salesperson), client_of(cast.head)
    for kind, record in (("account", account), ("contact", contact)):
        operations.start(offer(kind), record.pk, by=cast.salesperson, at=timezone.now())
        about = reverse("processes:about", args=[kind, record.pk])
        page = (
            reverse("accounts:contact_edit", args=[record.pk])
            if kind == "contact"
            else record.get_absolute_url()
        )
        assert about in client.get(page).content.decode()
        text = client.get(about).content.decode()
        for words in ("waits for Helena Marsh", "since ", "on our side", "Remind"):
            assert words in text, words
        item = WorkItem.objects.get(subject_kind=kind)
        give = reverse("processes:delegate", args=[item.pk])
        assert give not in text
        assert give in head.get(about).content.decode()
        head.post(give, {"person": cast.colleague.pk, "next": record.get_absolute_url()})
        assert "waits for Clara Benson" in client.get(about).content.decode()


def test_from_my_work_a_step_is_given_away_in_two_clicks(cast: Cast, client_of: ClientOf) -> None:
    begun(offer(), cast, "Roses")
    head, item = client_of(cast.head), WorkItem.objects.get()
    give = reverse("processes:delegate", args=[item.pk])
    assert give in head.get(reverse("processes:my_work")).content.decode()
    answer = head.post(give, {"person": cast.colleague.pk, "next": reverse("processes:my_work")})
    assert answer["Location"] == reverse("processes:my_work")
    item.refresh_from_db()
    assert item.assignee == cast.colleague


def test_the_card_of_a_client_shows_what_waits_on_its_deals_and_contacts_too(
    cast: Cast, client_of: ClientOf
) -> None:
    account = make_account("Flowers", owner=cast.salesperson)
    deal = make_deal("Roses", owner=cast.salesperson, account=account)
    hidden = make_deal("Thorns", owner=cast.outsider, account=account)
    process = offer()
    for each in (deal, hidden):
        operations.start(process, each.pk, by=cast.head, at=timezone.now())
    text = (
        client_of(cast.salesperson)
        .get(reverse("processes:about", args=["account", account.pk]))
        .content.decode()
    )
    assert "Roses" in text
    assert "Approve the offer" in text
    assert "Thorns" not in text
