"""What a step knows of its record: read when first asked for, forgotten when an action may have changed it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from foundation.automation import Field, named, subject
from foundation.errors import Refused
from processes.conditions import checking, closure, loading, reading
from processes.questions import OWN, answers_of_run, fields_of_graph
from processes.running.reading import graph_of

PLACE = re.compile(r"\{([a-z_]+\.[a-z0-9_.]+)\}")


class Values:
    """Fields of one record by name, and where they belong to a run what people answered in it. Conditions see them as
    they are at `at`."""

    def __init__(self, kind: str, key: int, at: datetime, run: Any = None) -> None:
        self.kind, self.key, self.at, self.run = kind, key, at, run
        self._read: dict[str, Any] = {}

    @property
    def own(self) -> Mapping[str, Field]:
        """What the steps of the run's version ask for."""
        return own_of(self.run.version_id, self.kind) if self.run is not None else {}

    def forget(self) -> None:
        self._read = {}

    def know(self, values: Mapping[str, Any]) -> None:
        """What was read of several records at once."""
        self._read |= values

    def holds(self, tree: Any) -> bool:
        """Does a condition hold now? One that is empty always does."""
        if not tree:
            return True
        version = self.run.version_id if self.run is not None and OWN in str(tree) else None
        condition, holds = compiled(self.kind, freeze(tree), version)
        self._load(loading.fields_needed(condition))
        return bool(holds(self._read, self.at))

    def of(self, name: str) -> Any:
        """A field's value; None where the record has none. Refused for a field that is no longer there."""
        if name not in self._read:
            if name not in self.own and named(name) is None:
                raise Refused(_("The field “%(name)s” is no longer there.") % {"name": name})
            self._load({name: {}})
        return self._read[name]

    def filled(self, value: Any) -> Any:
        """An argument as it is meant: {"field": …} becomes the field's value, {deal.title} in a text its words."""
        if isinstance(value, dict) and set(value) == {"field"}:
            return self.of(value["field"])
        if isinstance(value, str):
            return PLACE.sub(lambda found: self._words(found[1]), value)
        return value

    def _words(self, name: str) -> str:
        field = self.own.get(name) or named(name)
        value = self.of(name) if field is not None else None
        if value is None or value == "":
            return ""
        if name in self.own and field is not None and field.options is not None:
            return str(dict(field.options()).get(value, value))
        return str(localize(timezone.localtime(value) if isinstance(value, datetime) else value))

    def _load(self, names: Any) -> None:
        if self.own and any(name in self.own and name not in self._read for name in names):
            self._read |= answers_of_run(graph_of(self.run.version_id), self.run.data, self.own)
        missing = {name: inner for name, inner in dict(names).items() if name not in self._read}
        if missing:
            self._read |= loading.values_of(subject(self.kind).model, self.key, missing)


def freeze(tree: Any) -> Any:
    """A tree that can be a key: lists become tuples, objects sorted pairs."""
    if isinstance(tree, dict):
        return ("{}", *((name, freeze(each)) for name, each in sorted(tree.items())))
    if isinstance(tree, list | tuple):
        return ("[]", *map(freeze, tree))
    return tree


def thaw(frozen: Any) -> Any:
    if isinstance(frozen, tuple):
        if frozen[0] == "{}":
            return {name: thaw(each) for name, each in frozen[1:]}
        return [thaw(each) for each in frozen[1:]]
    return frozen


@lru_cache(maxsize=500)
def own_of(version_id: int, kind: str) -> Mapping[str, Field]:
    """What the steps of a version ask people for, by the names conditions use."""
    return fields_of_graph(graph_of(version_id), kind)


@lru_cache(maxsize=2_000)
def compiled(kind: str, frozen: Any, version_id: int | None = None) -> tuple[Any, Any]:
    """(condition, closure) of a tree, made once in a process. A version where the tree asks about answers."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    own = own_of(version_id, kind) if version_id is not None else {}
    condition = checking.checked(reading.read(thaw(frozen)), {**checking.fields_of(kind), **own}, zone)
    return condition, closure.compile_closure(condition)


@lru_cache(maxsize=500)
def asked_by(version_id: int, kind: str) -> Mapping[str, Any]:
    """What the choices of a version ask of its record, so that it can be read for many runs in one statement."""
    ways = [each.when for each in graph_of(version_id).flows if each.when]
    return (
        loading.fields_needed(*(compiled(kind, freeze(when), version_id)[0] for when in ways)) if ways else {}
    )


def read_ahead(doings: Sequence["Reading"]) -> None:
    """The fields that choices of these runs ask for, a statement for each version; not of records several runs are
    about, since one of them may change it."""
    about = Counter((each.values.kind, each.values.key) for each in doings)
    of_version: dict[tuple[int, str], dict[int, Values]] = {}
    for each in doings:
        if about[each.values.kind, each.values.key] == 1:
            of_version.setdefault((each.run.version_id, each.values.kind), {})[each.values.key] = each.values
    for (version, kind), known in of_version.items():
        if names := asked_by(version, kind):
            for key, values in loading.values_of_many(subject(kind).model, known, names).items():
                known[key].know(values)


class Reading(Protocol):
    """A step in progress, as far as reading ahead goes."""

    run: Any
    values: Values
