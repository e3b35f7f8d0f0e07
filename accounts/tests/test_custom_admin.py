"""Custom fields in the administration, and the indexes a worker keeps for them."""

import pytest
from django.db import connection
from django.utils import timezone

from accounts.custom.indexes import keep_indexes
from accounts.models import CustomField, CustomOption
from accounts.testing import make_account, make_custom_field
from users.models import User

ADD = "/admin/accounts/customfield/add/"


def sent(rows: list[dict[str, str]] | None = None, **parts: object) -> dict[str, object]:
    """What the administration's form sends."""
    form: dict[str, object] = {
        "record": "client",
        "label": "Segment",
        "key": "segment",
        "kind": "text",
        "decimals": 0,
        "position": 10,
        "options-TOTAL_FORMS": len(rows or []),
        "options-INITIAL_FORMS": 0,
    }
    for n, row in enumerate(rows or []):
        form |= {f"options-{n}-{name}": value for name, value in ({"position": "1"} | row).items()}
    return form | parts


OPTIONS = [{"label": "Retail", "key": "retail"}, {"label": "Online", "key": "online"}]


@pytest.mark.django_db
def test_an_administrator_defines_a_field_and_pages_ask_for_it_at_once(cast, client_of):
    admin, salesperson = client_of(cast.admin), client_of(cast.salesperson)
    acme = make_account("Acme", owner=cast.salesperson)
    assert "custom_segment" not in salesperson.get(f"/clients/{acme.pk}/edit/").content.decode()
    response = admin.post(ADD, sent(OPTIONS, kind="choice"))
    assert response.status_code == 302, response.context["errors"]
    assert "custom_segment" in salesperson.get(f"/clients/{acme.pk}/edit/").content.decode()
    assert admin.get("/admin/accounts/customfield/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "parts", "reason"),
    [
        ([], {"key": "Area 2"}, "small Latin letters"),
        ([], {"key": "a-b"}, "small Latin letters"),
        ([], {"key": "employees", "kind": "number"}, "The record itself has a field of this name"),
        ([], {"kind": "number", "least": "5", "most": "1"}, "must not be less than the least"),
        ([], {"kind": "number", "decimals": "9"}, "less than or equal to 6"),
        ([], {"kind": "choice"}, "Give the options"),
        (OPTIONS, {"kind": "text"}, "Only fields to choose from have options"),
        ([OPTIONS[0], OPTIONS[0]], {"kind": "choice"}, "duplicate"),
        ([], {"kind": "formula"}, "Say what the field is computed from"),
        ([], {"kind": "formula", "formula": "area +"}, "ends too early"),
        ([], {"kind": "formula", "formula": "motto × 2"}, "“motto” is not a numeric field"),
        ([], {"kind": "formula", "formula": "segment + 1"}, "“segment” is not a numeric field"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_with_the_reason(cast, client_of, rows, parts, reason):
    make_custom_field("motto")
    response = client_of(cast.admin).post(ADD, sent(rows, **parts))
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert CustomField.objects.count() == 1


@pytest.mark.django_db
def test_record_key_and_kind_never_change_and_what_is_carried_is_not_deleted(cast, client_of):
    field = make_custom_field("segment", "choice", options={"retail": "Retail", "online": "Online"})
    used, unused = field.options.all()
    acme = make_account("Acme", owner=cast.salesperson)
    acme.change({"custom": {"segment": "retail"}}, by=cast.salesperson, at=timezone.now())
    page, admin = f"/admin/accounts/customfield/{field.pk}/", client_of(cast.admin)
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 403

    def rows_without(gone: CustomOption) -> dict[str, object]:
        rows = [
            {"id": str(each.pk), "field": str(field.pk), "label": each.label, "key": "x"}
            for each in (used, unused)
        ]
        rows[[used, unused].index(gone)]["DELETE"] = "on"
        return sent(rows, kind="text", key="other", record="contact") | {"options-INITIAL_FORMS": 2}

    refused = admin.post(f"{page}change/", rows_without(used))
    assert "stands on records: retire it instead" in refused.content.decode()
    assert admin.post(f"{page}change/", rows_without(unused)).status_code == 302
    field.refresh_from_db()
    assert (field.record, field.key, field.kind) == ("client", "segment", "choice")
    assert [option.key for option in field.options.all()] == ["retail"]
    acme.change({"custom": {"segment": None}}, by=cast.salesperson, at=timezone.now())
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert not CustomField.objects.exists()


@pytest.mark.django_db
def test_a_salesperson_defines_no_fields(cast, client_of):
    assert client_of(cast.salesperson).get(ADD).status_code in (302, 403)
    assert client_of(cast.outsider).post(ADD, sent()).status_code in (302, 403)
    assert not CustomField.objects.exists()


def indexes() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'custom_field_%'")
        return {name: definition for name, definition in cursor.fetchall() if name[13:].isdigit()}


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_the_index_that_is_wanted_and_drops_it_again():
    robot = User.objects.robot()
    fields = [make_custom_field(key, key, is_indexed=True) for key in ("text", "number", "money", "date")]
    acme = make_account("Acme")
    acme.change({"custom": {"number": 5, "date": "2027-01-01"}}, by=robot, at=timezone.now())
    assert keep_indexes() == 4
    assert keep_indexes() == 0
    assert sorted(indexes()) == sorted(f"custom_field_{field.pk}" for field in fields)
    CustomField.objects.filter(key__in=["text", "number", "money"]).update(is_indexed=False)
    fields[3].is_retired = True
    fields[3].save()
    assert keep_indexes() == 4
    assert indexes() == {}
