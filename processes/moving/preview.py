"""What a move would do, before it is done: runs grouped by where they stand in SQL, one of each looked at.

Three statements, however many runs there are: the groups, one run of each, the versions. Runs of a group stand at the
same nodes, have come to joins over the same ways, and their joins owe the same; a run that differs in a way this does
not see is looked at again, by itself, when it is moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, TextField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from processes.engine.remap import CANCEL, LEAVE, Remapped, Versions, remap
from processes.graph.model import WAITING, Kind, Node
from processes.models import Run, Version
from processes.moving import sentences
from processes.moving.plan import KEEP, Plan, is_retimed, state_of, timed, versions_of
from processes.queries.words import KIND_WORDS, step_title
from processes.running import reading
from processes.sentences import deadline_words, duration_words, wait_words

MOST = 300
ASKED = frozenset({"gone", "kind", "scope", "branch"})
STANDING = """md5(jsonb_build_array(
    (SELECT jsonb_agg(DISTINCT jsonb_build_array(t->>'node', CASE WHEN t->>'node' = ANY(%s) THEN t->>'via' END))
        FROM jsonb_array_elements("processes_run"."state"->'tokens') AS t),
    (SELECT jsonb_agg(DISTINCT s->'owed') FROM jsonb_array_elements("processes_run"."state"->'scopes') AS s
        WHERE s ? 'owed'))::text)"""
VERDICTS = ("fine", "timer", "mapping", "cancel", "stranded")


@dataclass
class Group:
    """Runs of one version that stand alike. `verdict`: fine, timer, mapping, cancel or stranded."""

    standing: str
    number: int
    count: int
    steps: list[str]
    verdict: str
    sentences: list[str]


@dataclass
class Question:
    """A step at which runs stand that has no place of its own in the new version."""

    node: str
    title: str
    why: str
    options: list[tuple[str, str]]
    chosen: str
    count: int = 0


@dataclass
class Retimed:
    """A step at which runs wait whose wait or deadline is another one now."""

    node: str
    title: str
    was: str
    now: str
    chosen: str
    count: int = 0


@dataclass
class Preview:
    to: Version
    groups: list[Group] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    retimed: dict[str, Retimed] = field(default_factory=dict)
    work: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False

    def count(self, *verdicts: str) -> int:
        return sum(group.count for group in self.groups if group.verdict in verdicts)

    @property
    def total(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def movable(self) -> int:
        return self.count("fine", "timer", "cancel")


def standing_alike(runs: Any, sources: Iterable[int]) -> Any:
    """Runs under way on these versions, each with `standing`: the same text for those that stand alike."""
    joins = {
        node.key
        for version in sources
        for node in reading.graph_of(version).nodes.values()
        if node.kind is Kind.JOIN
    }
    alike = RawSQL(STANDING, [sorted(joins)], output_field=TextField())  # noqa: S611 - our own words
    return runs.active().filter(version__in=list(sources)).annotate(standing=alike)


def preview(runs: Any, plan: Plan) -> Preview:
    """`runs`: those that may be moved by whoever asks."""
    known = Version.objects.only("pk", "number").in_bulk([*plan.sources, plan.to])
    shown = Preview(known[plan.to])
    alike = standing_alike(runs, plan.sources).order_by().values("version_id", "standing")
    rows = list(
        alike.annotate(n=Count("pk"), first=Min("pk")).order_by("-n", "version_id", "standing")[: MOST + 1]
    )
    shown.is_cut = len(rows) > MOST
    states = dict(Run.objects.filter(pk__in=[row["first"] for row in rows]).values_list("pk", "state"))
    for row in rows[:MOST]:
        versions = versions_of(row["version_id"], plan.to)
        state = state_of(states.get(row["first"]) or {})
        found = remap(versions, state, plan.choices)
        _ask(shown, plan, versions, found, row["n"])
        steps = [
            step_title(versions.old.nodes[each.node])
            for each in state.tokens.values()
            if _is_shown(each, versions)
        ]
        verdict, said = _judged(plan, versions, found)
        number = known[row["version_id"]].number
        shown.groups.append(
            Group(row["standing"], number, row["n"], list(dict.fromkeys(steps)), verdict, said)
        )
    shown.groups.sort(key=lambda group: -VERDICTS.index(group.verdict))
    return shown


def _is_shown(token: Any, versions: Versions) -> bool:
    kind = versions.old.nodes[token.node].kind
    return kind in WAITING and token.watches is None


def _judged(plan: Plan, versions: Versions, found: Remapped) -> tuple[str, list[str]]:
    if found.troubles:
        open_questions = [
            each.what in ASKED and each.node not in plan.choices and bool(_targets(plan, versions, each.node))
            for each in found.troubles
        ]
        said = [sentences.said(each, versions) for each in found.troubles]
        return ("mapping" if all(open_questions) else "stranded"), said
    if found.is_cancelled:
        return "cancel", [_("Cancelled, as was chosen.")]
    said = sentences.changes(found, versions, dict(plan.times))
    return ("timer", said) if said else ("fine", [])


def _targets(plan: Plan, versions: Versions, node: str) -> list[Node]:
    return versions.targets(node, plan.choices)


def _ask(shown: Preview, plan: Plan, versions: Versions, found: Remapped, count: int) -> None:
    """What of this group somebody has to decide, or may."""
    asked = {each.node: each.what for each in found.troubles if each.what in ASKED or each.what == "left"}
    for node in plan.choices:
        if node in {*found.gone.values(), *(old for old, new in found.kept.values() if old != new)}:
            asked.setdefault(node, "")
    for node in asked:
        question = shown.questions.get(node) or _question(plan, versions, node)
        question.count += count
        shown.questions[node] = question
    for old_key, new_key in dict.fromkeys(found.kept.values()):
        old, new = versions.old.nodes[old_key], versions.new.nodes[new_key]
        if is_retimed(old, new):
            chosen = plan.times.get(old_key, KEEP)
            row = shown.retimed.setdefault(
                old_key, Retimed(old_key, _both(old, new), _time(old), _time(new), chosen)
            )
            row.count += count
        if new.kind in (Kind.TASK, Kind.APPROVAL):
            shown.work[old_key] = _both(old, new)


def _both(old: Node, new: Node) -> str:
    """What a step is called, or, where another was chosen, both."""
    return step_title(new) if old.key == new.key else f"{step_title(old)} → {step_title(new)}"


def _question(plan: Plan, versions: Versions, node: str) -> Question:
    options = [
        (each.key, _("%(step)s (%(kind)s)") % {"step": step_title(each), "kind": _kind(each)})
        for each in _targets(plan, versions, node)
    ]
    options += [(LEAVE, _("leave these runs where they are")), (CANCEL, _("cancel these runs"))]
    old = versions.old.nodes[node]
    scope = plan.choices.get(old.scope, old.scope) if old.scope else None
    unfit = versions.unfit(node, node, scope) or "kind"
    why = sentences.said(sentences.Trouble(unfit, node), versions)
    return Question(node, sentences.title(versions, node), why, options, plan.choices.get(node, ""))


def _kind(node: Node) -> str:
    words = {Kind.RACE: _("whichever comes first"), Kind.SPLIT: _("all at once")}
    return str(words.get(node.kind) or KIND_WORDS.get(node.kind, node.kind))


def _time(node: Node) -> str:
    what, said = timed(node)
    if what == "wait":
        return f"{wait_words(said['for'])}."
    if not said:
        return _("no deadline.")
    return f"{duration_words(said)}. {deadline_words(said)}".strip()
