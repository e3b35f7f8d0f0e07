"""The words of the editor's drop-downs, and how their values are written."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from processes.editing.around import Around, Options

UNITS: Options = [
    ("working_days", _("working days")),
    ("working_hours", _("working hours")),
    ("days", _("days")),
    ("hours", _("hours")),
    ("minutes", _("minutes")),
]
SIDES: Options = [("us", _("ours")), ("client", _("the client's"))]
LATE: Options = [
    ("", _("nothing more")),
    ("remind", _("remind them")),
    ("escalate", _("tell their head")),
    ("give", _("give it to…")),
]
RULES: Options = [
    ("one", _("one of them is enough")),
    ("all", _("all of them approve")),
    ("count", _("so many of them approve")),
    ("order", _("all of them, one after another")),
]
# Kinds of blocks as the “+” offers them: what happens, and what that is good for.
KINDS: list[tuple[str, str, Any, Any]] = [
    ("task", "checkbox", _("Somebody does something"), _("a task with a deadline")),
    ("approval", "rubber-stamp", _("Somebody approves"), _("yes, no, or back for changes")),
    ("action", "bolt", _("Done by itself"), _("plan a task, move the deal, tell people")),
    ("choice", "arrows-split-2", _("It depends"), _("if … do this, otherwise that")),
    ("wait", "hourglass", _("Wait"), _("some time, for a day, until something happens")),
    ("stage", "flag", _("Stage"), _("steps that belong together, with a goal")),
    ("together", "arrows-split", _("Several things at once"), _("and go on when they are done")),
    ("race", "run", _("Whichever comes first"), _("an answer or two days of silence")),
    ("repeat", "repeat", _("Repeat"), _("some times, until, or for each")),
    ("call", "corner-down-right", _("Start another process"), _("and wait for its end, or not")),
    ("back", "arrow-back-up", _("Go back"), _("to an earlier step")),
    ("end", "player-stop", _("End here"), _("with a result")),
]
ICONS = {kind: icon for kind, icon, _label, _help in KINDS}
LABELS = {kind: label for kind, _icon, label, _help in KINDS}
SIMPLE = {
    "owner": _("the owner"),
    "head": _("the owner's head"),
    "starter": _("whoever began it"),
    "department": _("anybody of the owner's department"),
}
OF_A_ROLE = {
    "role": _("Somebody of a role"),
    "least_busy": _("Whoever is least busy of a role"),
    "in_turn": _("In turn, of a role"),
}
ARGUMENTS = {
    "title": _("Title"), "template": _("Template"), "owner": _("For whom"), "kind": _("Kind"),
    "due_in": _("Due in so many working days"), "estimate": _("Takes, in minutes"),
    "description": _("Description"), "stage": _("Stage"), "reason": _("Reason"), "note": _("Note"),
    "text": _("Text"), "on": _("Day"), "outcome": _("Outcome"), "who": _("Whom"), "subject": _("Subject"),
    "to": _("To"), "url": _("Address"), "delay": _("Sent after so many minutes"), "amount": _("Amount"),
    "expected_close_on": _("Expected close"), "source": _("Source"), "industry": _("Industry"),
    "channel": _("Preferred channel"), "tag": _("Tag"), "role": _("Role"), "field": _("Field"), "value": _("Value"),
    "hour": _("Hour"), "minutes": _("Lasts, in minutes"), "then": _("And then"),
}  # fmt: skip
REPEATS: Options = [
    ("", _("It does not repeat")),
    ("FREQ=DAILY", _("Every day")),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", _("Every day from Monday to Friday")),
    ("FREQ=WEEKLY;BYDAY=MO", _("Every Monday")),
    ("FREQ=WEEKLY;BYDAY=FR", _("Every Friday")),
    ("FREQ=MONTHLY;BYMONTHDAY=1", _("On the first day of a month")),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", _("On the last day of a month")),
    ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", _("On the first day of a quarter")),
]


def who_choices(around: Around, kept: Any = None) -> list[Any]:
    """One drop-down for everybody who can be meant; somebody who is gone stays in it while he is meant."""
    groups: list[Any] = list(SIMPLE.items())
    for kind, label in OF_A_ROLE.items():
        groups.append((label, [(f"{kind}:{key}", f"{label}: {name}") for key, name in around.roles]))
    of = _("Anybody of a department")
    groups.append((of, [(f"department:{pk}", f"{of}: {name}") for pk, name in around.departments]))
    groups.append((_("A person"), [(f"person:{pk}", name) for pk, name in around.people]))
    written = who_written(kept)
    known = {value for _label, row in groups[len(SIMPLE) :] for value, _name in row} | SIMPLE.keys()
    if written and written not in known:
        groups.insert(0, (written, _who_kept(kept, around)))
    return groups


def _who_kept(who: Any, around: Around) -> str:
    from processes.sentences import who_words

    return who_words(who, around.names)


def who_written(who: Any) -> str:
    """{"kind": "role", "key": "head"} → “role:head”."""
    if not who:
        return ""
    match who.get("kind"):
        case "person":
            return f"person:{who.get('id')}"
        case "people":
            return "people:" + ",".join(str(each) for each in who.get("ids", ()))
        case "department":
            return f"department:{who['id']}" if who.get("id") is not None else "department"
        case kind if kind in OF_A_ROLE:
            return f"{kind}:{who.get('key')}"
        case kind:
            return str(kind or "")


def who_read(text: str) -> dict[str, Any] | None:
    kind, _colon, rest = text.partition(":")
    if not kind:
        return None
    if kind == "person" or (kind == "department" and rest):
        return {"kind": kind, "id": int(rest)}
    if kind == "people":
        return {"kind": kind, "ids": [int(each) for each in rest.split(",")]}
    return {"kind": kind, "key": rest} if rest else {"kind": kind}
