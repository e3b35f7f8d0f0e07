"""Custom fields of clients as columns of a file."""

from decimal import Decimal

import pytest

from accounts.models import Account
from accounts.testing import make_account, make_custom_field
from integrations.tests.test_import_command import mapped, run, written  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
SEGMENTS = {"retail": "High street", "online": "Online"}


@pytest.fixture
def fields(cast):
    return [
        make_custom_field("area", "number", unit="m²", least=1, most=5000, decimals=1),
        make_custom_field("share", "number", unit="%", least=0, most=100, decimals=1),
        make_custom_field("segment", "choice", options=SEGMENTS),
        make_custom_field("channels", "choices", options=SEGMENTS),
        make_custom_field("until", "date", label="Contract until"),
        make_custom_field("motto"),
        make_custom_field("twice", "formula", formula="area * 2"),
    ]


@pytest.mark.usefixtures("fields")
def test_columns_are_known_by_label_or_key_and_options_by_their_labels(cast, written):  # noqa: F811
    table = written(
        "Name,Area,share,Segment,Channels,Contract until,Motto\n"
        'Acme,120.5 m²,15 %,high street,"Online;High street",2027-03-31,Bread & salt\n'
        "Bolt,,,online,,,\n"
    )
    code, _answer = run("accounts", table, email=cast.head.email)
    assert code == 0
    assert Account.objects.get(name="Acme").custom == {
        "area": Decimal("120.5"),
        "share": 15,
        "segment": "retail",
        "channels": ["retail", "online"],
        "until": "2027-03-31",
        "motto": "Bread & salt",
    }
    assert Account.objects.get(name="Bolt").custom == {"segment": "online"}


@pytest.mark.usefixtures("fields")
def test_a_second_file_changes_what_it_names_and_the_same_again_nothing(cast, written):  # noqa: F811
    acme = make_account("Acme", owner=cast.head, custom={"motto": "Bread", "area": 5})
    table = written("Name,Area\nAcme,120.5\n")
    for version in (2, 2):
        assert run("accounts", table, email=cast.head.email)[0] == 0
        acme.refresh_from_db()
        assert (acme.custom, acme.version) == ({"motto": "Bread", "area": Decimal("120.5")}, version)


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("Area", "6000", "“Area” is from 1\xa0m² to 5,000\xa0m², not 6,000\xa0m²."),
        ("Area", "15%", "“15%” is a percentage; this field is in m²."),
        ("Share", "0.15", "“0.15” may mean 0.15 % or 15 %: write it with the sign."),
        ("Share", "256.76", "“Share” is from 0\xa0% to 100\xa0%, not 256.76\xa0%."),
        ("Segment", "King", "“King” is not an option of “Segment”. Choose one of: High street, Online."),
        ("Contract until", "soon", "is not a date"),
    ],
)
def test_a_cell_that_does_not_fit_rejects_its_row_with_the_reason(cast, written, column, text, reason):  # noqa: F811
    _code, answer = run("accounts", written(f"Name,{column}\nAcme,{text}\nBolt,\n"), email=cast.head.email)
    assert reason in str(answer).replace("\\xa0", "\xa0")
    assert list(Account.objects.values_list("name", flat=True)) == ["Bolt"]
