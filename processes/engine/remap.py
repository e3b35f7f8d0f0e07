"""Where a run stands, said in another version of its graph. Pure: (old, new, state, choices) → a state, or why not.

What stands at a node that is still there, of the same kind, in the same scope and on the same way of things done at
once, stays there with all it waits for. For the rest somebody chooses: another node, that such runs stay where they
are, or that they are cancelled. Nothing is guessed, since a token too many or too few is never noticed in time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from processes.engine.state import WHOLE, Scope, State, Token, Working
from processes.graph.model import WAITING, Graph, Kind, Node
from processes.graph.regions import Regions

LEAVE, CANCEL = "-leave", "-cancel"
HOLDING = frozenset({Kind.SCOPE, Kind.EACH})
# What stands at one of these and goes to another of the same kind keeps its work, its time and what is within it.
KEPT = frozenset({Kind.TASK, Kind.APPROVAL, Kind.WAIT, Kind.JOIN, *HOLDING})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a run cannot be said in the other version. `what`: gone, kind, scope, branch, way, join, left."""

    what: str
    node: str


@dataclass
class Remapped:
    """`kept`: token → (old node, new node), waiting as before; `gone`: token → old node, with its work and timers;
    `arriving`: tokens that come to their nodes now, in this order. With `troubles`, nothing else counts."""

    state: State
    kept: dict[int, tuple[str, str]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)
    arriving: list[int] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    is_cancelled: bool = False


class Versions:
    """Two graphs of one process, and what of the old fits where in the new."""

    def __init__(self, old: Graph, new: Graph) -> None:
        self.old, self.new = old, new
        self.old_regions, self.new_regions = Regions(old), Regions(new)

    def unfit(self, node: str, target: str, scope: str | None) -> str:
        """Why what stands at `node`, within `scope` of the new graph, cannot stand at `target`; empty if it can."""
        there = self.new.nodes.get(target)
        if there is None:
            return "gone"
        if not _is_fitting(self.old.nodes[node], there):
            return "kind"
        if there.scope != scope:
            return "scope"
        return "" if self.old_regions.of(node) == self.new_regions.of(target) else "branch"

    def targets(self, node: str, choices: Mapping[str, str]) -> list[Node]:
        """Where what stands at a node may be put, in the order they are read."""
        scope = self.old.nodes[node].scope
        within = choices.get(scope, scope) if scope is not None else None
        return [
            each
            for each in self.new.nodes.values()
            if not self._is_part_of_race(each) and not self.unfit(node, each.key, within)
        ]

    def _is_part_of_race(self, node: Node) -> bool:
        return any(self.new.nodes[flow.source].kind is Kind.RACE for flow in self.new.into(node.key))


def remap(versions: Versions, state: State, choices: Mapping[str, str]) -> Remapped:
    """`choices`: old node → new node, LEAVE or CANCEL, asked only of nodes that do not fit as they are."""
    return _Remapping(versions, state, choices).done()


def _is_fitting(old: Node, new: Node) -> bool:
    if new.attached_to is not None:
        return False
    if old.kind is Kind.JOIN or new.kind is Kind.JOIN:
        return old.kind is new.kind
    return new.kind in WAITING or new.kind in (Kind.SCOPE, Kind.RACE, Kind.SPLIT)


