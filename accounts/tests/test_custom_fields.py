"""Custom fields of clients and contacts: what may stand in them, in the verb and on the pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.custom.definitions import kept
from accounts.models import Account, Contact, CustomOption
from accounts.testing import make_account, make_contact, make_custom_field
from accounts.tests.test_edit import form_of, url
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
SEGMENTS = {"retail": "Retail", "wholesale": "Wholesale", "online": "Online"}


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson, employees=10)


@pytest.fixture
def fields(cast):
    """One of every kind."""
    return [
        make_custom_field("motto", position=1),
        make_custom_field(
            "area", "number", unit="m²", least=1, most=5000, decimals=1, position=2, help_text="floor area"
        ),
        make_custom_field("share", "number", unit="%", least=0, most=100, decimals=2, position=3),
        make_custom_field("rent", "money", position=4),
        make_custom_field("contract_until", "date", position=5),
        make_custom_field("segment", "choice", options=SEGMENTS, position=6),
        make_custom_field("channels", "choices", options=SEGMENTS, position=7),
        make_custom_field("landlord", "relation", position=8),
        make_custom_field(
            "rent_per_metre", "formula", formula="rent ÷ area", decimals=2, unit="USD/m²", position=9
        ),
    ]


def change(account, cast, **custom):
    account.change({"custom": custom}, by=cast.salesperson, at=timezone.now())


@pytest.mark.usefixtures("fields")
def test_every_kind_is_kept_with_its_type(cast, acme):
    landlord = make_account("Landlord", owner=cast.salesperson)
    change(
        acme,
        cast,
        motto="  Bread and salt ",
        area=Decimal("120.5"),
        share=15,
        rent=Decimal("2400.50"),
        contract_until=date(2027, 3, 31),
        segment="retail",
        channels=["online", "retail", "online"],
        landlord=landlord,
    )
    assert Account.objects.get(pk=acme.pk).custom == {
        "motto": "Bread and salt",
        "area": Decimal("120.5"),
        "share": 15,
        "rent": Decimal("2400.50"),
        "contract_until": "2027-03-31",
        "segment": "retail",
        "channels": ["retail", "online"],
        "landlord": landlord.pk,
    }


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("motto", 5, "“Motto” must be a text"),
        ("motto", "x" * 2001, "“Motto” has at most 2000 letters"),
        ("area", "wide", "“Area” must be a number"),
        ("area", True, "“Area” must be a number"),
        ("area", Decimal("NaN"), "“Area” must be a number"),
        ("area", 0, "“Area” is from 1\xa0m² to 5,000\xa0m², not 0\xa0m²"),
        ("area", 5001, "“Area” is from 1\xa0m² to 5,000\xa0m², not 5,001\xa0m²"),
        ("area", Decimal("1.25"), "“Area” has at most 1 decimals"),
        ("share", Decimal("100.01"), "“Share” is from 0\xa0% to 100\xa0%"),
        ("rent", Decimal(10) ** 15, "“Rent” has at most 15 digits"),
        ("contract_until", "31.02.2027", "“Contract until” must be a day"),
        ("contract_until", "2027-02-31", "“Contract until” must be a day"),
        ("segment", "king", "“king” is not an option of “Segment”. Choose one of: Retail, Wholesale, Online"),
        ("channels", "retail", "“Channels” must be a list of options"),
        ("channels", ["retail", "king"], "“king” is not an option of “Channels”"),
        ("landlord", 10**9, "“Landlord”: there is no such client"),
        ("landlord", "Acme", "“Landlord” must be a client"),
        ("rent_per_metre", 5, "“Rent per metre” is computed from other fields"),
        ("nonsense", 5, "There is no custom field “nonsense”"),
    ],
)
def test_the_verb_refuses_what_does_not_fit_and_names_the_field(cast, acme, key, value, reason):
    with pytest.raises(Refused) as refusal:
        change(acme, cast, **{key: value})
    assert reason in refusal.value.message
    assert Account.objects.get(pk=acme.pk).custom == {}


def test_a_required_field_is_asked_by_whole_forms_and_cannot_be_cleared(cast, acme):
    make_custom_field("segment", "choice", options=SEGMENTS, is_required=True)
    acme.change({"employees": 11}, by=cast.salesperson, at=timezone.now())
    change(acme, cast, segment="retail")
    with pytest.raises(Refused, match="“Segment” must be filled in"):
        change(acme, cast, segment=None)
    with pytest.raises(Refused, match="“Segment” must be filled in"):
        Account.create(name="Bolt", custom={"segment": ""}, by=cast.head, at=timezone.now())
    make_account("Quick", owner=cast.head)


def test_a_change_of_one_field_leaves_the_others_and_the_timeline_names_it(cast, client_of, acme):
    make_custom_field("motto", label="Motto of the house")
    make_custom_field("area", "number")
    change(acme, cast, motto="One", area=5)
    version = acme.version
    change(acme, cast, motto="Two")
    change(acme, cast, motto="Two")
    assert acme.custom == {"motto": "Two", "area": 5}
    assert acme.version == version + 1
    told = Event.objects.filter(name="account.changed").latest("pk")
    assert told.payload["fields"] == ["custom.motto"]
    assert (
        "Changed: Motto of the house"
        in client_of(cast.salesperson).get(acme.get_absolute_url()).content.decode()
    )
    history = apps.get_model("accounts", "AccountHistory").objects.filter(pgh_obj=acme).order_by("pgh_id")
    assert [each.custom.get("motto") for each in history][-2:] == ["One", "Two"]


def test_renaming_an_option_keeps_values_and_retiring_it_keeps_them_readable(cast, client_of, acme):
    make_custom_field("segment", "choice", options=SEGMENTS)
    change(acme, cast, segment="retail")
    option = CustomOption.objects.get(key="retail")
    option.label, option.is_retired = "High street", True
    option.save()
    salesperson = client_of(cast.salesperson)
    assert "High street" in salesperson.get(acme.get_absolute_url()).content.decode()
    form = salesperson.get(url(acme)).content.decode()
    assert '<option value="retail" selected>High street</option>' in form
    other = make_account("Other", owner=cast.salesperson)
    assert "High street" not in salesperson.get(url(other)).content.decode()
    with pytest.raises(Refused, match="“High street” is not an option"):
        change(other, cast, segment="retail")
    change(acme, cast, segment="retail")


def test_a_retired_field_is_shown_where_it_is_filled_and_asked_nowhere(cast, client_of, acme):
    field = make_custom_field("motto")
    change(acme, cast, motto="Bread and salt")
    field.is_retired = True
    field.save()
    salesperson = client_of(cast.salesperson)
    assert "Bread and salt" in salesperson.get(acme.get_absolute_url()).content.decode()
    assert "custom_motto" not in salesperson.get(url(acme)).content.decode()
    with pytest.raises(Refused, match="no longer used"):
        change(acme, cast, motto="Something else")


def typed(landlord) -> dict[str, object]:
    """Values as people type them."""
    return {
        "custom_motto": "Bread & salt",
        "custom_area": "1 200,5 m²",
        "custom_share": "15 %",
        "custom_rent": "2400",
        "custom_contract_until": "2027-03-31",
        "custom_segment": "retail",
        "custom_channels": ["online", "retail"],
        "custom_landlord": f"Landlord · ID{landlord.pk}",
    }


@pytest.mark.usefixtures("fields")
def test_the_form_reads_what_people_type_and_the_card_shows_it(cast, client_of, acme):
    landlord = make_account("Landlord", owner=cast.salesperson)
    salesperson = client_of(cast.salesperson)
    form = salesperson.get(url(acme)).content.decode()
    assert form.index("Motto") < form.index("Area, m²") < form.index("Rent, USD")
    assert "floor area" in form
    assert "rent_per_metre" not in form
    response = salesperson.post(url(acme), form_of(acme) | typed(landlord))
    assert response.status_code == 302, response.context["form"].errors
    acme.refresh_from_db()
    assert acme.custom["area"] == Decimal("1200.5")
    assert acme.custom["share"] == 15
    page = salesperson.get(acme.get_absolute_url()).content.decode()
    for words in (
        "Bread &amp; salt",
        "1,200.5\xa0m²",
        "15\xa0%",
        "2,400.00\xa0USD",
        "Mar 31, 2027",
        "Retail, Online",
        f'<a href="/clients/{landlord.pk}/">Landlord</a>',
        "2\xa0USD/m²",
    ):
        assert words in page, words
    again = salesperson.get(url(acme)).content.decode()
    assert 'value="1,200.5"' in again
    assert 'value="2027-03-31"' in again


@pytest.mark.usefixtures("fields")
def test_a_form_with_custom_fields_sent_back_as_it_came_changes_nothing(cast, client_of, acme):
    landlord = make_account("Landlord", owner=cast.salesperson)
    salesperson = client_of(cast.salesperson)
    salesperson.post(url(acme), form_of(acme) | typed(landlord))
    acme.refresh_from_db()
    form = salesperson.get(url(acme)).context["form"]
    names = form.custom_names
    sent = {name: form[name].value() for name in names}
    sent |= {name: form[name].field.prepare_value(sent[name]) for name in ("custom_area", "custom_share")}
    sent |= {"custom_rent": "2400", "custom_landlord": f"ID{landlord.pk}"}
    events = Event.objects.count()
    assert salesperson.post(url(acme), form_of(acme) | sent).status_code == 302
    assert Event.objects.count() == events


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("custom_area", "6000", "“Area” is from 1\xa0m² to 5,000\xa0m², not 6,000\xa0m²"),
        ("custom_area", "15 %", "“15 %” is a percentage; this field is in m²."),
        ("custom_share", "0,15", "may mean 0.15 % or 15 %: write it with the sign."),
        ("custom_share", "1500", "“Share” is from 0\xa0% to 100\xa0%"),
        ("custom_rent", "a lot", "is not an amount"),
        ("custom_contract_until", "tomorrow", "Enter a valid date"),
        ("custom_segment", "king", "Select a valid choice"),
        ("custom_channels", ["king"], "Select a valid choice"),
        ("custom_landlord", "Nobody Ltd", "There is no client"),
        ("custom_motto", "a\x00b", "Null characters"),
    ],
)
def test_a_bad_value_says_why_and_everything_typed_stays(cast, client_of, acme, name, value, reason):
    sent = form_of(acme, name="Acme of mine") | {"custom_motto": "My motto", name: value}
    response = client_of(cast.salesperson).post(url(acme), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert reason in page
    assert 'value="Acme of mine"' in page
    assert name == "custom_motto" or 'value="My motto"' in page
    assert Account.objects.get(pk=acme.pk).custom == {}


def test_the_second_of_two_people_sees_what_the_first_put_into_a_field(cast, client_of, acme):
    make_custom_field("motto")
    sent = form_of(acme) | {"custom_motto": "Mine"}
    change(acme, cast, motto="Theirs")
    response = client_of(cast.salesperson).post(url(acme), sent)
    assert response.status_code == 409
    (conflict,) = response.context["merging"].conflicts
    assert conflict.name == "custom_motto"
    assert [words for _choice, _called, words in conflict.offered][:2] == ["Mine", "Theirs"]
    assert 'value="Mine"' in response.content.decode()


def test_a_client_one_may_not_see_is_neither_named_nor_lost(cast, client_of, acme):
    make_custom_field("landlord", "relation")
    hidden = make_account("Hidden", owner=cast.outsider)
    change(acme, cast, landlord=hidden)
    salesperson = client_of(cast.salesperson)
    assert "Hidden" not in salesperson.get(acme.get_absolute_url()).content.decode()
    assert "Hidden" not in salesperson.get(url(acme)).content.decode()
    assert salesperson.post(url(acme), form_of(acme, employees="12")).status_code == 302
    acme.refresh_from_db()
    assert acme.custom == {"landlord": hidden.pk}


def test_the_outsider_writes_no_custom_field(cast, client_of, acme):
    make_custom_field("motto")
    sent = form_of(acme) | {"custom_motto": "Mine"}
    assert client_of(cast.outsider).post(url(acme), sent).status_code == 404
    assert client_of(cast.support).post(url(acme), sent).status_code == 403
    assert Account.objects.get(pk=acme.pk).custom == {}


def test_a_contact_has_custom_fields_of_its_own(cast, client_of, acme):
    make_custom_field("motto")
    make_custom_field("birthday", "date", record="contact")
    ivan = make_contact(acme)
    salesperson = client_of(cast.salesperson)
    form = salesperson.get(f"/contacts/{ivan.pk}/edit/").content.decode()
    assert "custom_birthday" in form
    assert "custom_motto" not in form
    rows = {"points-TOTAL_FORMS": 1, "points-INITIAL_FORMS": 0}
    sent = rows | {"name": "Ivan Petrov", "position": "Director", "custom_birthday": "1980-02-30"}
    assert salesperson.post(f"/contacts/{ivan.pk}/edit/", sent).status_code == 422
    assert (
        salesperson.post(f"/contacts/{ivan.pk}/edit/", sent | {"custom_birthday": "1980-02-28"}).status_code
        == 302
    )
    assert Contact.objects.get().custom == {"birthday": "1980-02-28"}
    assert "Birthday: Feb 28, 1980" in salesperson.get(acme.get_absolute_url()).content.decode()
    assert salesperson.post(
        f"/clients/{acme.pk}/contacts/new/", sent | {"name": "Anna", "custom_birthday": ""}
    ).url
    assert Contact.objects.get(name="Anna").custom == {}


def test_custom_fields_cost_the_card_and_the_form_no_statement(cast, client_of, acme, fields):
    change(acme, cast, motto="Bread", area=5, segment="retail")
    kept.of("client")
    salesperson = client_of(cast.salesperson)
    with assert_query_count("card"):
        salesperson.get(acme.get_absolute_url())
    with assert_query_count("edit, form"):
        salesperson.get(url(acme))
