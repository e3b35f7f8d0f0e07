"""What is looked at before a process is published: its shape, and whether all it names is there. In plain words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from processes.graph.model import Flow, Graph, Kind, Node
from processes.graph.soundness import ERROR, WARNING, Problem, called, problems
from processes.questions import asked_in, fields_of_graph

OFFERED = frozenset({"owner", "head", "starter", "department"})
OF_A_ROLE = frozenset({"role", "least_busy", "in_turn"})
UNITS = frozenset({"minutes", "hours", "days", "working_hours", "working_days"})
JOINED = ("all", "any")


@dataclass(frozen=True)
class Known:
    """What there is, as plain values. `roles`: key → active people in it; `people`: active people, None where that
    is not known; `required`: action → the arguments it cannot do without; `taken_on`: action → the kind of record
    it changes; `reached`: the kinds a run has at hand, its own and those that one belongs to;
    `twice`: the names that several steps ask for; `departments`: key → active people in it and below it."""

    subject_kind: str = ""
    fields: AbstractSet[str] = frozenset()
    actions: AbstractSet[str] = frozenset()
    roles: Mapping[str, int] = field(default_factory=dict)
    processes: AbstractSet[str] = frozenset()
    facts: AbstractSet[str] = frozenset()
    people: AbstractSet[int] | None = None
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taken_on: Mapping[str, str] = field(default_factory=dict)
    reached: AbstractSet[str] = frozenset()
    twice: AbstractSet[str] = frozenset()
    departments: Mapping[int, int] = field(default_factory=dict)


def problems_of(graph: Graph, known: Known) -> list[Problem]:
    """Errors stand against publishing; warnings are worth a look. Errors first, each in the order of the nodes."""
    found = problems(graph)
    own = frozenset(fields_of_graph(graph, known.subject_kind))
    asked = Counter(each["name"] for _key, each in asked_in(graph))
    known = replace(known, fields=known.fields | own, twice=frozenset(n for n, c in asked.items() if c > 1))
    for node in graph.nodes.values():
        found += _Looking(graph, known, node).found()
    return sorted(found, key=lambda each: not each.is_error)


class _Looking:
    """At one node."""

    def __init__(self, graph: Graph, known: Known, node: Node) -> None:
        self.graph, self.known, self.node = graph, known, node
        self.said = node.data

    def found(self) -> list[Problem]:
        return list({(each.code, each.sentence): each for each in self._looked()}.values())

    def _looked(self) -> Iterator[Problem]:
        if reason := self.said.get("refused"):
            yield self._problem(_("“%(name)s” cannot be carried out: %(reason)s"), "refused", reason=reason)
            return
        match self.node.kind:
            case Kind.TASK | Kind.APPROVAL:
                yield from self._work()
            case Kind.SCOPE:
                yield from self._deadline()
            case Kind.ACTION:
                yield from self._action()
            case Kind.WAIT:
                yield from self._wait(self.said.get("for"))
            case Kind.CALL:
                yield from self._call()
            case Kind.CHOICE:
                yield from self._choice(self.graph.out_of(self.node.key))
            case Kind.EACH:
                yield from self._each()

    def _problem(self, text: Any, code: str, severity: str = ERROR, **words: Any) -> Problem:
        key = self.node.key
        return Problem(key, text, code, severity, {"name": called(self.graph, key), **words})

    # --- people's work

    def _work(self) -> Iterator[Problem]:
        yield from self._who(self.said.get("who"))
        if not self.said.get("deadline"):
            text = _("“%(name)s” has no deadline: nobody will be reminded of it.")
            yield self._problem(text, "no_deadline", WARNING)
        yield from self._deadline()
        if self.node.kind is Kind.TASK and not self.node.name:
            yield self._problem(_("A task has no name: nobody would know what to do."), "no_name")
        for each in self.said.get("fields") or ():
            yield from self._asked(each)
        if self.node.kind is Kind.APPROVAL:
            yield from self._rule()

    def _asked(self, asked: Any) -> Iterator[Problem]:
        """A plain name is the process's own, and asked for once; one of a record has to be there."""
        name = str(asked.get("name", ""))
        label = asked.get("label") or name
        if "." in name:
            yield from self._field(name)
        elif name in self.known.twice:
            text = _("“%(name)s” asks for “%(label)s” under a name that another step uses as well.")
            yield self._problem(text, "asked_twice", label=label)
        if asked.get("kind") == "choice" and "." not in name and not asked.get("options"):
            text = _("“%(name)s” offers nothing to choose from for “%(label)s”.")
            yield self._problem(text, "no_options", label=label)

    def _who(self, who: Any) -> Iterator[Problem]:
        kind = who.get("kind") if isinstance(who, Mapping) else None
        if kind in OF_A_ROLE:
            key = who.get("key", "")
            if key not in self.known.roles:
                yield self._problem(
                    _("“%(name)s” is for a role that is not there: %(role)s."), "no_role", role=key
                )
            elif not self.known.roles[key]:
                text = _("“%(name)s” is for the role %(role)s, in which there is nobody.")
                yield self._problem(text, "empty_role", role=key)
        elif kind in ("person", "people"):
            meant = {who.get("id")} if kind == "person" else set(who.get("ids") or ())
            if not meant or (self.known.people is not None and meant - self.known.people):
                yield self._problem(_("“%(name)s” is for somebody who is no longer here."), "no_person")
        elif kind == "department" and who.get("id") is not None:
            if who["id"] not in self.known.departments:
                yield self._problem(_("“%(name)s” is for a department that is not there."), "no_department")
            elif not self.known.departments[who["id"]]:
                text = _("“%(name)s” is for a department in which there is nobody.")
                yield self._problem(text, "empty_department")
        elif kind not in OFFERED:
            yield self._problem(_("“%(name)s” does not say who does it."), "no_who")

    def _deadline(self) -> Iterator[Problem]:
        deadline = self.said.get("deadline")
        if not deadline:
            return
        steps = [*(deadline.get("warn") or ()), *(deadline.get("late") or ())]
        if any(not _is_time(each) for each in [deadline, *steps]):
            yield self._problem(_("The deadline of “%(name)s” does not say how long."), "bad_deadline")
        for each in deadline.get("late") or ():
            if each.get("do") == "give" or each.get("to"):
                yield from self._who(each.get("to"))

    def _rule(self) -> Iterator[Problem]:
        rule, who = self.said.get("rule") or {}, self.said.get("who") or {}
        people = self.known.roles.get(who.get("key", ""), 1) if who.get("kind") == "role" else 1
        if who.get("kind") == "people":
            people = len(who.get("ids") or ())
        if who.get("kind") == "department":
            people = self.known.departments.get(who.get("id") or 0, int(rule.get("count") or 1))
        if rule.get("need") == "count" and int(rule.get("count") or 1) > people:
            text = _("“%(name)s” needs %(count)s to approve, but only %(people)s can.")
            yield self._problem(text, "too_few", count=rule.get("count"), people=people)

    # --- what happens by itself

    def _action(self) -> Iterator[Problem]:
        name = self.said.get("action") or ""
        if name not in self.known.actions:
            yield self._problem(
                _("“%(name)s” does what is no longer offered: %(action)s."), "no_action", action=name
            )
        kind = self.known.taken_on.get(name)
        if kind and self.known.reached and kind not in self.known.reached:
            text = _("“%(name)s” cannot be done here: a run of this process has no %(kind)s at hand.")
            yield self._problem(text, "no_record", kind=kind)
        given = self.said.get("arguments") or {}
        if missing := [each for each in self.known.required.get(name, ()) if given.get(each) in (None, "")]:
            text = _("“%(name)s” does not say: %(missing)s.")
            yield self._problem(text, "no_argument", missing=", ".join(missing))
        for value in given.values():
            if isinstance(value, Mapping) and "field" in value:
                yield from self._field(value["field"])
            elif isinstance(value, Mapping) and "kind" in value:
                yield from self._who(value)

    def _wait(self, wait: Any) -> Iterator[Problem]:
        if not isinstance(wait, Mapping) or not wait:
            yield self._problem(_("“%(name)s” does not say what it waits for."), "no_wait")
        elif {"message", "signal", "at"} & set(wait):
            return
        elif "field" in wait:
            yield from self._field(wait["field"])
        elif "fact" in wait or "condition" in wait:
            if "fact" in wait and wait["fact"] not in self.known.facts:
                text = _("“%(name)s” waits for something that is never told: %(fact)s.")
                yield self._problem(text, "no_fact", fact=wait["fact"])
            yield from self._condition(wait.get("when", wait.get("condition")))
            if not self._has_way_out():
                text = _("“%(name)s” may wait for ever: let time run out beside it.")
                yield self._problem(text, "open_wait", WARNING)
        elif not _is_time(wait):
            yield self._problem(_("“%(name)s” does not say what it waits for."), "no_wait")

    def _has_way_out(self) -> bool:
        """Whether a wait for time runs beside this one, or something watches it."""
        if self.node.attached_to or self.graph.watchers_of(self.node.key):
            return True
        races = [flow.source for flow in self.graph.into(self.node.key)]
        rivals = [flow.target for race in races for flow in self.graph.out_of(race)]
        return any(self.graph.nodes[race].kind is Kind.RACE for race in races) and any(
            _is_bounded(self.graph.nodes[each]) for each in rivals
        )

    def _call(self) -> Iterator[Problem]:
        key = self.said.get("process") or ""
        if key not in self.known.processes:
            text = _("“%(name)s” starts a process that is not there: %(process)s.")
            yield self._problem(text, "no_process", process=key or "—")

    def _each(self) -> Iterator[Problem]:
        if "times" not in self.said:
            yield from self._field(self.said.get("each") or "")

    # --- conditions

    def _choice(self, flows: tuple[Flow, ...]) -> Iterator[Problem]:
        if not any(flow.is_else for flow in flows):
            text = _("“%(name)s” has no way for all other cases: a run stops there when no condition holds.")
            yield self._problem(text, "no_else", WARNING)
        for flow in flows:
            if not flow.is_else and not flow.when:
                yield self._problem(_("A way out of “%(name)s” has no condition."), "no_condition", WARNING)
            yield from self._condition(flow.when)

    def _condition(self, tree: Any) -> Iterator[Problem]:
        try:
            fields = list(fields_in(tree))
        except ValueError:
            yield self._problem(_("A condition of “%(name)s” cannot be read."), "bad_condition")
            return
        for each in fields:
            yield from self._field(each)

    def _field(self, name: Any) -> Iterator[Problem]:
        if name not in self.known.fields:
            text = _("“%(name)s” asks about a field that is not there: %(field)s.")
            yield self._problem(text, "no_field", field=name or "—")


