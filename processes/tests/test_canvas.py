"""The canvas by its requests and verbs: what is kept, what is refused, and what survives."""

import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from processes import operations
from processes.bpmn.reading import read
from processes.bpmn.writing import write
from processes.canvas import changing, doing, reading
from processes.canvas.places import completed, kept_diagram
from processes.canvas.showing import state_of
from processes.graph.model import Graph
from processes.graph.outline import to_graph
from processes.models import Process, Run, WorkItem
from processes.queries.drawing import diagram_of
from processes.recipes import RECIPES
from processes.testing import block, open_work, settle
from processes.tests.bpmn_models import real
from users.testing import Cast

Clients = Any


@pytest.fixture
def process(cast: Cast) -> Process:
    steps = [
        block("task", name, who={"kind": "owner"}, deadline={"amount": 1, "unit": "days", "side": "us"})
        for name in ("Prepare", "Send")
    ]
    return operations.create(
        name="Offer", subject_kind="deal", by=cast.head, at=timezone.now(),
        outline={"blocks": steps}, starts=[{"button": True}],
    )  # fmt: skip


@pytest.fixture
def drawn(cast: Cast) -> Process:
    """An import with parts we only keep."""
    file = read(real("A.2.1"))
    model = file.models[0]
    return operations.import_graph(
        "Imported", model.graph, file.extras_of(model), by=cast.head, at=timezone.now()
    )


def address(name: str, process: Process) -> str:
    return reverse(f"processes:{name}", args=[process.pk])


def ask(client: Any, name: str, process: Process, **said: Any) -> Any:
    process.refresh_from_db()
    body = json.dumps({"revision": process.draft_revision, **said})
    return client.post(address(name, process), body, content_type="application/json")


def draft(process: Process) -> dict[str, Any]:
    state = state_of(process)
    return {name: state[name] for name in ("outline", "graph", "diagram")}


def names(process: Process) -> list[str]:
    process.refresh_from_db()
    return [each["name"] for each in process.outline["blocks"]]


def key_of(process: Process, name: str) -> str:
    process.refresh_from_db()
    graph = operations.draft_graph(process)
    return next(key for key, node in graph.nodes.items() if node.name == name)


