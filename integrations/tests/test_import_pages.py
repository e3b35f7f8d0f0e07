"""The import pages: check, map, confirm, follow, download; one's own files only."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Account, Industry
from accounts.testing import make_account
from catalog.models import Product
from deals.models import Deal, LossReason
from deals.testing import make_loss_reason, make_pipeline
from foundation.testing import assert_query_count
from integrations import desk
from integrations.models import Entity, ImportJob
from integrations.testing import shared_data

START = "/import/"
CLIENTS = "Name,Phone,Industry\nAcme,+1 212 555 0100,\nBeta,nonsense,\n=Gamma(1),,Mining\n"


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        }
    }


def upload(client, content, name="clients.csv", entity="accounts", **options):
    content = content.encode() if isinstance(content, str) else content
    return client.post(START, {"entity": entity, "file": SimpleUploadedFile(name, content)}, **options)


def brought(client, content=CLIENTS, **options):
    answer = upload(client, content, **options)
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.latest("pk")


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def columns(job):
    return {
        f"column_{place}": job.mapping["columns"].get(header, "") for place, header in enumerate(job.headers)
    }


def test_a_head_checks_a_file_and_nothing_is_written_yet(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    page = text_of(head.get(f"/import/{job.pk}/"))
    assert (job.outcome["created"], job.outcome["rejected"]) == (1, 2)
    assert "Import 1 row" in page
    assert "“nonsense” is not a phone number" in page
    assert "Names nobody knows here" in page
    assert not Account.objects.exists()


@pytest.mark.parametrize("entity", Entity.values)
def test_the_columns_of_every_kind_of_record_can_be_chosen(cast, client_of, entity):
    admin = client_of(cast.admin)
    job = brought(admin, "Name,Title,Subject\nAcme,Call them,Roses\n", entity=entity)
    answer = admin.get(f"/import/{job.pk}/")
    assert answer.status_code == 200
    assert f'name="column_{len(job.headers) - 1}"' in answer.content.decode()


def test_confirming_runs_the_import_in_the_worker_and_a_second_click_runs_nothing(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    for _click in range(2):
        assert head.post(f"/import/{job.pk}/run/").url == f"/import/{job.pk}/result/"
    waiting = head.get(f"/import/{job.pk}/result/")
    assert b'hx-trigger="every 2s"' in waiting.content
    assert desk.run_due() == 1
    assert desk.run_due() == 0
    done = head.get(f"/import/{job.pk}/result/", headers={"HX-Request": "true"})
    assert b"every 2s" not in done.content
    assert b"<html" not in done.content
    assert Account.objects.get().name == "Acme"
    assert head.get(f"/import/{job.pk}/").status_code == 302


def test_rejected_rows_are_downloaded_without_live_formulas_and_come_in_when_mended(cast, client_of):
    admin = client_of(cast.admin)
    job = brought(admin)
    admin.post(f"/import/{job.pk}/run/")
    desk.run_due()
    answer = admin.get(f"/import/{job.pk}/rejected/")
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert 'Beta,nonsense,,"Phone: ' in text
    assert "'=Gamma(1)" in text
    mended = text.replace("nonsense", "+1 212 555 0101").replace("Mining", "")
    second = brought(admin, mended, name="clients-rejected.csv")
    admin.post(f"/import/{second.pk}/run/")
    desk.run_due()
    assert set(Account.objects.values_list("name", flat=True)) == {"Acme", "Beta", "=Gamma(1)"}


def test_an_unknown_name_is_given_a_meaning_on_the_page(cast, client_of):
    make_pipeline()
    Product.objects.create(name="GTX Pro", price=1)
    head = client_of(cast.head)
    job = brought(head, "Title,Product\nA,GTXPro\nB,GTX Pro\n", entity="deals")
    assert job.outcome["unknown"][0]["name"] == "GTXPro"
    assert "— reject these rows —" in head.get(f"/import/{job.pk}/").content.decode()
    answer = head.post(f"/import/{job.pk}/", columns(job) | {"meaning_0": "GTX Pro"})
    assert answer.status_code == 302
    job.refresh_from_db()
    assert (job.outcome["created"], job.outcome["rejected"]) == (2, 0)
    assert job.mapping["values"] == {"product": {"GTXPro": "GTX Pro"}}


def test_only_who_configures_may_create_what_is_missing(cast, client_of):
    for person, created in ((cast.head, 1), (cast.admin, 2)):
        client = client_of(person)
        job = brought(client)
        client.post(f"/import/{job.pk}/", columns(job) | {"meaning_0": "+create"})
        job.refresh_from_db()
        assert job.outcome["created"] == created


def test_what_no_column_says_is_said_once_for_all_rows(cast, client_of):
    make_pipeline()
    make_loss_reason("Not recorded")
    head = client_of(cast.head)
    job = brought(head, "Title,Stage\nA,Lost\nB,Proposal\n", entity="deals")
    assert (job.outcome["created"], job.outcome["problems"][0]["column"]) == (1, "Loss reason")
    head.post(
        f"/import/{job.pk}/", columns(job) | {"all_loss_reason": "Not recorded", "all_owner": "Sam Porter"}
    )
    job.refresh_from_db()
    assert (job.outcome["created"], job.mapping["constants"]["owner"]) == (2, "Sam Porter")
    head.post(f"/import/{job.pk}/run/")
    desk.run_due()
    assert Deal.objects.lost().get().loss_reason.name == "Not recorded"
    assert set(Deal.objects.values_list("owner__name", flat=True)) == {"Sam Porter"}


def test_a_column_is_left_out_and_the_choice_is_remembered_for_the_next_such_file(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    head.post(f"/import/{job.pk}/", columns(job) | {"column_1": ""})
    job.refresh_from_db()
    assert job.outcome["created"] == 2
    assert brought(head).mapping["ignored"] == ["Phone"]
    assert "ignored" not in brought(client_of(cast.admin)).mapping


def test_a_mapping_that_cannot_work_is_said_and_cannot_be_confirmed(cast, client_of):
    head = client_of(cast.head)
    job = brought(head, "A,B\nx,y\n")
    page = head.get(f"/import/{job.pk}/")
    assert "Choose the column for “Name”." in text_of(page)
    assert f"/import/{job.pk}/run/" not in page.content.decode()
    bad = head.post(f"/import/{job.pk}/", {"column_0": "shoe_size", "column_1": ""})
    assert bad.status_code == 422
    assert "shoe_size is not one of the available choices" in text_of(bad)


def test_files_of_others_do_not_exist(cast, client_of):
    job = brought(client_of(cast.head))
    for person in (cast.admin, cast.outsider):
        client = client_of(person)
        for path, expected in (("", 404), ("result/", 404), ("rejected/", 404)):
            found = client.get(f"/import/{job.pk}/{path}").status_code
            assert found == (expected if person.may("integrations.import") else 403)
        assert client.post(f"/import/{job.pk}/run/").status_code in {403, 404}
    assert "clients.csv" not in text_of(client_of(cast.admin).get(START))


def test_a_salesperson_is_told_which_right_is_missing(cast, client_of):
    answer = client_of(cast.salesperson).get(START)
    assert answer.status_code == 403
    assert "Import files" in text_of(answer)
    assert Client().get(START).status_code == 302


def test_a_preview_shows_nothing_of_clients_the_person_does_not_see(cast, client_of):
    make_account("Hidden Holding", owner=cast.outsider, employees=777)
    head = client_of(cast.head)
    job = brought(head, "Name,Employees\nHidden Holding,5\n")
    assert (job.outcome["created"], job.outcome["updated"]) == (1, 0)
    assert "777" not in text_of(head.get(f"/import/{job.pk}/"))


def test_an_upload_over_the_limit_is_refused_with_a_sentence_and_kept_nowhere(cast, client_of):
    with override_settings(UPLOAD_MAX_BYTES=2**20):
        answer = upload(client_of(cast.head), b"Name\n" + b"x" * (3 * 2**20))
    assert answer.status_code == 422
    assert "The file is larger than 1 MB." in text_of(answer)


def test_an_upload_without_a_file_or_from_another_site_is_refused(cast, client_of):
    assert client_of(cast.head).post(START, {"entity": "accounts"}).status_code == 422
    assert client_of(cast.head).post(START, {"entity": "shoes"}).status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.head, backend="users.backends.PersonBackend")
    assert upload(strict, CLIENTS).status_code == 403


def test_an_import_its_worker_died_of_is_taken_up_again_and_given_up_after_three_times(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    ImportJob.objects.filter(pk=job.pk).update(state="running", attempts=1)
    assert desk.run_due() == 1
    assert Account.objects.count() == 1
    second = brought(head)
    ImportJob.objects.filter(pk=second.pk).update(state="running", attempts=3)
    assert desk.run_due() == 0
    page = head.get(f"/import/{second.pk}/result/")
    assert "Nothing was imported." in text_of(page)


def test_an_unexpected_failure_imports_nothing_and_is_shown(cast, client_of, monkeypatch):
    head = client_of(cast.head)
    job = brought(head, "Name\n" + "".join(f"Client {number}\n" for number in range(3000)))
    head.post(f"/import/{job.pk}/run/")

    def broken(self):
        raise RuntimeError("a bug")

    monkeypatch.setattr("integrations.importing.accounts.AccountImport.finish", broken)
    assert desk.run_due() == 0
    assert not Account.objects.exists()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "nothing was imported" in text_of(head.get(f"/import/{job.pk}/result/"))


def test_who_may_no_longer_import_imports_nothing(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    head.post(f"/import/{job.pk}/run/")
    cast.head.roles.clear()
    assert desk.run_due() == 0
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Helena Marsh may not import files.")


def test_the_real_opportunities_come_in_through_the_page(cast, client_of, db):
    admin = client_of(cast.admin)
    for entity, name in (
        ("users", "sales_teams.csv"),
        ("products", "products.csv"),
        ("accounts", "accounts.csv"),
        ("deals", "sales_pipeline.csv"),
    ):
        job = brought(admin, shared_data(f"sales_pipeline/{name}").read_bytes(), name=name, entity=entity)
        assert job.outcome["rejected"] == 0
        admin.post(reverse("integrations:import_run", args=[job.pk]))
        assert desk.run_due() == 1
    assert Deal.objects.count() == 8800
    assert Product.objects.count() == 7


def test_pages_send_as_many_statements_as_recorded(cast, client_of):
    head = client_of(cast.head)
    job = brought(head)
    with assert_query_count("import_start"):
        head.get(START)
    with assert_query_count("import_preview"):
        head.get(f"/import/{job.pk}/")
    head.post(f"/import/{job.pk}/run/")
    desk.run_due()
    with assert_query_count("import_result"):
        head.get(f"/import/{job.pk}/result/")


def test_a_long_file_is_checked_in_part_and_the_page_says_so(cast, client_of, settings):
    head = client_of(cast.head)
    table = io.StringIO()
    table.write("Name\n")
    table.writelines(f"Client {number}\n" for number in range(desk.CHECKED_ROWS + 5))
    job = brought(head, table.getvalue())
    page = text_of(head.get(f"/import/{job.pk}/"))
    assert "The first 10,000 rows were checked." in page
    assert "Import all rows" in page


def test_a_reason_brought_by_a_file_stands_below_those_the_company_chose(cast, client_of):
    make_pipeline()
    make_loss_reason("Too expensive")
    admin = client_of(cast.admin)
    job = brought(admin, "Title,Stage,Loss reason\nA,Lost,Not recorded\n", entity="deals")
    admin.post(f"/import/{job.pk}/", columns(job) | {"meaning_0": "+create"})
    admin.post(f"/import/{job.pk}/run/")
    desk.run_due()
    assert [each.name for each in LossReason.objects.all()] == ["Too expensive", "Not recorded"]


def test_industries_are_the_same_whatever_their_case(cast, client_of):
    Industry.objects.create(name="Medical")
    head = client_of(cast.head)
    job = brought(head, "Name,Industry\nAcme,medical\n")
    assert job.outcome["rejected"] == 0


def test_the_page_names_only_what_this_person_may_bring(cast, client_of):
    assert "From a file: products, clients, contacts of an address book, deals" in text_of(
        client_of(cast.head).get(START)
    )
    assert "From a file: colleagues, products" in text_of(client_of(cast.admin).get(START))


def test_the_rules_of_an_import_are_chosen_on_its_page_and_remembered_for_such_files(cast, client_of):
    head = client_of(cast.head)
    make_account("Acme", owner=cast.head, about="Ours")
    job = brought(head, "Name,About\nAcme,Theirs\nBeta,New\n")
    assert (job.outcome["created"], job.outcome["updated"]) == (1, 1)
    said = columns(job) | {"policy_1": "blank", "mode": "update", "match": "name"}
    assert head.post(f"/import/{job.pk}/", said).status_code == 302
    job.refresh_from_db()
    assert (job.mapping["mode"], job.mapping["overwrite"], job.mapping["match"]) == (
        "update",
        {"about": "blank"},
        ["name"],
    )
    assert (job.outcome["created"], job.outcome["unchanged"], job.outcome["rejected"]) == (0, 1, 1)
    again = brought(head, "Name,About\nAcme,Others\n")
    assert again.mapping["overwrite"] == {"about": "blank"}
    page = head.get(f"/import/{again.pk}/").content.decode()
    assert '<option value="blank" selected>' in page
    assert '<option value="update" selected>' in page
