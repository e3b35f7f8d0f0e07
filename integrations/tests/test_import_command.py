"""`manage.py import` prints one JSON object, whatever it is given, and keeps to the rights of whom it acts for."""

import io
import json

import pytest
from django.core.management import call_command

from accounts.models import Account
from accounts.testing import make_account
from catalog.models import Product
from deals.models import Deal, Pipeline
from deals.testing import make_pipeline
from integrations.importing import IMPORTERS
from users.models import User


def run(entity, file, **options):
    out = io.StringIO()
    try:
        call_command("import", entity, str(file), stdout=out, **options)
        code = 0
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())


@pytest.fixture
def written(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def mapped(tmp_path):
    def write(**mapping):
        path = tmp_path / "mapping.json"
        path.write_text(json.dumps(mapping))
        return path

    return write


def test_arguments_that_cannot_be_used_are_one_sentence_and_code_2(cast, written, mapped, tmp_path):
    table = written("Name\nAcme\n")
    cases = [
        (
            ("shoes", table),
            {},
            f"Imports know {', '.join(IMPORTERS)}, not “shoes”.",
        ),
        (("accounts", tmp_path / "absent.csv"), {}, "The file cannot be opened."),
        (
            ("accounts", table),
            {"mapping": tmp_path / "absent.json"},
            "The mapping file absent.json cannot be opened.",
        ),
        (
            ("accounts", table),
            {"mapping": mapped(colums={})},
            "The mapping has keys that mean nothing here: colums.",
        ),
        (
            ("accounts", table),
            {"email": "nobody@example.com"},
            "Nobody signs in with the e-mail nobody@example.com.",
        ),
        (("accounts", table), {"email": cast.salesperson.email}, "Sam Porter may not import files."),
        (("products", table), {}, "Choose the column for “Price”."),
        (
            ("deals", table),
            {},
            "There is no pipeline yet. Ask an administrator to add one, or declare it in the mapping.",
        ),
    ]
    for arguments, options, sentence in cases:
        assert run(*arguments, **options) == (2, {"error": sentence})


def test_rejected_rows_say_row_column_and_reason_and_the_others_come_in(cast, written):
    table = written(
        "Name,Phone,E-mail,Employees,Website\n"
        "Acme,+1 212 555 0100,office@acme.example,1200,acme.example\n"
        ",,,,\n"
        "Broken,ask Anna,no mail,25%,\n"
        "Sold,,,256.76,\n"
        "acme,,,,\n"
    )
    code, told = run("accounts", table)
    assert code == 0
    assert (told["read"], told["created"], told["rejected"]) == (4, 1, 3)
    assert [(each["row"], each["column"]) for each in told["problems"]] == [
        (4, "Employees"),
        (4, "Phone"),
        (4, "E-mail"),
        (5, "Employees"),
        (6, "Name"),
    ]
    assert told["problems"][-1]["reason"] == "The same as row 2 of this file."
    acme = Account.objects.get()
    assert set(acme.points.values_list("kind", "value")) == {
        ("phone", "+12125550100"),
        ("email", "office@acme.example"),
    }
    assert acme.website == "https://acme.example"


def test_a_changed_file_updates_what_it_changes_and_blank_cells_erase_nothing(cast, written):
    run("accounts", written("Name,Employees,City\nAcme,10,Oslo\nBeta,20,Rome\n"))
    code, told = run("accounts", written("Name,Employees,City\nAcme,,\nBeta,21,Bonn\nGamma,1,\n"))
    assert code == 0
    assert (told["created"], told["updated"], told["unchanged"]) == (1, 1, 1)
    beta = Account.objects.get(name="Beta")
    assert (beta.employees, beta.addresses.get().city) == (21, "Bonn")
    assert Account.objects.get(name="Acme").employees == 10


def test_unknown_names_are_listed_once_with_their_rows_and_made_only_on_request(cast, written, mapped):
    table = written("Name,Industry\nA,Mining\nB,Mining\nC,\n")
    _code, told = run("accounts", table)
    assert (told["created"], told["rejected"]) == (1, 2)
    assert told["unknown"] == [
        {"field": "industry", "column": "Industry", "name": "Mining", "count": 2, "rows": [2, 3]}
    ]
    _code, told = run("accounts", table, mapping=mapped(create_missing=["industry"]))
    assert (told["created"], told["unchanged"], told["also_created"]) == (2, 1, {"industries": 1})


def test_a_parent_may_stand_below_its_subsidiary_and_circles_are_refused(cast, written):
    _code, told = run("accounts", written("Name,Parent\nChild,Mother\nMother,\nA,B\nB,A\nOrphan,Nobody\n"))
    assert (told["created"], told["rejected"]) == (4, 1)
    assert Account.objects.get(name="Child").parent.name == "Mother"
    assert "subsidiary of itself" in told["problems"][-1]["reason"]
    assert Account.objects.filter(name__in="AB", parent__isnull=False).count() < 2


def test_what_the_person_does_not_see_is_not_matched_changed_or_told(cast, written):
    hidden = make_account("Hidden Holding", owner=cast.outsider, employees=5)
    head = cast.head
    table = written("Name,Employees,Owner\nHidden Holding,99,\nSeen,1,Sam Porter\nTheirs,1,Oscar Stone\n")
    code, told = run("accounts", table, email=head.email)
    assert code == 0
    assert (told["created"], told["updated"], told["rejected"]) == (2, 0, 1)
    assert told["problems"] == [{"row": 4, "column": "Owner", "reason": "Unknown colleague “Oscar Stone”."}]
    hidden.refresh_from_db()
    assert hidden.employees == 5
    assert Account.objects.get(name="Seen").owner == cast.salesperson
    assert Account.objects.exclude(pk=hidden.pk).get(name="Hidden Holding").owner == head


def test_a_deal_on_a_client_the_person_does_not_see_is_unknown_to_them(cast, written):
    make_pipeline()
    make_account("Hidden Holding", owner=cast.outsider)
    _code, told = run("deals", written("Title,Client\nOffer,Hidden Holding\n"), email=cast.head.email)
    assert (told["created"], told["rejected"]) == (0, 1)
    assert told["problems"][0]["reason"] == "Unknown client “Hidden Holding”."


def test_the_same_key_brought_by_two_who_do_not_see_each_other_gives_two_clients(cast, written, mapped):
    table = written("Key,Name\n7,Acme\n")
    mapping = mapped(columns={"Key": "external_id"}, system="other")
    users = User.objects
    cast.outsider.roles.add(cast.head.roles.get())
    for person in (cast.head, users.get(pk=cast.outsider.pk)):
        for expected in ("created", "unchanged"):
            _code, told = run("accounts", table, mapping=mapping, email=person.email)
            assert told[expected] == 1
    assert Account.objects.filter(name="Acme").count() == 2


def test_configuration_is_made_only_by_who_may_configure(cast, written, mapped):
    table = written("Name,Industry\nA,Mining\n")
    answer = run("accounts", table, mapping=mapped(create_missing=["industry"]), email=cast.head.email)
    assert answer == (2, {"error": "You lack the right: Configure the company in the administration."})
    declared = {"name": "New", "stages": [{"name": "First", "kind": "open"}]}
    answer = run("deals", written("Title\nA\n"), mapping=mapped(pipeline=declared), email=cast.head.email)
    assert answer == (2, {"error": "The pipeline “New” or one of its stages is missing."})
    assert not Pipeline.objects.exists()


def test_impossible_histories_are_rejected(cast, written, mapped):
    make_pipeline()
    table = written(
        "Key,Title,Stage,Opened,Closed,Amount,Loss reason\n"
        "1,Backwards,Won,2020-02-01,2020-01-01,10,\n"
        "2,Tomorrow,Won,2020-01-01,2999-01-01,10,\n"
        "3,Open and closed,Proposal,2020-01-01,2020-02-01,10,\n"
        "4,No reason,Lost,2020-01-01,2020-02-01,10,\n"
        "5,Negative,Proposal,2020-01-01,,-10,\n"
        "6,Percent,Proposal,2020-01-01,,15%,\n"
        "7,Two readings,Proposal,03/04/2020,,10,\n"
        "8,Fine,Proposal,2020-01-01,,10,\n"
    )
    _code, told = run("deals", table, mapping=mapped(columns={"Key": "external_id"}))
    assert (told["created"], told["rejected"]) == (1, 7)
    assert [each["row"] for each in told["problems"]] == [2, 3, 4, 5, 6, 7, 8]
    deal = Deal.objects.get()
    assert [event.to_stage.name for event in deal.stage_events.all()] == ["Proposal"]


def test_a_later_file_moves_wins_and_loses_through_the_verbs(cast, written, mapped):
    make_pipeline()
    mapping = mapped(columns={"Key": "external_id"}, create_missing=["loss_reason"])
    head = "Key,Title,Stage,Opened,Closed,Amount,Loss reason\n"
    run(
        "deals",
        written(head + "1,A,Proposal,2020-01-01,,10,\n2,B,Proposal,2020-01-01,,10,\n"),
        mapping=mapping,
    )
    later = head + "1,A,Won,2020-01-01,2020-03-01,10,\n2,B,Lost,2020-01-01,2020-03-02,10,Price\n"
    _code, told = run("deals", written(later), mapping=mapping)
    assert (told["updated"], told["rejected"]) == (2, 0)
    won, lost = Deal.objects.order_by("pk")
    assert (won.state, str(won.closed_on), lost.state, lost.loss_reason.name) == (
        "won",
        "2020-03-01",
        "lost",
        "Price",
    )
    _code, told = run("deals", written(later), mapping=mapping)
    assert told["unchanged"] == 2


def test_a_file_without_keys_is_known_again_by_its_rows(cast, written):
    make_pipeline()
    table = written("Title,Amount\nFlowers,10\nFlowers,10\nTrees,20\n")
    assert run("deals", table)[1]["created"] == 3
    assert run("deals", table)[1]["unchanged"] == 3


def test_products_keep_one_of_a_name(cast, written, mapped):
    Product.objects.create(name="Rose", price=1)
    mapping = mapped(columns={"Key": "external_id"})
    _code, told = run(
        "products", written("Key,Name,Price\n1,Rose,2\n2,Tulip,3\n3,Tulip,4\n4,Free,-1\n"), mapping=mapping
    )
    assert (told["created"], told["rejected"]) == (1, 3)


def test_two_colleagues_cannot_sign_in_with_one_e_mail(cast, written):
    table = written(
        f"Name,E-mail\nNew One,{cast.head.email}\nNew Two,two@example.com\nNew Three,two@example.com\n"
    )
    _code, told = run("users", table)
    assert (told["created"], told["rejected"]) == (1, 2)
    assert all(each["reason"] == "Somebody else signs in with this e-mail." for each in told["problems"])


def test_texts_too_long_for_their_column_are_refused_not_cut(cast, written):
    _code, told = run("accounts", written("Name,City\n" + "x" * 201 + ",Oslo\nShort," + "y" * 121 + "\n"))
    assert (told["created"], told["rejected"]) == (0, 2)
