"""Reads an event log from a table of text: a row an event, with chosen columns for the case and the rest."""

import csv
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import chain, groupby
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.mining.lifecycle import RawEvent, add_case
from processes.mining.log import Log, Names, milliseconds
from processes.mining.xes import (
    MOST_EVENTS,
    MOST_IN_A_CASE,
    SHOWN,
    left_out,
    refuse_too_many,
    unpacked,
    within_time,
)

LINE = 2**18  # characters
COLUMNS = 500
DELIMITERS = ",;\t|"
RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d.*))?")
GUESSES = {
    "case": ("case:concept:name", "case id", "case_id", "caseid", "case", "trace"),
    "activity": ("concept:name", "activity", "activity name", "event", "stage"),
    "moment": ("time:timestamp", "timestamp", "complete timestamp", "time", "moment", "end"),
    "resource": ("org:resource", "resource", "user", "person"),
    "started": ("start timestamp", "start_timestamp", "started"),
    "transition": ("lifecycle:transition", "transition"),
}


@dataclass(frozen=True)
class Columns:
    """Titles of columns. `started`: where a row holds both ends of a step, of which `moment` may still be empty.

    `transition`: where beginnings and ends are rows of their own.
    """

    case: str = ""
    activity: str = ""
    moment: str = ""
    resource: str = ""
    started: str = ""
    transition: str = ""


@dataclass
class _Rows:
    """What was read, in columns; a log of millions of rows must be sorted by case before it can be told."""

    case: "array[int]"
    activity: "array[int]"
    at: "array[int]"
    resource: "array[int]"
    transition: "array[int]"


