"""What a file leaves open is asked on the page of its import, and never guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, ContactPoint, Tag
from accounts.testing import make_account, make_contact
from deals.models import Deal
from deals.testing import make_pipeline
from integrations import desk
from integrations.models import ImportJob
from integrations.tests.test_import_pages import brought, columns, storage, text_of, upload
from users.models import User
from users.testing import Cast

__all__ = ["storage"]
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def again(client: Client, job: ImportJob, **said: str) -> ImportJob:
    answer = client.post(f"/import/{job.pk}/", columns(job) | said)
    assert answer.status_code == 302, text_of(answer)
    job.refresh_from_db()
    return job


def run(client: Client, job: ImportJob) -> ImportJob:
    client.post(f"/import/{job.pk}/run/")
    assert desk.run_due() == 1
    job.refresh_from_db()
    return job


def test_days_that_read_two_ways_are_asked_for_each_column_with_both_readings(
    cast: Cast, client_of: ClientOf
) -> None:
    make_pipeline()
    head = client_of(cast.head)
    job = brought(head, "Title,Opened,Expected close\nA,03/04/2025,05/06/2030\n", entity="deals")
    assert (job.outcome["created"], job.outcome["rejected"]) == (0, 1)
    page = text_of(head.get(f"/import/{job.pk}/"))
    assert "Which number is the day?" in page
    assert "Apr 3, 2025 — the day comes first" in page
    assert "Mar 4, 2025 — the month comes first" in page
    job = again(head, job, days_0="d/m/y", days_1="m/d/y")
    assert (job.outcome["created"], job.outcome["rejected"]) == (1, 0)
    run(head, job)
    deal = Deal.objects.get()
    assert (str(deal.opened_on), str(deal.expected_close_on)) == ("2025-04-03", "2030-05-06")
    remembered = brought(head, "Title,Opened,Expected close\nB,03/04/2025,05/06/2030\n", entity="deals")
    assert remembered.outcome["created"] == 1


def test_a_day_that_reads_only_one_way_settles_its_column_and_is_shown(
    cast: Cast, client_of: ClientOf
) -> None:
    make_pipeline()
    head = client_of(cast.head)
    job = brought(head, "Title,Opened\nA,03/04/2025\nB,04/25/2025\n", entity="deals")
    assert (job.outcome["created"], job.mapping["date_formats"]) == (2, {"opened_at": "m/d/y"})
    assert "(04/25/2025 reads only one way)" in text_of(head.get(f"/import/{job.pk}/"))


def test_a_column_that_begins_now_with_the_day_now_with_the_month_is_never_settled(
    cast: Cast, client_of: ClientOf
) -> None:
    make_pipeline()
    head = client_of(cast.head)
    job = brought(head, "Title,Opened\nA,25/04/2025\nB,04/25/2025\nC,01/02/2025\n", entity="deals")
    assert job.outcome["created"] == 0
    assert "some rows begin with the day" in text_of(head.get(f"/import/{job.pk}/"))
    job = again(head, job, days_0="d/m/y")
    assert [each["row"] for each in job.outcome["problems"]] == [3]


def test_a_word_that_is_no_choice_is_given_a_meaning_or_its_rows_stay_out(
    cast: Cast, client_of: ClientOf
) -> None:
    head = client_of(cast.head)
    job = brought(head, "Name,Kind\nAcme,Firm\nBeta,Firm\nCara,Human\n")
    assert [(each["name"], each["count"]) for each in job.outcome["unknown"]] == [("Firm", 2), ("Human", 1)]
    form = head.get(f"/import/{job.pk}/").context["form"]
    assert [value for value, _label in form.fields["meaning_0"].choices][1:] == ["organisation", "person"]
    job = again(head, job, meaning_0="organisation")
    assert (job.outcome["created"], job.outcome["rejected"]) == (2, 1)


def test_an_owner_is_known_by_name_by_mail_and_by_key(cast: Cast, client_of: ClientOf) -> None:
    head = client_of(cast.head)
    sam, clara = cast.salesperson, cast.colleague
    rows = [f"A,{sam.name}", f"B,{clara.email}", f"C,ID{sam.pk}", f"D,{clara.pk}", "E,ID99999999"]
    job = run(head, brought(head, "Name,Owner\n" + "\n".join(rows) + "\n"))
    owners = dict(Account.objects.values_list("name", "owner__name"))
    assert owners == {"A": sam.name, "B": clara.name, "C": sam.name, "D": clara.name}
    assert job.outcome["problems"][0]["reason"] == "Unknown colleague “ID99999999”."


def test_tags_and_an_owner_are_given_to_the_whole_file_beside_those_of_each_row(
    cast: Cast, client_of: ClientOf
) -> None:
    for name in ("VIP", "Fair", "Old"):
        Tag.objects.create(name=name)
    head = client_of(cast.head)
    job = brought(head, "Name,Tags\nAcme,Old\nBeta,\n")
    job = again(head, job, all_tags="Fair, VIP", all_owner=cast.colleague.name)
    run(head, job)
    tags = {each.name: {tag.name for tag in each.tags.all()} for each in Account.objects.all()}
    assert tags == {"Acme": {"Old", "Fair", "VIP"}, "Beta": {"Fair", "VIP"}}
    assert {each.owner_id for each in Account.objects.all()} == {cast.colleague.pk}


def test_what_would_change_is_shown_of_ten_records_field_by_field(cast: Cast, client_of: ClientOf) -> None:
    for number in range(12):
        make_account(f"Client {number}", owner=cast.head, about="Before", employees=5)
    head = client_of(cast.head)
    rows = "".join(f"Client {number},After,5,Tula\n" for number in range(12))
    job = brought(head, f"Name,About,Employees,City\n{rows}")
    assert job.outcome["updated"] == 12
    assert len(job.outcome["updates"]) == 10
    first = job.outcome["updates"][0]
    assert (first["row"], first["record"]) == (2, "Client 0")
    assert first["fields"] == [
        {"label": "About", "before": "Before", "after": "After"},
        {"label": "City", "before": "", "after": "Tula"},
    ]
    page = text_of(head.get(f"/import/{job.pk}/"))
    assert "What would change" in page
    assert "and 2 other records" in page


def test_changes_of_owner_choices_and_stages_are_said_in_words(cast: Cast, client_of: ClientOf) -> None:
    make_pipeline()
    head = client_of(cast.head)
    make_account("Acme", owner=cast.head, roles=["lead"], annual_revenue=10)
    job = brought(
        head,
        f"Name,Owner,Roles,Annual revenue,Phone\nAcme,{cast.colleague.name},Client,1500.50,+12125550100\n",
    )
    said = {each["label"]: (each["before"], each["after"]) for each in job.outcome["updates"][0]["fields"]}
    assert said["Owner"] == ("Helena Marsh", "Clara Benson")
    assert said["Roles"] == ("lead", "client")
    assert said["Phone"] == ("", "+12125550100")
    assert said["Annual revenue"][1].replace(",", "").startswith("1500.5")


def test_numbers_far_from_the_others_and_percents_among_numbers_are_warned_about(
    cast: Cast, client_of: ClientOf
) -> None:
    head = client_of(cast.head)
    usual = "".join(f"Client {number},{number + 20},1000\n" for number in range(8))
    job = brought(head, f"Name,Employees,Annual revenue\n{usual}Odd,25%,\nHuge,30,9000000\n")
    assert job.outcome["warnings"] == [
        "“Employees”: 1 value has a % sign, 9 have none.",
        "“Annual revenue”: 1 value is over a thousand times the usual 1000 (rows 11). Another unit?",
    ]
    assert "Another unit?" in text_of(head.get(f"/import/{job.pk}/"))


def test_problems_are_counted_by_kind_with_some_of_their_values(cast: Cast, client_of: ClientOf) -> None:
    head = client_of(cast.head)
    job = brought(head, "Name,Phone,Employees\nA,one,\nB,two,\nC,three,\nD,,many\n")
    kinds = [(each["column"], each["count"], each["others"]) for each in job.outcome["kinds"]]
    assert kinds == [("Phone", 3, ["“two”", "“three”"]), ("Employees", 1, [])]
    assert "also “two”, “three”" in text_of(head.get(f"/import/{job.pk}/"))


def test_the_mended_file_of_rejected_rows_goes_on_as_the_first_was_read(
    cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    head = client_of(cast.head)
    job = again(head, brought(head, "Firm,Tel\nAcme,bad\nBeta,worse\n"), column_0="name", column_1="phone")
    run(head, job)
    for sent, left in (("bad", 1), ("worse", 0)):
        answer: Any = head.get(f"/import/{job.pk}/rejected/")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert text.splitlines()[0] == "Firm,Tel,Why the row was rejected"
        assert 'filename="clients-rejected.csv"' in answer["Content-Disposition"]
        lines = [text.splitlines()[0], *(line for line in text.splitlines()[1:])]
        mended = "\n".join(line.replace(f",{sent},", ",+1 212 555 0100,") for line in lines)
        upload(head, mended, name="clients-rejected.csv")
        job = run(head, ImportJob.objects.latest("pk"))
        assert (job.outcome["created"], job.outcome["rejected"]) == (1, left)
    assert set(Account.objects.values_list("name", flat=True)) == {"Acme", "Beta"}


def test_the_client_of_a_deal_is_known_by_name_by_mail_and_by_key(cast: Cast, client_of: ClientOf) -> None:
    make_pipeline()
    at = timezone.now()
    acme, beta = make_account("Acme", owner=cast.head), make_account("Beta", owner=cast.head)
    hidden = make_account("Hidden", owner=cast.outsider)
    ContactPoint.add(acme, kind="email", value="office@acme.example", by=cast.head, at=at)
    bob = make_contact(beta, name="Bob")
    ContactPoint.add(beta, contact=bob, kind="email", value="bob@beta.example", by=cast.head, at=at)
    rows = ["A,Acme", "B,Office@Acme.example", "C,bob@beta.example", f"D,ID{beta.pk}", f"E,ID{hidden.pk}"]
    head = client_of(cast.head)
    job = run(head, brought(head, "Title,Client\n" + "\n".join(rows) + "\n", entity="deals"))
    found = dict(Deal.objects.values_list("title", "account__name"))
    assert found == {"A": "Acme", "B": "Acme", "C": "Beta", "D": "Beta"}
    assert job.outcome["problems"][0]["reason"] == f"Unknown client “ID{hidden.pk}”."
