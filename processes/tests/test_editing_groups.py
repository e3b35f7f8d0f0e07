"""Conditions as groups within groups, and about the rows of a list: shown, changed, and written as they were."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations
from processes.editing.around import Around
from processes.editing.asking import Asking, Group
from users.testing import Cast

AMOUNT, TITLE, DAY = (
    ["deal.amount", "gt", "100"],
    ["deal.title", "contains", "Rose"],
    ["deal.next_step_on", "empty"],
)
LINE = ["line.quantity", "gte", "5"]
TREES = [
    {"all": [AMOUNT, {"any": [TITLE, DAY]}]},
    {"any": [AMOUNT, {"all": [TITLE, {"not": {"any": [DAY, AMOUNT]}}]}]},
    {"not": {"any": [AMOUNT, TITLE]}},
    {"all": [{"some": ["deal.lines", {"all": [LINE]}]}]},
    {"all": [{"not": {"some": ["deal.lines", {"any": [LINE, LINE]}]}}]},
    {"all": [{"not": {"some": ["deal.lines", {"not": {"all": [LINE]}}]}}]},
]  # fmt: skip


@pytest.fixture
def around(cast: Cast) -> Around:
    return Around(operations.create(name="Roses", subject_kind="deal", by=cast.head, at=timezone.now()))


def sent(asking: Asking, again: str = "") -> QueryDict:
    """What a browser would send of the form."""
    said = QueryDict(mutable=True)

    def put(group: Group) -> None:
        said[f"{group.id}-join"] = group.join
        if group.of_list is not None:
            said[f"{group.id}-list"], said[f"{group.id}-how"] = group.of_list.name, group.how
        for each in group.parts:
            if each.is_group:
                put(each)
            else:
                said[f"{each.id}-field"], said[f"{each.id}-op"] = each.name, each.op
                said.setlist(f"{each.id}-value", each.values)

    put(asking.root)
    if asking.kept:
        said[f"{asking.prefix}-kept"] = asking.kept_json
    if again:
        said["again"] = again
    return said


def pressed(around: Around, tree: Any, again: str) -> Any:
    return Asking(around, "when", said=sent(Asking(around, "when", tree), again)).tree()


@pytest.mark.parametrize("tree", TREES)
def test_a_tree_is_the_same_after_it_was_shown_and_sent(around: Around, tree: Any) -> None:
    shown = Asking(around, "when", tree)
    assert shown.kept == []
    assert shown.tree() == tree
    assert Asking(around, "when", said=sent(shown)).tree() == tree


def test_questions_move_into_a_group_and_out_of_it(around: Around) -> None:
    tree = {"all": [AMOUNT, {"any": [TITLE, DAY]}]}
    assert pressed(around, tree, "in:when-0") == {"all": [{"any": [TITLE, DAY, AMOUNT]}]}
    assert pressed(around, tree, "out:when-1-0") == {"all": [AMOUNT, {"any": [DAY]}, TITLE]}
    assert pressed(around, tree, "remove:when-1-1") == {"all": [AMOUNT, {"any": [TITLE]}]}
    assert pressed(around, tree, "remove:when-1") == {"all": [AMOUNT]}
    assert pressed(around, tree, "out:when-0") == tree, "there is nothing it could be moved out of"
    assert pressed(around, tree, "in:when-1-0") == tree, "there is no group beside it"


def test_a_question_never_leaves_the_list_it_is_about(around: Around) -> None:
    tree = {"all": [{"any": [TITLE]}, {"some": ["deal.lines", {"all": [LINE]}]}]}
    assert pressed(around, tree, "out:when-1-0") == tree


def test_an_empty_group_stands_in_the_form_and_says_nothing(around: Around) -> None:
    tree = {"all": [AMOUNT]}
    form = Asking(around, "when", said=sent(Asking(around, "when", tree), "group:when"))
    assert [each.is_group for each in form.root.parts] == [False, True]
    assert form.root.parts[1].id == "when-1"
    assert form.tree() == tree


def test_a_list_is_asked_about_by_choosing_it(around: Around) -> None:
    said = QueryDict(mutable=True)
    said["when-0-field"] = "deal.lines"
    form = Asking(around, "when", said=said)
    group = form.root.parts[0]
    assert (group.is_group, group.how) == (True, "some")
    assert "line.quantity" in dict(group.fields)
    assert "deal.amount" not in dict(group.fields)


def test_what_is_too_deep_is_kept_and_said(around: Around) -> None:
    deep: Any = AMOUNT
    for _level in range(5):
        deep = {"any": [deep, TITLE]}
    tree = {"all": [DAY, deep]}
    shown = Asking(around, "when", tree)
    assert (len(shown.root.parts), shown.kept) == (1, [deep])
    assert "Deal: amount" in shown.kept_words[0]
    assert shown.tree() == tree


def test_how_many_match_now_is_counted_of_groups(around: Around, cast: Cast) -> None:
    make_deal("Rose garden", owner=cast.salesperson, amount=50)
    make_deal("Pond", owner=cast.salesperson, amount=500)
    make_deal("Fence", owner=cast.salesperson, amount=50)
    asking = Asking(around, "when", {"any": [AMOUNT, {"all": [TITLE, DAY]}]})
    assert asking.matches(timezone.now()) == 2
    none = Asking(around, "when", {"not": {"any": [AMOUNT, TITLE]}})
    assert none.matches(timezone.now()) == 1


def test_a_wrong_value_deep_in_a_group_is_said_beside_its_row(around: Around) -> None:
    form = Asking(around, "when", {"all": [{"any": [["deal.amount", "gt", "lots"], TITLE]}]})
    with pytest.raises(Refused):
        form.tree()
    assert "lots" in form.root.parts[0].parts[0].error