def test_the_page_holds_the_graph_and_only_designers_see_it(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    page = client_of(cast.head).get(address("canvas", process))
    assert page.status_code == 200
    assert b"Prepare" in page.content
    assert client_of(cast.salesperson).get(address("canvas", process)).status_code == 403
    for name in ("canvas_save", "canvas_do", "canvas_part"):
        assert ask(client_of(cast.salesperson), name, process).status_code == 403


def test_the_outline_and_the_canvas_lead_to_each_other(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    assert address("canvas", process) in client.get(address("design", process)).content.decode()
    assert address("design", process) in client.get(address("canvas", process)).content.decode()


def test_moving_a_shape_keeps_the_outline_and_the_place(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    said, key = draft(process), key_of(process, "Send")
    said["diagram"]["shapes"][key][1] += 200
    answer = ask(client_of(cast.head), "canvas_save", process, **said)
    assert answer.status_code == 200
    assert names(process) == ["Prepare", "Send"]
    shown = state_of(process)["diagram"]
    assert shown["shapes"][key] == said["diagram"]["shapes"][key]
    line = shown["lines"][f"{key}:next"]
    assert line[0][1] == shown["shapes"][key][1] + shown["shapes"][key][3] / 2, "a line follows its shape"


def test_what_was_placed_stays_when_the_outline_grows(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    said, key = draft(process), key_of(process, "Prepare")
    said["diagram"]["shapes"][key][1] += 200
    client = client_of(cast.head)
    ask(client, "canvas_save", process, **said)
    ask(client, "canvas_do", process, do="add", kind="wait", key=key_of(process, "Send"))
    process.refresh_from_db()
    shapes = state_of(process)["diagram"]["shapes"]
    assert shapes[key] == said["diagram"]["shapes"][key]
    assert len(shapes) == 5
    operations.publish(process, by=cast.head, at=timezone.now())
    assert len(diagram_of(process.current_id).shapes) >= 5, "the drawing of the version holds the new step"


def test_a_step_is_added_where_a_line_says(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    answer = ask(client, "canvas_do", process, do="add", kind="approval", key=key_of(process, "Prepare"))
    assert answer.status_code == 200
    process.refresh_from_db()
    assert [each["kind"] for each in process.outline["blocks"]] == ["task", "approval", "task"]
    assert answer.json()["focus"] == process.outline["blocks"][1]["id"]
    ask(client, "canvas_do", process, do="add", kind="choice", line="start:next")
    ask(client, "canvas_do", process, do="add", kind="end", key="end")
    process.refresh_from_db()
    assert [each["kind"] for each in process.outline["blocks"]] == [
        "choice",
        "task",
        "approval",
        "task",
        "end",
    ]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_what_every_recipe_says_comes_back_from_the_browser(db: None, recipe: Any) -> None:
    graph = to_graph(recipe.outline({}))
    blank = to_graph({"blocks": []})
    assert reading.read_graph(json.loads(json.dumps(graph.to_json())), blank) == graph


def test_every_line_of_an_outline_takes_a_step_or_says_that_it_does_not() -> None:
    inner = [block("task", "Inner", who={"kind": "owner"})]
    outline = {
        "blocks": [
            block("task", "First", who={"kind": "owner"}),
            block("approval", "Approve", who={"kind": "head"}, returned=list(inner), declined=[]),
            {**block("choice", "Which"), "else": [],
             "branches": [{"id": "b1", "name": "", "when": {"all": []}, "blocks": []}]},
            {**block("together", "All"), "need": "all",
             "branches": [{"id": each, "name": "", "blocks": []} for each in ("b2", "b3")]},
            {**block("race", "Race"), "branches": [
                {"id": each, "wait": {"amount": 1, "unit": "days"}, "blocks": []} for each in ("b4", "b5")]},
            {**block("repeat", "Again"), "until": {"all": []}, "blocks": [block("task", "Round")]},
            {**block("stage", "Stage"), "blocks": [block("task", "Within")]},
        ]
    }  # fmt: skip
    graph = to_graph(outline)
    refused = []
    for flow in graph.flows:
        place = doing.place_at(outline, "", flow.key)
        if place is None:
            refused.append(flow.key)
            continue
        changed, key = doing.editing.add_block(outline, place, "task")
        grown = to_graph(changed)
        assert flow.source in {each.source for each in grown.into(key)} or grown.into(key), flow.key
    assert all(key in ("b4", "b5") for key in refused), (
        "only the way from a race to what it waits for takes none"
    )


def test_a_way_of_a_race_and_what_it_waits_for_have_one_key_and_are_told_apart(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    ask(client, "canvas_do", process, do="add", kind="race", key=key_of(process, "Send"))
    process.refresh_from_db()
    way = process.outline["blocks"][2]["branches"][0]["id"]
    added = ask(client, "canvas_do", process, do="add", kind="wait", key=way).json()
    process.refresh_from_db()
    branch = process.outline["blocks"][2]["branches"][0]
    assert [each["id"] for each in branch["blocks"]] == [added["focus"]]
    asked = ask(client, "canvas_do", process, do="add", kind="wait", line=way)
    assert (asked.status_code, asked.json()["leaves_outline"]) == (422, True)
    ask(client, "canvas_do", process, do="delete", line=way, leave=True)
    process.refresh_from_db()
    graph = operations.draft_graph(process)
    assert way in graph.nodes
    assert way not in {flow.key for flow in graph.flows}


def test_deleting_a_block_leaves_the_outline_and_its_helpers_are_not_deleted(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    assert ask(client, "canvas_do", process, do="delete", key=key_of(process, "Send")).status_code == 200
    assert names(process) == ["Prepare"]
    refused = ask(client, "canvas_do", process, do="delete", key="end")
    assert refused.status_code == 422
    assert names(process) == ["Prepare"]


def test_connecting_asks_before_it_leaves_the_outline(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    ends = {"source": key_of(process, "Send"), "target": key_of(process, "Prepare")}
    asked = ask(client, "canvas_do", process, do="connect", **ends)
    assert (asked.status_code, asked.json()["leaves_outline"]) == (422, True)
    assert names(process) == ["Prepare", "Send"]
    before = draft(process)
    done = ask(client, "canvas_do", process, do="connect", leave=True, **ends)
    assert done.status_code == 200
    process.refresh_from_db()
    assert process.outline is None
    assert len(process.graph["flows"]) == 4
    # Taking it back is keeping the draft as it was: the outline is there again.
    assert ask(client, "canvas_save", process, **before).status_code == 200
    assert names(process) == ["Prepare", "Send"]
    assert process.graph is None


def test_a_graph_is_drawn_published_and_carried_out(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    prepare, send = key_of(process, "Prepare"), key_of(process, "Send")
    ask(client, "canvas_do", process, do="connect", source=prepare, target="end", leave=True)
    answer = ask(client, "canvas_do", process, do="add", kind="choice", line="start:next")
    choice = answer.json()["focus"]
    way = ask(client, "canvas_do", process, do="connect", source=choice, target=send).json()["focus"]
    process.refresh_from_db()
    url = f"{address('canvas_part', process)}?line={way}"
    form = client.get(url)
    assert b"This way is taken if" in form.content
    said = {"revision": process.draft_revision, "name": "large", "when-0-field": "deal.amount",
            "when-0-op": "gte", "when-0-value": "1000"}  # fmt: skip
    kept = client.post(url, said)
    assert kept.headers["Content-Type"] == "application/json", kept.content.decode()
    extra = next(
        f["key"]
        for f in kept.json()["state"]["graph"]["flows"]
        if f["source"] == prepare and f["target"] == "end"
    )
    ask(client, "canvas_do", process, do="delete", line=extra)
    process.refresh_from_db()
    flow = operations.draft_graph(process).flow(way)
    assert (flow.name, flow.when) == ("large", {"all": [["deal.amount", "gte", "1000"]]})
    operations.publish(process, by=cast.head, at=timezone.now())
    for amount, first in ((5_000, "Send"), (10, "Prepare")):
        deal = make_deal(f"Deal of {amount}", owner=cast.salesperson, amount=amount)
        run = operations.start(process, deal.pk, by=cast.head, at=timezone.now())
        settle()
        assert open_work(run) == [first]


def test_the_same_form_keeps_a_step_of_an_outline_and_of_a_graph(
    cast: Cast, client_of: Clients, process: Process, drawn: Process
) -> None:
    client = client_of(cast.head)
    said = {"name": "Write the offer", "who": "owner", "instructions": "", "checklist": ""}
    for each in (process, drawn):
        each.refresh_from_db()
        graph = operations.draft_graph(each)
        key = next(key for key, node in graph.nodes.items() if node.kind == "task")
        url = f"{address('canvas_part', each)}?key={key}"
        assert client.get(url).status_code == 200
        kept = client.post(url, {"revision": each.draft_revision, **said})
        assert kept.status_code == 200, kept.content.decode()
        each.refresh_from_db()
        node = operations.draft_graph(each).nodes[key]
        assert (node.name, node.data["who"]) == ("Write the offer", {"kind": "owner"})
        stale = client.post(url, {"revision": each.draft_revision - 1, **said})
        assert stale.status_code == 409
        wrong = client.post(url, {"revision": each.draft_revision, **said, "name": ""})
        assert (wrong.status_code, b"Please look at one thing" in wrong.content) == (422, True)


def test_every_step_and_line_of_the_reference_models_has_its_form(cast: Cast, client_of: Clients) -> None:
    client = client_of(cast.head)
    for name in ("A.2.1", "B.2.0", "C.9.1"):
        file = read(real(name))
        for model in file.models:
            each = operations.import_graph(
                model.name or "Imported", model.graph, file.extras_of(model), by=cast.head, at=timezone.now()
            )
            state = state_of(each)
            assert state["diagram"]["shapes"].keys() == model.graph.nodes.keys()
            nodes = list({node.kind: node.key for node in model.graph.nodes.values()}.values())
            asked = [{"key": key} for key in nodes] + [{"line": flow.key} for flow in model.graph.flows][:2]
            for words in asked:
                assert client.get(address("canvas_part", each), words).status_code == 200, words


def test_an_edited_import_keeps_what_we_do_not_carry_out(
    cast: Cast, client_of: Clients, drawn: Process
) -> None:
    client = client_of(cast.head)
    graph = operations.draft_graph(drawn)
    task = next(node.key for node in graph.nodes.values() if node.kind == "task")
    added = ask(client, "canvas_do", drawn, do="add", kind="task", key=task)
    assert added.status_code == 200, added.content.decode()
    said = draft(Process.objects.get(pk=drawn.pk))
    said["diagram"]["shapes"][task][0] += 7
    assert ask(client, "canvas_save", drawn, **said).status_code == 200
    drawn.refresh_from_db()
    text = write(operations.draft_graph(drawn), drawn.drawing, key=drawn.key, name=drawn.name)
    again = read(text).models[0]
    assert added.json()["focus"] in again.graph.nodes
    assert again.diagram.shapes[task].box.x == said["diagram"]["shapes"][task][0]
    before, kept = read(real("A.2.1")), read(text)
    for word in ("Collaboration_", "dataObject", "textAnnotation", "association", "documentation"):
        assert before.text.count(word) <= kept.text.count(word), word


def test_undoing_a_deletion_in_an_import_brings_everything_back(
    cast: Cast, client_of: Clients, drawn: Process
) -> None:
    client, before = client_of(cast.head), draft(drawn)
    first = operations.draft_graph(drawn)
    for node in list(first.nodes.values()):
        if node.kind == "start":
            continue
        ask(client, "canvas_do", drawn, do="delete", key=node.key)
        assert ask(client, "canvas_save", drawn, **before).status_code == 200
        drawn.refresh_from_db()
        assert operations.draft_graph(drawn) == first


def test_a_stale_change_is_answered_with_a_sentence_and_the_revision_now(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client, said = client_of(cast.head), draft(process)
    for name, more in (("canvas_save", said), ("canvas_do", {"do": "add", "kind": "task", "key": "end"})):
        answer = client.post(
            address(name, process), json.dumps({**more, "revision": 99}), content_type="application/json"
        )
        assert answer.status_code == 409
        assert answer.json() == {
            "sentence": "Somebody else changed this process meanwhile. Look at it again.",
            "revision": process.draft_revision,
        }
    assert names(process) == ["Prepare", "Send"]


NODE = {"key": "n", "kind": "task"}
SPOILED: list[dict[str, Any]] = [
    {"graph": None},
    {"graph": {"nodes": [], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {"key": "n", "kind": "rocket"}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "colour": "red"}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "data": {"code": "x"}}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "data": []}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, NODE, NODE], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "scope": "n"}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "attached_to": "x"}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, {**NODE, "name": "x" * 301}], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}],
               "flows": [{"key": "f", "source": "start", "target": "nowhere"}]}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}, NODE],
               "flows": [{"key": "f", "source": "start", "target": "n", "outcome": "perhaps"}]}},
    {"graph": {"nodes": [{"key": f"n{n}", "kind": "task"} for n in range(1_001)], "flows": []}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}], "flows": []},
     "diagram": {"shapes": {"start": [0, 0, 1e9, 10]}, "lines": {}}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}], "flows": []},
     "diagram": {"shapes": {"other": [0, 0, 10, 10]}, "lines": {}}},
    {"graph": {"nodes": [{"key": "start", "kind": "start"}], "flows": []},
     "diagram": {"shapes": {"start": ["0", 0, 10, 10]}, "lines": {}}},
    {"outline": {"blocks": [{"id": "x", "kind": "rocket"}]}},
    {"outline": ["blocks"]},
]  # fmt: skip


