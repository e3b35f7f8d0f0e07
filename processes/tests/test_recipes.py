"""Each process to begin with is walked to every end, by every answer people may give."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.testing import make_account
from deals.testing import make_deal
from foundation.automation import all_actions, all_fields
from foundation.facts import catalogue
from processes import operations, working
from processes.checks import Known, fields_in, problems_of
from processes.conditions import checking, reading
from processes.engine import advance as engine
from processes.engine.state import State
from processes.graph.blocks import walk
from processes.graph.model import Graph, Kind
from processes.graph.outline import to_graph
from processes.graph.soundness import problems
from processes.models import Incident, WorkItem
from processes.recipes import RECIPES, Recipe
from processes.sentences import sentence
from processes.testing import make_process, open_work, pass_time_until
from processes.tests.driving import Driven, possible, without_keys
from users.models import Notification, Role
from users.testing import Cast

UTC = ZoneInfo("UTC")
EVERY = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
ENDS = {
    "first_touch": {"answered", "done"},
    "big_deal": {"declined", "done"},
    "contract": {"declined", "done"},
    "onboarding": {"done"},
    "payments": {"not paid", "done"},
    "complaint": {"declined", "done"},
    "documents": {"done", "not received"},
    "new_director": {"nothing to renew", "done"},
    "terms_upgrade": {"declined", "done"},
    "silent_client": {"speaks again", "done"},
    "hand_over": {"declined", "done"},
}
OTHER_ANSWERS: dict[str, dict[str, Any]] = {
    "first_touch": {"first_minutes": 5, "late_minutes": 10, "touches": 5},
    "big_deal": {"amount": "100000.00", "stage": 7},
    "payments": {"payments": 1},
    "documents": {"days": 3, "documents": "The statute"},
    "silent_client": {"tries": 1, "silence": 90},
}


def test_there_are_eleven_of_them_each_with_ends_told_here() -> None:
    assert len(RECIPES) == 11
    assert RECIPES.keys() == ENDS.keys()


@EVERY
def test_a_recipe_is_walked_to_every_end(recipe: Recipe) -> None:
    for answers in ({}, OTHER_ANSWERS.get(recipe.key, {})):
        graph = to_graph(recipe.outline(answers))
        passed, results = walked(graph)
        assert results == ENDS[recipe.key]
        assert passed == graph.nodes.keys(), "every block is done in some run"


@EVERY
def test_a_recipe_has_no_problem_of_shape(recipe: Recipe) -> None:
    for answers in ({}, OTHER_ANSWERS.get(recipe.key, {})):
        assert problems(to_graph(recipe.outline(answers))) == []


@EVERY
@pytest.mark.django_db
def test_a_recipe_names_only_what_the_rooms_offer(recipe: Recipe) -> None:
    known = Known(
        subject_kind=recipe.subject,
        fields=all_fields().keys(),
        actions=all_actions().keys() | {"notify"},
        roles=dict.fromkeys(Role.objects.values_list("key", flat=True), 1),
        facts=catalogue().keys(),
    )
    found = problems_of(to_graph(recipe.outline({})), known)
    assert [each.sentence for each in found] == []
    for start in recipe.starts({}):
        assert start.keys() & {"fact", "schedule", "button"}
        assert start.get("fact", "deal.won") in known.facts
        assert {start.get("field", "deal.title"), *fields_in(start.get("when"))} <= known.fields


@EVERY
@pytest.mark.django_db
def test_the_conditions_of_a_recipe_can_be_asked_of_its_records(recipe: Recipe) -> None:
    trees = [start.get("when") for start in recipe.starts(OTHER_ANSWERS.get(recipe.key, {}))]
    trees += [flow.when for flow in to_graph(recipe.outline({})).flows]
    for tree in filter(None, trees):
        assert checking.checked(reading.read(tree), checking.fields_of(recipe.subject), UTC)


@EVERY
def test_a_recipe_is_published_and_begun_as_it_is(recipe: Recipe, cast: Cast) -> None:
    process = make_process(
        recipe.outline({})["blocks"],
        name=str(recipe.title),
        subject_kind=recipe.subject,
        starts=recipe.starts({}),
        by=cast.admin,
        **recipe.guards,
    )
    account = make_account("Gardens of the South", owner=cast.salesperson)
    record = (
        account
        if recipe.subject == "account"
        else make_deal("Roses", account=account, owner=cast.salesperson)
    )
    run = operations.start(process, record.pk, by=cast.salesperson, at=timezone.now())
    assert open_work(run)
    assert not Incident.objects.exists()


@EVERY
@pytest.mark.django_db
def test_every_block_of_a_recipe_reads_as_a_sentence(recipe: Recipe) -> None:
    for block, _depth, _place in walk(recipe.outline({})):
        words = sentence(block)
        assert words.endswith(".")
        assert words[0].isupper()


@EVERY
def test_every_question_of_a_recipe_has_an_answer_of_its_kind(recipe: Recipe) -> None:
    for question in recipe.questions:
        match question.kind:
            case "number":
                assert isinstance(question.default, int)
            case "duration":
                assert question.default.keys() == {"amount", "unit"}
            case "money" | "text" | "role":
                assert isinstance(question.default, str)
            case "choice":
                assert question.field
            case other:
                raise AssertionError(other)


def test_unanswered_questions_keep_their_defaults_and_unknown_answers_are_left_out() -> None:
    complete = RECIPES["documents"].complete({"days": None, "other": 1})
    assert complete == {"days": 7, "documents": ""}


def test_documents_are_reminded_of_six_times_before_the_call() -> None:
    """No file comes: every wait for time ends, every reminder is sent, until somebody is to call."""
    driven = Driven(to_graph(RECIPES["documents"].outline({})))
    done: list[str] = []
    while "Call the client about the documents" not in (open_now := names_of(driven)).values():
        token = next(key for key, name in open_now.items() if name != "A file came")
        node = driven.graph.nodes[driven.open[token]]
        done.append(node.name)
        driven.do(
            engine.Spread(token, node.data["times"]) if node.kind is Kind.EACH else engine.Finish(token)
        )
    assert done.count("Remind of the documents") == 6
    assert done.count("A day has passed") == 6


def names_of(driven: Driven) -> dict[int, str]:
    """What is open, by its name."""
    return {token: driven.graph.nodes[key].name for token, key in driven.open.items()}


def walked(graph: Graph) -> tuple[set[str], set[str]]:
    """Every node some run goes through, and every result, over all states the engine can come to."""
    passed: set[str] = set()
    results: set[str] = set()
    seen: set[Any] = set()
    ahead = [State()]
    commands: list[engine.Command]
    while ahead:
        state = ahead.pop()
        commands = list(possible(graph, state)) if state.scopes else [engine.Start()]
        assert commands, "nothing can be done, and it is not over"
        for command in commands:
            following, orders = engine.advance(graph, state, command)
            passed |= {
                each.node for each in orders if isinstance(each, engine.Passed | engine.Closed | engine.Enter)
            }
            if following.result is not None:
                results.add(following.result)
            elif (alike := without_keys(graph, following)) not in seen:
                seen.add(alike)
                ahead.append(following)
    return passed, results


@pytest.mark.django_db
def test_a_client_who_sends_nothing_is_reminded_of_six_times_and_then_called(cast: Cast) -> None:
    at = timezone.now()
    recipe = RECIPES["documents"]
    process = make_process(recipe.outline({})["blocks"], subject_kind="account", starts=recipe.starts({}))
    run = operations.start(
        process, make_account("Tardy Gardens", owner=cast.salesperson).pk, by=cast.salesperson, at=at
    )
    run = working.finish(WorkItem.objects.get(run=run), by=cast.salesperson, at=at)
    pass_time_until(at + timedelta(days=6, hours=12))
    told = Notification.objects.filter(kind="process.told", person=cast.salesperson)
    assert told.count() == 6
    assert open_work(run) == []
    pass_time_until(at + timedelta(days=7, hours=1))
    assert open_work(run) == ["Call the client about the documents"]
