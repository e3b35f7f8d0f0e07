"""Why a process began for a record, or did not: what happened, the condition part by part, and what held it back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.facts import MAX_DEPTH
from foundation.models import Delivery, Event
from foundation.timeline import Entry, page
from processes.editing.around import Around
from processes.editing.cards import start_words
from processes.handlers import heard as listener
from processes.models import Process, Run, Status, Version
from processes.queries import words
from processes.queries.why_conditions import Asked, Asking
from processes.querysets import role_keys
from processes.running import times
from users.dates import day_text

LATELY = timedelta(days=90)
MOST_FACTS, MOST_RUNS, MOST_VERSIONS, MOST_SWITCHES = 20, 50, 50, 50
LISTENER = f"{listener.__module__}.{listener.__qualname__}"

BEGUN_BEFORE = """
    SELECT moment, (SELECT count(*) FROM (
        SELECT FROM processes_run WHERE process_id = %s AND caller_id IS NULL
            AND started_at >= moment - interval '1 day' AND started_at < moment LIMIT %s) AS begun)
    FROM unnest(%s::timestamptz[]) AS moment
"""


@dataclass(frozen=True)
class Held:
    """A guard that held it back, in words; `url` of what is meant."""

    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Heard:
    """A fact that a beginning listens to, and what became of it."""

    at: datetime
    when: str
    sentence: str
    who: str
    asked: Asked
    run: Run | None = None
    held: Held | None = None
    url: str = ""

    @property
    def mark(self) -> str:
        return "holds" if self.run else "fails"


@dataclass
class Beginning:
    """One beginning of the version that is carried out. `asked`: its condition of the record as it is now."""

    kind: str
    icon: str
    words: str
    asked: Asked
    heard: list[Heard] = field(default_factory=list)
    says: str = ""


class Why:
    """Of one process and one record; some twelve statements, however much has happened."""

    def __init__(self, process: Process, key: int, person: Any, now: datetime) -> None:
        self.process, self.key, self.person, self.now = process, key, person, now
        self.kind = process.subject_kind
        versions = Version.objects.filter(process=process).order_by("-number")
        self.versions = list(versions.defer("graph", "outline", "drawing")[:MOST_VERSIONS])
        self.starts: list[dict[str, Any]] = self.versions[0].starts if self.versions else []
        trees = [each.get("when") for version in self.versions for each in version.starts]
        days = [each["field"] for each in self.starts if each.get("field")]
        self.asking = Asking(self.kind, key, trees, fields=days)
        self.runs = list(
            Run.objects.filter(process=process)
            .about(self.kind, key)  # type: ignore[attr-defined]
            .select_related("started_by")
            .defer("state", "data")
            .order_by("-started_at", "-pk")[:MOST_RUNS]
        )
        self.switches = page("process", process.pk, names=["process.switched"], limit=MOST_SWITCHES).entries

    def page(self) -> dict[str, Any]:
        facts = self._facts()
        self._know(facts)
        around = Around(self.process)
        beginnings = [self._beginning(each, facts, around) for each in self.starts]
        held = self._held_now()
        return {
            "beginnings": beginnings,
            "held": held,
            "runs": [self._run_row(run) for run in self.runs[:5]],
            "conclusion": self._conclusion(beginnings),
            "would": self._would(beginnings, held),
        }

    # --- what happened

    def _facts(self) -> list[Entry]:
        names = sorted({each["fact"] for each in self.starts if "fact" in each})
        if not names:
            return []
        found = page(self.kind, self.key, names=names, limit=MOST_FACTS).entries
        return [each for each in found if each.at > self.now - LATELY]

    def _know(self, facts: list[Entry]) -> None:
        """What is asked of the facts together: how deep in a chain, whether heard yet, how many began before."""
        keys = [each.pk for each in facts]
        self.depths: dict[int, int] = {}
        self.pending: dict[int, str] = {}
        self.before: dict[datetime, int] = {}
        if not facts:
            return
        moments = [each.at for each in facts]
        told = Event.objects.filter(pk__in=keys, at__gte=min(moments), at__lte=max(moments))
        self.depths = dict(told.values_list("pk", "depth"))
        waiting = Delivery.objects.filter(event_id__in=keys, handler=LISTENER, done_at=None)
        self.pending = dict(waiting.values_list("event_id", "error"))
        if self.process.daily_cap is not None:
            with connection.cursor() as cursor:
                cursor.execute(BEGUN_BEFORE, [self.process.pk, self.process.daily_cap, moments])
                self.before = dict(cursor.fetchall())

    def _beginning(self, start: dict[str, Any], facts: list[Entry], around: Around) -> Beginning:
        asked = self.asking.asked(start.get("when"), self.now)
        said = start_words(start, around)
        if "button" in start:
            return Beginning("button", "hand-finger", said, asked, says=self._button(start, around))
        if "fact" not in start:
            return Beginning("schedule", "calendar-time", said, asked, says=self._schedule(start))
        found = Beginning("fact", "bolt", said, asked)
        found.heard = [self._heard(each, start) for each in facts if each.name == start["fact"]]
        return found

    def _heard(self, fact: Entry, start: dict[str, Any]) -> Heard:
        run = next((each for each in self.runs if each.event_id == fact.pk), None)
        version = next((each for each in self.versions if each.published_at <= fact.at), None)
        then = _same(start, version.starts) if version else None
        asked = self.asking.asked((then or start).get("when"), fact.at, fact.payload)
        held = None if run else self._held(fact, version, then, asked)
        when = words.moment_text(fact.at)
        return Heard(fact.at, when, fact.sentence, fact.actor_name, asked, run, held)

    # --- what held it back

    def _held(
        self, fact: Entry, version: Version | None, then: dict[str, Any] | None, asked: Asked
    ) -> Held | None:
        if version is None:
            return Held(_("the process was not published yet"))
        if then is None:
            number = {"number": version.number}
            return Held(_("version %(number)s, which was carried out then, did not begin with this") % number)
        if fact.pk in self.pending:
            error = self.pending[fact.pk]
            return Held(_("it has not been heard yet: %(why)s") % {"why": error or _("it waits its turn")})
        if (standing := self._standing_at(fact.at)) is not None:
            return standing
        if fact.payload.get("process_id") == self.process.pk and fact.name.startswith("process."):
            return Held(_("a process does not begin because of what its own runs tell"))
        if not asked.holds:
            return Held(asked.lacking)
        return self._guarded(fact.at, self.depths.get(fact.pk, 0)) or Held(
            _("nothing that is kept says why: what its condition asks was otherwise then, or another way of the "
              "same process was quicker")
        )  # fmt: skip

    def _standing_at(self, moment: datetime) -> Held | None:
        """Paused or off at the moment, since when and why."""
        last = next((each for each in self.switches if each.at <= moment), None)
        if last is None or last.payload.get("status") == Status.ON:
            return None
        published = next((each for each in self.versions if each.published_at <= moment), None)
        if published is not None and published.published_at > last.at:
            return None
        label = Status(last.payload["status"]).label
        said = {
            "status": label,
            "since": words.moment_text(last.at),
            "why": last.payload.get("reason") or "–",
        }
        return Held(_("the process was %(status)s since %(since)s: %(why)s") % said)

    def _guarded(self, moment: datetime, depth: int = 0) -> Held | None:
        if depth >= MAX_DEPTH:
            return Held(_("it is the end of a chain of more than %(n)d automatic changes") % {"n": MAX_DEPTH})
        for run in self.runs:
            is_under_way = run.started_at <= moment and (run.ended_at is None or run.ended_at > moment)
            if self.process.is_single and is_under_way:
                said = {"since": words.moment_text(run.started_at)}
                return Held(
                    _("one was under way for this record since %(since)s") % said, run.get_absolute_url()
                )
        pause = timedelta(days=self.process.pause_days or 0)
        for run in self.runs:
            if pause and moment - pause < run.started_at <= moment:
                last = words.moment_text(run.started_at)
                sentence = _("it begins once in %(days)s days for a record, and did on %(last)s") % {
                    "days": self.process.pause_days, "last": last,
                }  # fmt: skip
                return Held(sentence, run.get_absolute_url())
        cap = self.process.daily_cap
        if cap is not None and self.before.get(moment, 0) >= cap:
            return Held(_("%(n)d had begun within a day, which is as many as may") % {"n": cap})
        return None

    def _held_now(self) -> list[Held]:
        held = []
        if self.process.status != Status.ON:
            said = {"status": self.process.get_status_display(), "why": self.process.why or "–"}
            held.append(Held(_("the process is %(status)s: %(why)s") % said))
        if (guard := self._guarded(self.now)) is not None:
            held.append(guard)
        return held

    # --- in words

    def _button(self, start: dict[str, Any], around: Around) -> str:
        roles, mine = start.get("roles") or [], role_keys(self.person)
        if not self.person.may("processes.start"):
            return _("You may not press it: your roles do not let you begin processes.")
        if not roles or set(roles) & set(mine):
            return _("You may press it, on the page of the record.")
        names = ", ".join(str(dict(around.roles).get(each, each)) for each in roles)
        return _("You may not press it: it is for %(roles)s.") % {"roles": names}

    def _schedule(self, start: dict[str, Any]) -> str:
        """When it looks next; of a day that the record names, which that is."""
        rule = start.get("schedule") or ""
        triggers = self.process.triggers.filter(kind="schedule", rule=rule, date_field=start.get("field", ""))
        trigger = triggers.order_by("next_at").first()
        if trigger is None or trigger.next_at is None:
            return _("No day is set on which it looks next.")
        said = _("It looks next %(day)s.") % {"day": words.moment_text(trigger.next_at)}
        if not start.get("field"):
            return said
        value = self.asking.now.get(start["field"])
        if value is None:
            return said + " " + _("The record has no such day.")
        offset = start.get("offset") or {"amount": 0, "unit": "days"}
        day = times.from_field(value, offset, times.calendar_for(None))
        return (
            said
            + " "
            + _("For this record it means %(day)s.")
            % {"day": day_text(timezone.localdate(day), timezone.localdate())}
        )

    def _conclusion(self, beginnings: list[Beginning]) -> str:
        heard = [each for beginning in beginnings for each in beginning.heard]
        last = max(heard, key=lambda each: each.at, default=None)
        run = self.runs[0] if self.runs else None
        if run is not None and (last is None or last.run is not None or run.started_at >= last.at):
            said = {"day": words.moment_text(run.started_at), "how": self._how(run)}
            return _("It began %(day)s: %(how)s.") % said
        if last is None:
            return _("It did not begin, because nothing it begins with has happened here in ninety days.")
        return _("It did not begin, because: %(why)s.") % {"why": last.held.sentence if last.held else "–"}

    def _would(self, beginnings: list[Beginning], held: list[Held]) -> list[str]:
        """What it would take now, a sentence for each beginning."""
        stands = "; ".join(each.sentence for each in held)
        found = []
        for each in beginnings:
            needs = "; ".join(text for text in (stands, each.asked.lacking) if text)
            said = {"start": each.words, "needs": needs}
            text = (
                _("%(start)s: it would begin now.")
                if not needs
                else _("%(start)s: not now, because %(needs)s.")
            )
            found.append(text % said)
        return found

    def _how(self, run: Run) -> str:
        if run.caller_id:
            return _("another process began it")
        if run.event_id:
            return _("something happened that it begins with")
        if run.started_by:
            return _("%(name)s pressed the button") % {"name": run.started_by.name}
        return _("its day had come")

    def _run_row(self, run: Run) -> dict[str, Any]:
        return {
            "run": run,
            "when": words.moment_text(run.started_at),
            "how": self._how(run),
            "status": run.get_status_display(),
        }


def _same(start: dict[str, Any], starts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The beginning of another version that is this one, or listens to the same fact."""
    if start in starts:
        return start
    return next((each for each in starts if each.get("fact") == start["fact"]), None)
