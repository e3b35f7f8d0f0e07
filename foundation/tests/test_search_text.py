import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.search_text import (
    CYRILLIC_KEYS,
    LATIN_KEYS,
    LONGEST_SORT_KEY,
    digits,
    normalised,
    on_other_keyboard,
    readings,
    sort_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иван", "Ivan"),
        ("Семёнов", "СЕМЕНОВ"),
        ("Ольга", "Olga"),
        ("Татьяна", "Tat'yana"),
        ("объект", "обект"),
        ("José  Núñez", "jose nunez"),
        ("Jose\u0301", "José"),
        ("Straße", "STRASSE"),
        ("ＡＣＭＥ １２", "acme 12"),
        ("Acme-Soft, Ltd.", "acme soft ltd"),
        ("北京", "beijing"),
    ],
)
def test_spellings_of_one_name_meet(one, other):
    assert normalised(one) == normalised(other)


def test_parts_are_joined_and_empty_ones_left_out():
    assert normalised("Анна", None, "", " Smith ") == "anna smith"


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalised(text)
    assert normalised(once) == once
    assert once.isascii()
    assert "  " not in once


@given(st.text(alphabet=LATIN_KEYS[:33]), st.text(alphabet="a"))
def test_latin_keys_come_back_from_the_other_keyboard(text, letter):
    # A Latin letter in front tells which layout the text is in, even when the rest is punctuation.
    typed = "a" + text + letter
    assert on_other_keyboard(on_other_keyboard(typed)) == typed


@given(st.text(alphabet=CYRILLIC_KEYS[:33], min_size=1))
def test_cyrillic_comes_back_from_the_other_keyboard(text):
    assert on_other_keyboard(on_other_keyboard(text)) == text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bdfy", ["bdfy", "ivan"]),
        ("BDFY", ["bdfy", "ivan"]),
        ("щка", ["shchka", "orf"]),
        ("Фсьу", ["fsu", "acme"]),
        (";tyz", ["tyz", "zhenya"]),
        ("2024.05", ["2024 05"]),
        ("«»", []),
        ("", []),
    ],
)
def test_a_query_is_also_read_as_typed_on_the_other_keyboard(query, expected):
    assert readings(query) == expected


@given(st.text())
def test_readings_are_distinct_and_never_empty(query):
    meant = readings(query)
    assert len(set(meant)) == len(meant) <= 2
    assert all(meant)


def test_names_go_in_the_order_people_expect():
    ordered = [
        "«1С»",
        "Store 9",
        "store 10",
        "Æther",
        "ООО «Азбука»",
        "Елка",
        "Ёлка 2",
        "Жук",
        "Игла",
        "Йод",
        "Кот",
    ]
    assert sorted(set(ordered), key=sort_key) == ordered


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ООО «Ромашка»", "ромашка"),
        ("ООО", "ооо"),
        ("ИП Ёжиков А. Б.", "ежиков а б"),
        ("  O'Neil & Sons ", "oneil sons"),
        ("Élan №7", "elan no0000000007"),
        ("!!!", "!!!"),
        ("", ""),
    ],
)
def test_what_does_not_count_is_left_out_of_the_sort_key(name, key):
    assert sort_key(name) == key


@given(st.text(max_size=500))
def test_a_sort_key_fits_its_column_and_ignores_case(name):
    assert len(sort_key(name)) <= LONGEST_SORT_KEY
    assert sort_key(name.casefold()) == sort_key(name)


def test_digits_of_any_script_are_kept_as_ascii():
    assert digits("+7 (912) ٣٤٥-67½") == "791234567"