@pytest.mark.parametrize("said", SPOILED)
def test_what_is_no_drawing_is_refused_in_a_sentence(
    cast: Cast, client_of: Clients, process: Process, said: dict[str, Any]
) -> None:
    answer = ask(client_of(cast.head), "canvas_save", process, **{"leave": True, "diagram": {}, **said})
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert names(process) == ["Prepare", "Send"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"revision": NaN}', b"\xff", b'{"a": "\\u0000"}'])
def test_what_is_no_json_is_refused(cast: Cast, client_of: Clients, process: Process, body: bytes) -> None:
    for name in ("canvas_save", "canvas_do"):
        answer = client_of(cast.head).post(address(name, process), body, content_type="application/json")
        assert answer.status_code == 422


@pytest.mark.parametrize(
    ("source", "target"),
    [("end", "a"), ("a", "start"), ("a", "a"), ("a", "gone"), ("a", "inner"), ("start", "a")],
)
def test_lines_that_mean_nothing_are_refused(source: str, target: str) -> None:
    graph = Graph.from_json(
        {
            "nodes": [
                {"key": "start", "kind": "start"},
                {"key": "a", "kind": "task"},
                {"key": "s", "kind": "scope"},
                {"key": "inner", "kind": "start", "scope": "s"},
                {"key": "end", "kind": "end"},
            ],
            "flows": [{"key": "f", "source": "start", "target": "a"}],
        }
    )
    with pytest.raises(reading.Refused):
        changing.connect(graph, source, target)


