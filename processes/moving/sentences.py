"""Why runs cannot be moved, and what moving changes for them, in plain sentences with the names of the steps."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from processes.engine.remap import Remapped, Trouble, Versions
from processes.graph.model import WAITING, Kind
from processes.moving.plan import KEEP, is_asked_anew, is_retimed, timed
from processes.queries.words import step_title

LONGEST = 500


def why_stranded(troubles: Iterable[Trouble], versions: Versions) -> str:
    return " ".join(said(each, versions) for each in troubles)[:LONGEST]


def said(trouble: Trouble, versions: Versions) -> str:
    """One reason, as a sentence."""
    named = {"step": title(versions, trouble.node)}
    match trouble.what:
        case "gone" if _scope_is_gone(trouble.node, versions):
            return _("“%(step)s” has gone, together with the stage it was in.") % named
        case "gone":
            return _("“%(step)s” has gone, and nothing was chosen in its place.") % named
        case "kind":
            return _("“%(step)s” has become another kind of step.") % named
        case "scope":
            return _("“%(step)s” stands in another stage now, or in none.") % named
        case "branch":
            return _("“%(step)s” is no longer among the same things done at once.") % named
        case "way":
            return _("At “%(step)s” something is done at once that these runs have not begun.") % named
        case "join":
            return _("These runs have come to “%(step)s” over a way that has gone.") % named
    return _("“%(step)s”: left where they are, as was chosen.") % named


def changes(found: Remapped, versions: Versions, times: dict[str, str]) -> list[str]:
    """What moving does to the work and the time of runs that can be moved; empty where nothing."""
    sentences = []
    for gone in found.gone.values():
        kind = versions.old.nodes[gone].kind
        named = {"step": title(versions, gone)}
        if kind is Kind.WAIT:
            sentences.append(_("“%(step)s”: what it waited for is no longer waited for.") % named)
        elif kind in WAITING:
            sentences.append(_("“%(step)s”: its work and its deadline are taken away.") % named)
    for old_key, new_key in found.kept.values():
        old, new = versions.old.nodes[old_key], versions.new.nodes[new_key]
        named = {"step": step_title(new), "old": step_title(old)}
        if old_key != new_key:
            sentences.append(_("“%(old)s” becomes “%(step)s”; whoever has it keeps it.") % named)
        if is_retimed(old, new) and (times.get(old_key, KEEP) != KEEP):
            words = (
                _("“%(step)s”: the wait changes.")
                if timed(new)[0] == "wait"
                else _("“%(step)s”: the deadline changes.")
            )
            sentences.append(words % named)
        if is_asked_anew(old, new):
            sentences.append(_("“%(step)s”: another rule says who approves, so they are asked anew.") % named)
    for key in found.arriving:
        node = versions.new.nodes[found.state.tokens[key].node]
        if node.kind is not Kind.JOIN:
            sentences.append(_("“%(step)s” begins.") % {"step": step_title(node)})
    return list(dict.fromkeys(sentences))


def title(versions: Versions, node: str) -> str:
    """A step by its name in the old version; a meeting of ways by what parts there."""
    found = versions.old.nodes.get(node) or versions.new.nodes.get(node)
    if found is not None and not found.name and found.key.endswith(":join"):
        found = versions.old.nodes.get(found.key.removesuffix(":join"), found)
    return step_title(found)


def _scope_is_gone(node: str, versions: Versions) -> bool:
    found = versions.old.nodes.get(node)
    return found is not None and found.scope is not None and found.scope not in versions.new.nodes