def read_table(source: Path | BinaryIO, columns: Columns | None = None, zone: str = "UTC") -> Log:
    """Raises Refused for what is no table, or lacks a column; `zone` is that of moments without one."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return read_table(file, columns, zone)
    lines, delimiter = _lines(source)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        heads = next(reader, [])
        if len(heads) > COLUMNS:
            raise Refused(_("The table has more than 500 columns."))
        return _Table(heads, columns or Columns(), _zone(zone)).read(reader)
    except csv.Error as error:
        raise Refused(
            _("Line %(line)s of the table cannot be read: %(why)s.") % {"line": reader.line_num, "why": error}
        ) from error


class _Table:
    def __init__(self, heads: list[str], columns: Columns, zone: tzinfo) -> None:
        self.columns = _chosen(heads, columns)
        places = {title: place for place, title in reversed(list(enumerate(heads)))}
        self.place = {
            key: places[title] for key, title in vars(self.columns).items() if title in places and title
        }
        self.zone = zone
        self.names = {key: Names() for key in ("case", "activity", "resource", "transition")}
        self.rows = _Rows(array("i"), array("i"), array("q"), array("i"), array("i"))
        self.missing = {"case": 0, "activity": 0, "moment": 0}

    def read(self, reader: Iterable[list[str]]) -> Log:
        for row in reader:
            if any(row):
                self._take(row)
        if not self.rows.at:
            raise Refused(_("The table holds no row with a case, an activity and a moment."))
        return self._log()

    def _take(self, row: list[str]) -> None:
        case, activity = self._cell(row, "case"), self._cell(row, "activity")
        at = moment_in(self._cell(row, "moment"), self.zone)
        started = moment_in(self._cell(row, "started"), self.zone)
        if not case or not activity or (at is None and started is None):
            self.missing["case" if not case else "activity" if not activity else "moment"] += 1
            return
        resource = self._cell(row, "resource")
        if started is not None:
            self._add(case, activity, started, resource, "start")
        if at is not None:
            self._add(case, activity, at, resource, self._cell(row, "transition").lower() or "complete")

    def _add(self, case: str, activity: str, at: int, resource: str, transition: str) -> None:
        rows, names = self.rows, self.names
        rows.case.append(names["case"].place(case))
        rows.activity.append(names["activity"].place(activity))
        rows.at.append(at)
        rows.resource.append(names["resource"].place(resource))
        rows.transition.append(names["transition"].place(transition))
        if len(rows.at) > MOST_EVENTS:
            raise Refused(_("The log has more than ten million events: read a shorter period."))

    def _cell(self, row: list[str], key: str) -> str:
        place = self.place.get(key, -1)
        return row[place].strip()[:SHOWN] if 0 <= place < len(row) else ""

    def _log(self) -> Log:
        log, cases = Log(), self.rows.case
        order = sorted(range(len(cases)), key=cases.__getitem__)
        for case, places in groupby(order, key=cases.__getitem__):
            events = [self._event(place) for place in places]
            if len(events) > MOST_IN_A_CASE:
                raise Refused(_("A single case has more than 200,000 events."))
            add_case(log, self.names["case"].texts[case], events)
            refuse_too_many(log)
        left_out(
            log,
            caseless=self.missing["case"],
            nameless=self.missing["activity"],
            timeless=self.missing["moment"],
        )
        return log

    def _event(self, place: int) -> RawEvent:
        rows, names = self.rows, self.names
        return RawEvent(
            names["activity"].texts[rows.activity[place]],
            rows.at[place],
            names["transition"].texts[rows.transition[place]],
            names["resource"].texts[rows.resource[place]],
        )


def moment_in(text: str, zone: tzinfo) -> int | None:
    """ISO 8601, “2024/05/07 12:30:00.123” and “07.05.2024 12:30”; None for anything else."""
    if not text:
        return None
    russian = RUSSIAN.fullmatch(text)
    if russian:
        day, month, year, hour = russian.groups()
        text = f"{year}-{month:0>2}-{day:0>2}" + (f" {hour:0>5}" if hour else "")
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        return within_time(milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=zone)))
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(_("There is no time zone “%(name)s”.") % {"name": name}) from error


def _chosen(heads: list[str], columns: Columns) -> Columns:
    """The columns asked for; those nobody named are guessed from the usual titles."""
    by_title = {title.strip().lower(): title for title in reversed(heads)}
    found = {}
    for key, asked in vars(columns).items():
        if asked and asked not in heads:
            raise Refused(
                _("The table has no column “%(asked)s”. It has: %(titles)s.")
                % {"asked": asked, "titles": ", ".join(heads[:40])}
            )
        guess = next((by_title[each] for each in GUESSES[key] if each in by_title), "")
        found[key] = asked or guess
    if not (found["case"] and found["activity"] and found["moment"]):
        raise Refused(
            _("Say which columns hold the case, the activity and the moment. The table has: %(titles)s.")
            % {"titles": ", ".join(heads[:40])}
        )
    return replace(columns, **found)


def _lines(source: BinaryIO) -> tuple[Iterator[str], str]:
    pieces = unpacked(source, 2**16)
    first = next(pieces, b"")
    if not first.strip():
        raise Refused(_("The file is empty."))
    if b"\0" in first:
        raise Refused(_("This is no table of text."))
    encoding = "utf-8-sig"
    try:
        first[:-4].decode(encoding) if len(first) == 2**16 else first.decode(encoding)
    except UnicodeDecodeError as error:
        encoding = "utf-8-sig" if error.start >= len(first) - 8 else "cp1251"
    head = first.splitlines()[0].decode(encoding, "replace")
    delimiter = max(DELIMITERS, key=head.count)
    return _decoded(chain([first], pieces), encoding), delimiter


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Lines, none of them longer than LINE: a file without line ends would be held whole."""
    rest, encoding_of_all = b"", encoding
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield _text(line, encoding_of_all) + "\n"
            encoding_of_all = encoding.removesuffix("-sig")
        if len(rest) > LINE:
            raise Refused(_("A line of the table is longer than any honest one."))
    if rest:
        yield _text(rest, encoding_of_all)


def _text(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(_("The table is not written in UTF-8 or Windows-1251.")) from error
