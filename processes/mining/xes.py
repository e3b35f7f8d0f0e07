"""Reads an event log in XES (IEEE 1849), packed with gzip or not, piece by piece.

Only what is counted is kept. A document type, entities, a single entry of a megabyte, endless unfolding: refused.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.errors import Refused
from processes.mining.lifecycle import RawEvent, add_case
from processes.mining.log import Log, milliseconds

CHUNK = 2**18
MOST_BYTES = 8 * 2**30  # unpacked
MOST_RATIO = 400  # unpacked to packed: XES repeats itself, but not so much
MOST_EVENTS = 10_000_000
MOST_IN_A_CASE = 200_000
MOST_ACTIVITIES = 20_000
MOST_SAID = 1_000  # attributes of one event
ENTRY = 2**20  # bytes of one element
DEPTH = 32
LONGEST = 1_000  # characters of a name
SHOWN = 200  # characters kept of an attribute of a case
EARLIEST, LATEST = (milliseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (2, 9_999))
NAME, MOMENT, TRANSITION = "concept:name", "time:timestamp", "lifecycle:transition"
RESOURCE, INSTANCE, COST = "org:resource", "concept:instance", "cost:total"
WANTED = frozenset({NAME, MOMENT, TRANSITION, RESOURCE, INSTANCE, COST, "Costs"})


def read_xes(source: Path | BinaryIO) -> Log:
    """Raises Refused for what is no log; what is left out of one is told in its notes."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return read_xes(file)
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _declared
    parser.EntityDeclHandler = _declared
    parser.StartElementHandler = reading.opened
    parser.EndElementHandler = reading.closed
    parser.buffer_text = True
    try:
        for chunk in unpacked(source):
            _feed(parser, reading, chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(_not_xml(error, reading)) from error
    except (LookupError, ValueError) as error:  # of the parser: an encoding it does not know or cannot read
        raise Refused(_("The file names an encoding that cannot be read. Save it in UTF-8.")) from error
    return reading.ended()


def unpacked(source: BinaryIO, chunk: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file, unpacked if it is packed; by its first bytes, never by its name."""
    begin = source.read(4)
    source.seek(0)
    if begin[:2] == b"PK":
        raise Refused(_("This is a ZIP archive. Unpack it, and read the log that is in it."))
    if begin[:2] != b"\x1f\x8b":
        while piece := source.read(chunk):
            yield piece
        return
    read = 0
    try:
        with gzip.GzipFile(fileobj=source) as packed:
            while piece := packed.read(chunk):
                read += len(piece)
                if read > MOST_BYTES or (read > 2**26 and read > MOST_RATIO * source.tell()):
                    raise Refused(_("The file unfolds to more than any log: it is refused."))
                yield piece
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(_("The packed file is damaged or was cut off.")) from error


def _feed(parser: expat.XMLParserType, reading: "_Reading", chunk: bytes) -> None:
    """An element that never ends would be held whole: none is allowed to be longer than ENTRY."""
    met = reading.met
    parser.Parse(chunk, False)
    reading.unanswered = 0 if reading.met != met else reading.unanswered + len(chunk)
    if reading.unanswered > ENTRY:
        raise Refused(_("A single entry of the file is longer than a megabyte: this is no event log."))


def _declared(*_said: object) -> None:
    raise Refused(_("The file declares a document type or entities. No event log needs them: it is refused."))


def _not_xml(error: expat.ExpatError, reading: "_Reading") -> str:
    if reading.met == 0:
        return _("This is no event log: the file is not XML.")
    return _("The file is damaged: line %(line)s is not well-formed XML.") % {"line": error.lineno}


class _Reading:
    """What the parser has met so far. Tags are taken without their prefix."""

    def __init__(self) -> None:
        self.log = Log()
        self.depth = self.met = self.unanswered = 0
        self.in_trace = False
        self.said_of_case: dict[str, str] = {}
        self.events: list[RawEvent] = []
        self.event: dict[str, str] | None = None
        self.said = 0
        self.classifier: list[str] = []
        self.wanted = WANTED
        self.nameless = self.timeless = self.caseless = self.empty = 0

    def opened(self, tag: str, said: dict[str, str]) -> None:
        self.met += 1
        self.depth = depth = self.depth + 1
        if depth == 4:
            if self.event is not None:
                self.said += 1
                key = said.get("key", "")
                if key in self.wanted:
                    self.event[key] = said.get("value", "")
                elif self.said > MOST_SAID:
                    raise Refused(_("A single event says more than a thousand things: this is no event log."))
        elif depth == 3:
            if self.in_trace:
                if _bare(tag) == "event":
                    self.event, self.said = {}, 0
                else:
                    self._say_of_case(said)
        elif depth == 2:
            self._open_second(_bare(tag), said)
        elif depth == 1:
            if _bare(tag) != "log":
                raise Refused(
                    _("This is XML, but no event log: it begins with “%(tag)s”.") % {"tag": tag[:50]}
                )
        elif depth > DEPTH:
            raise Refused(_("The file is nested deeper than any log."))

    def closed(self, tag: str) -> None:
        self.met += 1
        depth, self.depth = self.depth, self.depth - 1
        if depth == 3 and self.event is not None:
            self._end_event(self.event)
            self.event = None
        elif depth == 2 and self.in_trace:
            self._end_case()

    def _open_second(self, tag: str, said: dict[str, str]) -> None:
        if tag == "trace":
            self.in_trace, self.events, self.said_of_case = True, [], {}
        elif tag == "event":
            self.caseless += 1
        elif tag == "classifier" and not self.classifier:
            self.classifier = said.get("keys", "").split()
            self.wanted = WANTED | set(self.classifier[:5])

    def _say_of_case(self, said: dict[str, str]) -> None:
        key, value = said.get("key", ""), said.get("value", "")
        if key and len(key) <= SHOWN and len(self.said_of_case) < MOST_SAID:
            self.said_of_case[key] = value[:SHOWN]

    def _end_event(self, said: dict[str, str]) -> None:
        name = said.get(NAME) or " ".join(filter(None, map(said.get, self.classifier)))
        if not name:
            self.nameless += 1
            return
        if len(name) > LONGEST:
            raise Refused(_("An activity has a name of more than a thousand characters."))
        at = moment_in(said.get(MOMENT, ""))
        if at is None:
            self.timeless += 1
            return
        transition = said.get(TRANSITION, "complete").lower()
        cost = _number(said.get(COST) or said.get("Costs"))
        resource = said.get(RESOURCE, "")[:SHOWN]
        self.events.append(RawEvent(name, at, transition, resource, cost, said.get(INSTANCE, "")[:SHOWN]))
        if len(self.events) > MOST_IN_A_CASE:
            raise Refused(_("A single case has more than 200,000 events."))

    def _end_case(self) -> None:
        self.in_trace = False
        said = self.said_of_case
        name = said.pop(NAME, "")[:SHOWN] or str(len(self.log) + 1)
        self.empty += not self.events
        add_case(self.log, name, self.events, said)
        self.events = []
        refuse_too_many(self.log)

    def ended(self) -> Log:
        if not len(self.log):
            raise Refused(_("The log holds no case with an event that has a name and a moment."))
        left_out(
            self.log, nameless=self.nameless, timeless=self.timeless, caseless=self.caseless, empty=self.empty
        )
        return self.log


def refuse_too_many(log: Log) -> None:
    if log.events > MOST_EVENTS:
        raise Refused(_("The log has more than ten million events: read a shorter period."))
    if len(log.activities.texts) > MOST_ACTIVITIES:
        raise Refused(_("The log names more than 20,000 activities: its names look like numbers of cases."))


def left_out(log: Log, *, nameless: int = 0, timeless: int = 0, caseless: int = 0, empty: int = 0) -> None:
    """Nothing is dropped in silence."""
    told: list[tuple[int, Callable[[int], str]]] = [
        (nameless, lambda n: ngettext("%(n)s event has no activity.", "%(n)s events have no activity.", n)),
        (timeless, lambda n: ngettext("%(n)s event has no moment.", "%(n)s events have no moment.", n)),
        (caseless, lambda n: ngettext("%(n)s event has no case.", "%(n)s events have no case.", n)),
        (empty, lambda n: ngettext("%(n)s case has no events.", "%(n)s cases have no events.", n)),
    ]
    log.notes += [_("Left out: %(what)s") % {"what": said(n) % {"n": n}} for n, said in told if n]


def moment_in(text: str) -> int | None:
    """Milliseconds of 1970 UTC; None for what is no moment. One without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return within_time(round(moment.timestamp() * 1000))
    except (ValueError, OverflowError):
        return None


def within_time(at: int) -> int | None:
    """None of moments so early or late that a zone would push them out of the calendar."""
    return at if EARLIEST < at < LATEST else None


def _bare(tag: str) -> str:
    return tag.rpartition(":")[2]


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if abs(number) < 1e15 else 0.0
