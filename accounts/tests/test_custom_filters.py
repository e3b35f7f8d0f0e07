"""The list of clients narrowed by custom fields."""

import pytest
from django.db import connection
from django.utils import timezone

from accounts.custom.definitions import definition
from accounts.custom.filters import AskedField, CustomFilter, condition
from accounts.models import Account
from accounts.testing import make_account, make_custom_field
from accounts.tests.test_list import names

URL = "/clients/"
SEGMENTS = {"retail": "Retail", "wholesale": "Wholesale", "online": "Online"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def clients(cast):
    """Three clients, told apart by every kind of field; the third has none filled in."""
    make_custom_field("motto", position=1)
    make_custom_field("area", "number", unit="m²", decimals=1, position=2)
    make_custom_field("share", "number", unit="%", decimals=2, position=3)
    make_custom_field("until", "date", position=4)
    make_custom_field("segment", "choice", options=SEGMENTS, position=5)
    make_custom_field("channels", "choices", options=SEGMENTS, position=6)
    make_custom_field("landlord", "relation", position=7)
    make_custom_field("twice", "formula", formula="area × 2", position=8)
    acme, bolt, _cube = (make_account(name, owner=cast.salesperson) for name in ("Acme", "Bolt", "Cube"))
    first = {"motto": "Bread & Salt 50%", "area": 100, "share": 15, "until": "2027-01-31"}
    first |= {"segment": "retail", "channels": ["retail", "online"], "landlord": bolt}
    second = {"motto": "Fish", "area": 9, "share": 0, "until": "2027-02-01"}
    second |= {"segment": "online", "channels": ["online"], "landlord": acme}
    acme.change({"custom": first}, by=cast.salesperson, at=timezone.now())
    bolt.change({"custom": second}, by=cast.salesperson, at=timezone.now())
    return acme, bolt


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(
    ("query", "found", "chip"),
    [
        ("custom.motto=salt", ["Acme"], "Motto: “salt”"),
        ("custom.motto=50%25", ["Acme"], "Motto: “50%”"),
        ("custom.area.from=10", ["Acme"], "Area, m² from: 10\xa0m²"),
        ("custom.area.to=99.5", ["Bolt"], "Area, m² to: 99.5\xa0m²"),
        ("custom.area.from=9&custom.area.to=100", ["Acme", "Bolt"], "Area, m² to: 100\xa0m²"),
        ("custom.share.from=0.15", ["Acme"], "Share, % from: 0.15\xa0%"),
        ("custom.share.to=0", ["Bolt"], "Share, % to: 0\xa0%"),
        ("custom.until.from=2027-02-01", ["Bolt"], "Until from: Feb 1, 2027"),
        ("custom.until.to=2027-01-31", ["Acme"], "Until to: Jan 31, 2027"),
        ("custom.segment=retail", ["Acme"], "Segment: Retail"),
        ("custom.segment=retail,online", ["Acme", "Bolt"], "Segment: Retail, Online"),
        ("custom.segment=retail&custom.segment=online", ["Acme", "Bolt"], "Segment: Retail, Online"),
        ("custom.channels=retail", ["Acme"], "Channels: Retail"),
        ("custom.channels=online", ["Acme", "Bolt"], "Channels: Online"),
        ("custom.nonsense=5", ["Acme", "Bolt", "Cube"], ""),
        ("custom.twice=5", ["Acme", "Bolt", "Cube"], ""),
    ],
)
def test_the_list_is_narrowed_by_every_kind_and_a_chip_says_so(cast, client_of, query, found, chip):
    page = client_of(cast.salesperson).get(f"{URL}?{query}&sort=name")
    assert names(page) == found
    assert chip in page.content.decode()
    assert names(client_of(cast.outsider).get(f"{URL}?{query}")) == []


def test_clients_are_found_by_the_client_they_name(cast, client_of, clients):
    bolt = clients[1]
    for asked in (str(bolt.pk), f"Bolt · ID{bolt.pk}"):
        assert names(client_of(cast.salesperson).get(URL, {"custom.landlord": asked})) == ["Acme"]


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(
    "query",
    [
        "custom.area.from=wide",
        "custom.until.from=2027-02-31",
        "custom.until.to=soon",
        "custom.segment=king",
        "custom.landlord=Bolt",
        "custom.landlord=9999999999999999999",
        "custom.motto=%00",
        "custom.motto=" + "x" * 201,
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(cast, client_of, query):
    assert client_of(cast.salesperson).get(f"{URL}?{query}").status_code == 422


@pytest.mark.usefixtures("clients")
def test_the_form_of_filters_offers_the_fields_and_keeps_what_was_asked(cast, client_of):
    page = client_of(cast.salesperson).get(f"{URL}filters/?custom.area.from=10&custom.segment=retail")
    text = page.content.decode()
    assert 'name="custom.area.from" value="10"' in text
    assert '<option value="retail" selected>Retail</option>' in text
    assert 'name="custom.until.to"' in text
    assert "custom.twice" not in text


@pytest.mark.parametrize(
    ("kind", "end", "typed", "index"),
    [
        ("text", "", "salt", "gin (UPPER(\"custom\" ->> 'x') gin_trgm_ops)"),
        ("number", "from", "5", "btree ((((\"custom\" -> 'x'))::numeric))"),
        ("date", "to", "2027-01-01", "btree ((\"custom\" ->> 'x'))"),
    ],
)
def test_the_condition_is_written_as_the_index_is(cast, kind, end, typed, index):
    """The planner takes the index of the field as soon as reading the whole table is forbidden."""
    make_custom_field("x", kind)
    found = definition("client", "x")
    asked = AskedField(definition=found, required=False).clean(typed)
    assert CustomFilter(found, end).label
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX of_x ON accounts_account USING {index}")
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Account.objects.filter(condition(found, end, asked)).order_by().explain()
    assert "of_x" in plan