def test_a_removed_step_leaves_the_way_whole() -> None:
    graph = to_graph({"blocks": [block("task", name) for name in ("One", "Two", "Three")]})
    two = next(key for key, node in graph.nodes.items() if node.name == "Two")
    left = changing.remove(graph, two)
    one, three = (next(k for k, n in left.nodes.items() if n.name == name) for name in ("One", "Three"))
    assert [flow.target for flow in left.out_of(one)] == [three]


def test_a_new_approval_leads_on_when_approved_returned_and_declined_and_no_more() -> None:
    graph = to_graph({"blocks": [block("task", "One"), block("task", "Two")]})
    graph, key = changing.add(graph, "approval", line="start:next")
    outs = [each.target for each in graph.out_of(key)]
    for target in [key for key, node in graph.nodes.items() if node.kind in ("task", "end")][:2]:
        graph, _flow = changing.connect(graph, key, target)
    assert [each.outcome for each in graph.out_of(key)] == ["approved", "returned", "declined"]
    with pytest.raises(reading.Refused):
        changing.connect(graph, key, outs[0])


@pytest.mark.parametrize("kind", sorted(str(each) for each in changing.ADDED))
def test_every_kind_is_added_into_a_line_and_beside(kind: str) -> None:
    graph = to_graph({"blocks": [block("task", "One")]})
    for line in ("start:next", ""):
        grown, key = changing.add(graph, kind, line=line)
        places = completed(grown, completed(graph, kept_diagram(None)))
        assert key in places.shapes
        boxes = [places.shapes[each.key].box for each in grown.inside(None)]
        assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


