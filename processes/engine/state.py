"""Where a run stands: its tokens and the scopes they are in. Plain values, kept with the run as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

WHOLE = 0  # the key of the scope that is the process itself


@dataclass(frozen=True, slots=True)
class Token:
    """Stands at `node`, where it came over the flow `via`, in the scope instance `scope`.

    `watches`: the token whose node this one, at an attached wait, watches. `race`: those of one race share a key.
    """

    key: int
    node: str
    scope: int = WHOLE
    via: str | None = None
    watches: int | None = None
    race: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """One instance of a body. `round`: 1, 2… among the instances that one token made; `left`: rounds still to come.

    `owed`: for joins that have fired before all came, the flows whose next token is swallowed, once for each round.
    """

    key: int
    node: str | None = None
    token: int | None = None
    round: int = 1
    left: int = 0
    owed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Tokens and scopes by key. `result` is None while the run goes on; `last` is what the last end said."""

    tokens: Mapping[int, Token] = field(default_factory=dict)
    scopes: Mapping[int, Scope] = field(default_factory=dict)
    next_key: int = 1
    last: str = ""
    result: str | None = None

    @property
    def is_over(self) -> bool:
        return self.result is not None

    def at(self, node: str) -> list[Token]:
        """The tokens that stand at a node, oldest first."""
        return [each for each in self.tokens.values() if each.node == node]

    def to_json(self) -> dict[str, Any]:
        return {
            "tokens": [_short(each) for each in self.tokens.values()],
            "scopes": [_short(each) for each in self.scopes.values()],
            "next": self.next_key,
            "last": self.last,
            "result": self.result,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "State":
        scopes = [Scope(**{**each, "owed": {k: tuple(v) for k, v in each.get("owed", {}).items()}})
                  for each in said["scopes"]]  # fmt: skip
        return cls(
            tokens={each["key"]: Token(**each) for each in said["tokens"]},
            scopes={each.key: each for each in scopes},
            next_key=said["next"],
            last=said["last"],
            result=said["result"],
        )


class Working:
    """A state under the hands of one `advance`: changed in place, then frozen again."""

    def __init__(self, state: State) -> None:
        self.tokens = dict(state.tokens)
        self.scopes = dict(state.scopes)
        self.next_key = state.next_key
        self.last = state.last
        self.result = state.result

    def frozen(self) -> State:
        return State(self.tokens, self.scopes, self.next_key, self.last, self.result)

    def new_key(self) -> int:
        key, self.next_key = self.next_key, self.next_key + 1
        return key

    def put(self, node: str, scope: int, via: str | None = None, **more: Any) -> Token:
        token = Token(self.new_key(), node, scope, via, **more)
        self.tokens[token.key] = token
        return token

    def open_scope(self, node: str, token: int, *, number: int, left: int) -> Scope:
        scope = Scope(self.new_key(), node, token, number, left)
        self.scopes[scope.key] = scope
        return scope

    def owe(self, scope: int, join: str, flows: tuple[str, ...]) -> None:
        """Remember, or forget, whose next tokens a join swallows."""
        old = self.scopes[scope]
        owed = {name: each for name, each in old.owed.items() if name != join}
        if flows:
            owed[join] = flows
        self.scopes[scope] = replace(old, owed=owed)

    def within(self, token: int) -> list[int]:
        """The scope instances that a token at a scope or an each has open."""
        return [key for key, each in self.scopes.items() if each.token == token]


def _short(item: Any) -> dict[str, Any]:
    """Its values by name, without those every such item has by itself."""
    usual: dict[str, Any] = {each.name: {} if each.name == "owed" else each.default for each in fields(item)}
    plain = {name: getattr(item, name) for name in usual}
    return {name: value for name, value in plain.items() if value != usual[name]}