class _Remapping:
    def __init__(self, versions: Versions, state: State, choices: Mapping[str, str]) -> None:
        self.versions, self.choices = versions, choices
        self.old, self.new = versions.old, versions.new
        self.before, self.work = state, Working(state)
        self.found = Remapped(state)

    def done(self) -> Remapped:
        self._scope(WHOLE, None)
        found = self.found
        if not found.is_cancelled and not found.troubles:
            found.arriving += self._joins_to_ask()
        return replace(found, state=self.work.frozen())

    # --- what stands in a scope

    def _scope(self, key: int, node: str | None) -> None:
        """Everything in one scope instance, which now belongs to a node of the new graph."""
        inside = [each for each in self.before.tokens.values() if each.scope == key]
        self._look_at_splits(inside)
        races: dict[int, list[Token]] = {}
        for token in inside:
            if token.race is not None:
                races.setdefault(token.race, []).append(token)
            elif token.watches is None:
                self._token(token, node)
        for racing in races.values():
            self._race(racing, node)
        if key in self.work.scopes:
            self._owed(self.work.scopes[key])

    def _token(self, token: Token, scope: str | None) -> None:
        unfit = self.versions.unfit(token.node, token.node, scope)
        if not unfit and self.old.nodes[token.node].kind is not self.new.nodes[token.node].kind:
            unfit = "kind"
        if not unfit:
            return self._keep(token, token.node)
        if (target := self._chosen(token.node, unfit, scope)) is None:
            return
        kind = self.new.nodes[target].kind
        is_open = kind not in HOLDING or bool(self.work.within(token.key))
        if kind is self.old.nodes[token.node].kind and kind in KEPT and is_open:
            return self._keep(token, target)
        self._put_anew(token, target)

    def _chosen(self, node: str, unfit: str, scope: str | None) -> str | None:
        """The node somebody chose for what does not fit; None where the run stays, or goes."""
        chosen = self.choices.get(node)
        if chosen == CANCEL:
            self.found.is_cancelled = True
        elif chosen is None:
            self._trouble(unfit, node)
        elif chosen == LEAVE:
            self._trouble("left", node)
        elif again := self.versions.unfit(node, chosen, scope):
            self._trouble(again, node)
        else:
            return chosen
        return None

    def _keep(self, token: Token, target: str) -> None:
        via = token.via
        if self.new.nodes[target].kind is Kind.JOIN:
            via = self._way_into(token.node, target, token.via)
            if via is None:
                return self._trouble("join", token.node)
        self.work.tokens[token.key] = replace(token, node=target, via=via)
        self.found.kept[token.key] = (token.node, target)
        self._watchers(token, target)
        for key in self.work.within(token.key):
            self.work.scopes[key] = replace(self.work.scopes[key], node=target)
            self._scope(key, target)

    def _watchers(self, token: Token, target: str) -> None:
        """Those still attached go on; those no longer attached go; those that are new begin to watch."""
        watching = {each.key for each in self.new.watchers_of(target)}
        for each in [each for each in self.before.tokens.values() if each.watches == token.key]:
            if each.node in watching:
                self.found.kept[each.key] = (each.node, each.node)
            else:
                self._drop(each)
        # One that watched and is not there any more has come already.
        for key in sorted(watching - {each.key for each in self.old.watchers_of(token.node)}):
            self.found.arriving.append(self.work.put(key, token.scope, watches=token.key).key)

    def _put_anew(self, token: Token, target: str) -> None:
        self._drop(token)
        self.found.arriving.append(self.work.put(target, token.scope).key)

    def _drop(self, token: Token) -> None:
        """A token goes, with all within it and all that watch it."""
        if self.work.tokens.pop(token.key, None) is None:
            return
        self.found.gone[token.key] = token.node
        for key in self.work.within(token.key):
            for inner in [each for each in self.work.tokens.values() if each.scope == key]:
                self._drop(inner)
            self.work.scopes.pop(key, None)
        for watcher in [each for each in self.work.tokens.values() if each.watches == token.key]:
            self._drop(watcher)

    # --- whichever comes first

    def _race(self, racing: list[Token], scope: str | None) -> None:
        """Those of one race are one token to whatever comes after it: while one of them fits, it goes on."""
        fitting = [each for each in racing if self._still_waits(each, scope)]
        if fitting:
            for each in racing:
                self._keep(each, each.node) if each in fitting else self._drop(each)
            return self._new_racers(fitting[0])
        asked = next((each for each in racing if each.node in self.choices), racing[0])
        unfit = self.versions.unfit(asked.node, asked.node, scope) or "kind"
        target = self._chosen(asked.node, unfit, scope)
        if target is not None:
            for each in racing:
                self._drop(each)
            self.found.arriving.append(self.work.put(target, asked.scope).key)

    def _still_waits(self, token: Token, scope: str | None) -> bool:
        is_fit = not self.versions.unfit(token.node, token.node, scope)
        return is_fit and self.new.nodes[token.node].kind is Kind.WAIT

    def _new_racers(self, token: Token) -> None:
        for way in self.old.into(token.node):
            race = way.source
            if self.old.nodes[race].kind is Kind.RACE and race in self.new.nodes:
                ran = {flow.target for flow in self.old.out_of(race)}
                for flow in self.new.out_of(race):
                    if flow.target not in ran and self.new.nodes[race].kind is Kind.RACE:
                        put = self.work.put(flow.target, token.scope, flow.key, race=token.race)
                        self.found.arriving.append(put.key)

    # --- meeting

    def _look_at_splits(self, inside: list[Token]) -> None:
        """What goes on at once is moved only where as many ways lead on as have begun."""
        begun = [self._begun_on(each) for each in inside if each.watches is None]
        old, new = self.versions.old_regions, self.versions.new_regions
        for split in sorted(old.splits_of(frozenset().union(*begun))):
            before = {each.key for each in self.old.out_of(split)}
            after = {each.key for each in self.new.out_of(split)}
            # A way that came to no join may come to one that has fired already, or that waits for it in vain.
            comes = any(new.joins_of(way) - old.joins_of(way) for way in before & after)
            if split in self.new.nodes and (comes or after - before):
                self._trouble("way", split)

    def _begun_on(self, token: Token) -> frozenset[str]:
        if self.old.nodes[token.node].kind is Kind.JOIN and token.via is not None:
            return self.versions.old_regions.of_flow(self.old.flow(token.via))
        return self.versions.old_regions.of(token.node)

    def _way_into(self, join: str, target: str, way: str | None) -> str | None:
        if way is None or way not in self.old.ways_into(join):
            return None
        region = self.versions.old_regions.of_flow(self.old.flow(way))
        return self.versions.new_regions.way_like(target, region, way)

    def _owed(self, scope: Scope) -> None:
        """Whose next tokens a join swallows, by the new names of the ways."""
        owed: dict[str, tuple[str, ...]] = {}
        for join, ways in scope.owed.items():
            target = join if join in self.new.nodes else self.choices.get(join, "")
            found = (
                [self._way_into(join, target, each) for each in ways] if target in self.new.nodes else [None]
            )
            if None in found:
                return self._trouble("join", join)
            owed[target] = tuple(sorted(each for each in found if each is not None))
        self.work.scopes[scope.key] = replace(scope, owed=owed)

    def _joins_to_ask(self) -> Iterator[int]:
        """A token at each join that some wait at: it may want fewer ways than it did."""
        latest: dict[tuple[str, int], int] = {}
        for key, token in self.work.tokens.items():
            if self.new.nodes[token.node].kind is Kind.JOIN:
                latest[token.node, token.scope] = key
        yield from latest.values()

    def _trouble(self, what: str, node: str) -> None:
        trouble = Trouble(what, node)
        if self.choices.get(node) == CANCEL:
            self.found.is_cancelled = True
        elif trouble not in self.found.troubles:
            self.found.troubles.append(trouble)
