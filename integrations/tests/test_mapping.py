"""A mapping that cannot work says which key, column or field is wrong."""

import json

import pytest

from integrations.fields import Field
from integrations.mapping import MappingError, checked, mapping_from, read_mapping

FIELDS = [
    Field(name="name", label="Name", is_required=True, synonyms=["Client", "Название"]),
    Field(name="email", label="E-mail", synonyms=["Почта"]),
    Field(name="revenue", label="Revenue", kind="amount"),
]


def fitted(mapping, headers):
    return checked(mapping_from(mapping), entity="accounts", headers=headers, fields=FIELDS)


def test_columns_are_matched_by_their_heading_in_two_languages():
    mapping = fitted({}, ["НАЗВАНИЕ", "e_mail", "Shoe size"])
    assert mapping.columns == {"НАЗВАНИЕ": "name", "e_mail": "email"}


def test_what_the_mapping_says_wins_over_headings():
    mapping = fitted({"columns": {"Title": "name"}, "ignored": ["E-mail"]}, ["Title", "Name", "E-mail"])
    assert mapping.columns == {"Title": "name"}


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ([], "A mapping is a JSON object"),
        ({"colums": {}}, "keys that mean nothing here: colums"),
        ({"columns": ["name"]}, "“columns” in the mapping must be an object of texts"),
        ({"columns": {"Name": 1}}, "“columns” in the mapping must be an object of texts"),
        ({"scale": {"revenue": "many"}}, "“scale” in the mapping must be an object of numbers"),
        ({"scale": {"revenue": -1}}, "out of bounds"),
        ({"date_format": "y-d-m"}, "“date_format” is one of"),
        ({"decimal_mark": ";"}, "a point or a comma"),
        ({"entity": "deals"}, "The mapping is for “deals”, not for “accounts”"),
        ({"columns": {"Absent": "email"}}, "The file has no column “Absent”"),
        ({"columns": {"Name": "shoe_size"}}, "There is no field “shoe_size”"),
        ({"columns": {"Name": "name", "Mail": "name"}}, "Two columns fill the same field: “name”"),
        ({"ignored": ["Name"]}, "Choose the column for “Name”"),
        ({"match": ["email"]}, "matched by “email”, but no column fills it"),
        ({"pipeline": {"name": "P", "stages": [{"name": "A", "kind": "done"}]}}, "open, won or lost"),
        ({"pipeline": {"name": "P"}}, "needs a name and stages"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(mapping, sentence):
    with pytest.raises(MappingError, match=r".") as refusal:
        fitted(mapping, ["Name", "Mail"])
    assert sentence in refusal.value.message


def test_a_mapping_file_that_is_no_json_or_absent_says_so(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(MappingError, match="is not JSON"):
        read_mapping(broken)
    with pytest.raises(MappingError, match="cannot be opened"):
        read_mapping(tmp_path / "absent.json")
    broken.write_text("[" * 100_000)
    with pytest.raises(MappingError, match="is not JSON"):
        read_mapping(broken)


def test_a_mapping_goes_to_json_and_back():
    said = {"entity": "accounts", "columns": {"Name": "name"}, "scale": {"revenue": "1000000"}}
    assert mapping_from(json.loads(json.dumps(mapping_from(said).as_json()))) == mapping_from(said)


def test_an_unknown_name_can_be_given_a_meaning():
    mapping = mapping_from({"values": {"product": {"A": "B"}}}).with_value("product", "GTXPro", "GTX Pro")
    assert mapping.values == {"product": {"A": "B", "GTXPro": "GTX Pro"}}
