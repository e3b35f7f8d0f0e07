"""Conditions are written and read back as they were; nonsense is refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Refused
from lists.where.grammar import MOST_CONDITIONS, Condition, Group, joined, parsed, without, written

words = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=12
)
conditions = st.builds(Condition, words, words, st.lists(words, max_size=3).map(tuple))
inner = st.builds(Group, st.booleans(), st.lists(conditions, min_size=1, max_size=3).map(tuple))
trees = st.builds(Group, st.booleans(), st.lists(conditions | inner, min_size=1, max_size=4).map(tuple))


@given(trees)
def test_what_is_written_is_read_back(tree):
    assert parsed(written(tree)) == tree


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        tree = parsed(text)
    except Refused:
        return
    assert parsed(written(tree)) == tree if tree.items else written(tree) == ""


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "all(",
        "all())",
        "all(a)",
        "all(:from:1)",
        "all(a:)",
        "none(a:is:1)",
        "all(any())",
        "all(any(any(a:is:1)))",
        "all(a:is:1\\",
        "all(" + ";".join(["a:is:1"] * (MOST_CONDITIONS + 1)) + ")",
        "all(a:is:" + "x" * 3000 + ")",
        "all(a:in:" + ",".join(["1"] * 101) + ")",
    ],
)
def test_nonsense_is_refused(text):
    with pytest.raises(Refused):
        parsed(text)


def test_a_condition_joins_the_outer_group_an_inner_one_or_one_of_its_own():
    first, more = Condition("a", "is", ("1",)), Condition("b", "is", ("2",))
    tree = joined(Group(), first, "")
    assert written(joined(tree, more, "")) == "all(a:is:1;b:is:2)"
    nested = joined(tree, more, "any")
    assert written(nested) == "all(a:is:1;any(b:is:2))"
    assert written(joined(nested, first, "1")) == "all(a:is:1;any(b:is:2;a:is:1))"


def test_taking_the_last_condition_of_a_group_away_takes_the_group_away():
    tree = parsed("all(a:is:1;any(b:is:2;c:is:3))")
    assert written(without(tree, (1, 0))) == "all(a:is:1;any(c:is:3))"
    assert written(without(parsed("all(a:is:1;any(b:is:2))"), (1, 0))) == "all(a:is:1)"
    assert written(without(parsed("all(a:is:1)"), (0,))) == ""