def test_arranging_forgets_places_and_keeps_the_rest(
    cast: Cast, client_of: Clients, process: Process, drawn: Process
) -> None:
    client, fresh = client_of(cast.head), draft(process)["diagram"]
    said = draft(process)
    said["diagram"]["shapes"]["end"][0] += 300
    ask(client, "canvas_save", process, **said)
    assert ask(client, "canvas_do", process, do="arrange").json()["state"]["diagram"] == fresh
    others = drawn.drawing["diagram"]["shapes"].keys() - operations.draft_graph(drawn).nodes.keys()
    assert ask(client, "canvas_do", drawn, do="arrange").status_code == 200
    drawn.refresh_from_db()
    assert others <= drawn.drawing["diagram"]["shapes"].keys()
    assert drawn.drawing["xml"]


def test_a_draft_of_an_import_is_not_turned_into_an_outline(
    cast: Cast, client_of: Clients, drawn: Process
) -> None:
    answer = ask(client_of(cast.head), "canvas_save", drawn, outline={"blocks": []}, diagram={})
    assert answer.status_code == 422
    drawn.refresh_from_db()
    assert drawn.graph


def test_an_outline_that_makes_no_graph_says_why_instead_of_being_drawn(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    outline = {"blocks": [block("end", "Over"), block("task", "Never")]}
    operations.edit(process, revision=None, outline=outline, by=cast.head, at=timezone.now())
    page = client_of(cast.head).get(address("canvas", process)).content.decode()
    assert "is never reached" in page
    assert Run.objects.count() == WorkItem.objects.count() == 0
