"""Which cells of a row a person may not change: said of every row they see as their rights say it of the record."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lists.cells import Cells, Editor, Fixed
from lists.registry import Column, RecordList
from users.policy import WIDTH, Policy

ME, PEOPLE = 1, range(1, 6)
SCOPES = st.sampled_from([None, *WIDTH])


def column(name: str, right: str, fixed: Any = None) -> Column:
    editor = Editor(
        right=right,
        fields=lambda _record, _person: {},
        initial=lambda _record: {},
        verb=lambda *_args, **_said: None,
        fixed=fixed,
        needs=("state",) if fixed else (),
    )
    return Column(name=name, label=name, needs=(), cell=lambda _row, _page: None, editor=editor)  # type: ignore[arg-type, return-value]


def closed(read: Any) -> str:
    return "" if read("state") == "open" else "closed"


COLUMNS = [
    column("title", "deals.change"),
    column("amount", "deals.change", closed),
    column("stage", "deals.move", closed),
    column("owner", "deals.assign"),
]
LIST = RecordList(
    key="", title="", url_name="", gate="deals.view", first="title", usual=(), sort="", led_by=frozenset(),
    columns=dict, rows=lambda *_: None, fields=dict,
    cells=Cells(url_name="", records=list, row=lambda *_: None, card=lambda *_: "", card_id=""),
)  # fmt: skip


@given(
    scopes=st.fixed_dictionaries(
        {"deals.view": st.sampled_from([*WIDTH]), "deals.change": SCOPES, "deals.move": SCOPES}
        | {"deals.assign": SCOPES}
    ),
    colleagues=st.frozensets(st.sampled_from(PEOPLE)),
    team=st.lists(st.sampled_from(PEOPLE), unique=True),
    state=st.sampled_from(["open", "won"]),
)
def test_a_row_in_sight_names_just_the_cells_its_rights_and_its_state_close(scopes, colleagues, team, state):
    grants = {verb: scope for verb, scope in scopes.items() if scope}
    policy = Policy(ME, grants, colleagues | {ME})
    person = SimpleNamespace(may=policy.may, reach=policy.reach)
    if not policy.reach("deals.view").covers(team):
        return  # never read
    fixed = Fixed(LIST, COLUMNS, person)
    row = {"team_ids": team, "state": state}
    said = fixed({name: row[name] for name in fixed.needs})  # no more than it asked for
    offered = [each for each in COLUMNS if policy.may(each.editor.right)]
    expected = [
        each.name
        for each in offered
        if not policy.reach(each.editor.right).covers(team) or (each.editor.fixed and state != "open")
    ]
    assert said == ("*" if expected and len(expected) == len(offered) else " ".join(expected))
