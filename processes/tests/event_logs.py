"""Event logs for tests: made up, random, or as textbooks and publishers describe theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import quoteattr

from processes.graph.model import Flow, Graph, Kind, Node
from processes.mining.lifecycle import RawEvent, add_case
from processes.mining.log import Log, milliseconds

MONDAY = datetime(2024, 1, 1, 9, tzinfo=UTC)

# W. van der Aalst, "Process Mining" (2016), the log of 1,391 requests: how often each way was taken.
TEXTBOOK = {
    "acdeh": 455,
    "abdeg": 191,
    "adceh": 177,
    "abdeh": 144,
    "acdeg": 111,
    "adceg": 82,
    "adbeh": 56,
    "acdefdbeh": 47,
    "adbeg": 38,
    "acdefbdeh": 33,
    "acdefbdeg": 14,
    "acdefdbeg": 11,
    "adcefcdeh": 9,
    "adcefdbeh": 8,
    "adcefbdeg": 5,
    "acdefbdefdbeg": 3,
    "adcefdbeg": 2,
    "adcefbdefbdeg": 2,
    "adcefdbefbdeh": 1,
    "adbefbdefdbeg": 1,
    "adcefdbefcdefdbeg": 1,
}
# "Loan application example, configuration 1", doi 10.4121/cdf3ba31-291d-468d-9712-3a58ac6da3fc: the publisher's counts.
LOANS = {
    "ADBCEG": 1,
    "ABDCEG": 12,
    "ABCFG": 8,
    "ABDCFG": 26,
    "ABCDEG": 6,
    "ACBFG": 1,
    "ACBEG": 1,
    "ADCBFG": 4,
    "ABCDFG": 38,
    "ADBCFG": 1,
    "ACDBFG": 2,
}


@dataclass(frozen=True)
class Told:
    """A doing of an activity, in minutes after MONDAY; `began` None where only the end is written down."""

    activity: str
    ended: int
    began: int | None = None
    person: str = ""


def at(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def log_of(cases: Mapping[str, Iterable[Told]]) -> Log:
    log = Log()
    for name, told in cases.items():
        add_case(log, name, [event for each in told for event in _events(each)])
    return log


def log_of_ways(ways: Mapping[str, int]) -> Log:
    """A letter a step, one a minute; so many cases of each way."""
    cases = {
        f"{way}-{place}": [Told(letter, minute) for minute, letter in enumerate(way)]
        for way, count in ways.items()
        for place in range(count)
    }
    return log_of(cases)


def random_cases(seed: int, cases: int = 60, letters: str = "abcdef") -> dict[str, list[Told]]:
    """Ways of up to twelve steps with repeats, gaps, equal moments and several people; half with beginnings."""
    random = Random(seed)
    has_beginnings = bool(seed % 2)
    told: dict[str, list[Told]] = {}
    for number in range(cases):
        minute = random.randrange(20_000)
        steps = []
        for _place in range(random.randint(1, 12)):
            waits, works = random.choice([0, 0, 1, 7, 600, 5_000]), random.choice([0, 1, 30, 1_000])
            began = minute + waits
            minute = began + works
            person = random.choice(["", "Ann", "Boris", "Citra"])
            steps.append(Told(random.choice(letters), minute, began if has_beginnings else None, person))
        told[f"case {number}"] = steps
    return told


def xes_of(cases: Mapping[str, Iterable[Told]], prologue: str = "", log_attributes: str = "") -> str:
    """As the tools of the field write it: extensions, globals, classifiers, nested attributes."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8" ?>',
        prologue,
        "<!-- an example -->",
        f'<log xes.version="1.0" xmlns="http://www.xes-standard.org/"{log_attributes}>',
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>',
        '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>',
        '<classifier name="Activity" keys="concept:name"/>',
        '<string key="creator" value="a test"><int key="nested" value="1"/></string>',
    ]
    for name, told in cases.items():
        lines.append(f'<trace><string key="concept:name" value={quoteattr(name)}/>')
        lines.append('<string key="channel" value="web"/>')
        for each in told:
            lines.extend(_xes_event(event) for event in _events(each))
        lines.append("</trace>")
    return "\n".join([*filter(None, lines), "</log>\n"])


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _xes_event(event: RawEvent) -> str:
    moment = datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds")
    who = f'<string key="org:resource" value={quoteattr(event.resource)}/>' if event.resource else ""
    return (
        f'<event><string key="concept:name" value={quoteattr(event.activity)}/>{who}'
        f'<date key="time:timestamp" value="{moment}"/>'
        f'<string key="lifecycle:transition" value="{event.transition}"><int key="n" value="1"/></string></event>'
    )


def _events(told: Told) -> list[RawEvent]:
    ended = RawEvent(told.activity, milliseconds(at(told.ended)), "complete", told.person)
    if told.began is None:
        return [ended]
    return [RawEvent(told.activity, milliseconds(at(told.began)), "start", told.person), ended]


def graph_of(kinds: Mapping[str, Kind], arrows: str) -> Graph:
    """Nodes that are no tasks by `kinds`; "a>b b>c" for the flows. A task is called as its key."""
    pairs = [arrow.split(">") for arrow in arrows.split()]
    keys = dict.fromkeys(key for pair in pairs for key in pair)
    nodes = [Node(key, kinds.get(key, Kind.TASK), "" if key in kinds else key) for key in keys]
    return Graph.of(nodes, [Flow(f"{source}-{target}", source, target) for source, target in pairs])