def fields_in(tree: Any) -> Iterator[str]:
    """The names of the fields a condition tree asks about. Raises ValueError for what is no tree."""
    if not tree:
        return
    if isinstance(tree, Mapping) and len(tree) == 1:
        ((word, inner),) = tree.items()
        if word in JOINED and isinstance(inner, list | tuple):
            for each in inner:
                yield from fields_in(each)
            return
        if word == "not":
            return (yield from fields_in(inner))
        if word == "some" and isinstance(inner, list | tuple) and len(inner) == 2:
            # What is asked of each of the list is about the list's own fields, which only reading it can tell.
            yield str(inner[0])
            return
    elif (
        isinstance(tree, list | tuple) and len(tree) >= 2 and all(isinstance(each, str) for each in tree[:2])
    ):
        yield tree[0]
        return
    raise ValueError("This is no condition.")


def _is_time(duration: Any) -> bool:
    """An amount of time of some unit; the amount may not be nothing."""
    return (
        isinstance(duration, Mapping)
        and isinstance(duration.get("amount"), int)
        and duration.get("unit") in UNITS
        and duration["amount"] > 0
    )


def _is_bounded(node: Node) -> bool:
    wait = node.data.get("for")
    return node.kind is Kind.WAIT and isinstance(wait, Mapping) and "amount" in wait
