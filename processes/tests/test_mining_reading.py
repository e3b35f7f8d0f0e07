"""Event logs are read whole from XES and from tables; what is no log is refused in a sentence."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foundation.errors import Refused
from integrations.testing import hostile_files, shared_data
from processes.mining.delimited import Columns
from processes.mining.figures import figures_of
from processes.mining.lifecycle import RawEvent, paired
from processes.mining.log import Log, milliseconds, moment_of
from processes.mining.reading import read_log
from processes.tests.event_logs import Told, at, log_of, random_cases, written, xes_of

TWO = {"one": [Told("ask", 5, 0, "Ann"), Told("answer", 30, 20)], "two": [Told("ask", 9, 7)]}


def told_by(log: Log) -> list[tuple[str, list[tuple[object, ...]]]]:
    return [
        (trace.name, [(log.name(step.activity), step.started, step.completed) for step in trace.steps])
        for trace in log.traces()
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_log_is_read_as_it_was_written(tmp_path: Path, packed: bool) -> None:
    text = xes_of(TWO).encode()
    log = read_log(written(tmp_path / "log.xes", gzip.compress(text) if packed else text))
    assert told_by(log) == told_by(log_of(TWO))
    assert (log.events, log.steps, len(log)) == (6, 3, 2)
    assert log.person(next(log.traces()).steps[0].resource) == "Ann"
    assert log.attribute("channel", 0) == "web"
    assert log.notes == []


def test_a_log_without_namespace_lifecycle_and_milliseconds_is_read(tmp_path: Path) -> None:
    text = """<?xml version='1.0' encoding='UTF-8'?><log><global scope="event"/><classifier name="A" keys="Activity"/>
    <trace><string key="concept:name" value="7"/><event><string key="Activity" value="ask"/>
    <date key="time:timestamp" value="2010-12-30T14:32:00+01:00"/><string key="Costs" value="50"/></event></trace>
    </log>"""
    log = read_log(written(tmp_path / "x", text))
    (step,) = next(log.traces()).steps
    assert log.name(step.activity) == "ask"
    assert moment_of(step.moment) == datetime(2010, 12, 30, 13, 32, tzinfo=UTC)
    assert step.cost == 50


def test_tags_may_have_a_prefix_and_the_file_may_be_in_utf_16(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-16"?><x:log xmlns:x="http://www.xes-standard.org/"><x:trace><x:event>'
        '<x:string key="concept:name" value="Заявка"/><x:date key="time:timestamp" value="2024-01-01T00:00:00Z"/>'
        "</x:event></x:trace></x:log>"
    )
    log = read_log(written(tmp_path / "x", text.encode("utf-16")))
    assert log.activities.texts == ["Заявка"]
    assert log.cases == ["1"]


def test_what_is_left_out_of_a_log_is_told(tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="{}"/></event>'
    text = (
        f"<log>{event.format('2024-01-01')}<trace/><trace>{event.format('2024-01-01T10:00:00')}"
        f"{event.format('soon')}{event.format('0001-01-01T00:00:00+14:00')}<event/></trace></log>"
    )
    log = read_log(written(tmp_path / "x", text))
    assert log.events == 1
    assert log.notes == [
        "Left out: 1 event has no activity.",
        "Left out: 2 events have no moment.",
        "Left out: 1 event has no case.",
        "Left out: 1 case has no events.",
    ]


def test_beginnings_and_ends_are_paired_in_the_order_they_began() -> None:
    def raw(minute: int, transition: str, instance: str = "") -> RawEvent:
        return RawEvent("a", minute, transition, instance=instance)

    first, second = paired([raw(1, "start"), raw(2, "start"), raw(5, "complete"), raw(9, "complete")])
    assert (first.started, first.completed, second.started, second.completed) == (1, 5, 2, 9)
    named = [raw(1, "start", "x"), raw(2, "start", "y"), raw(5, "complete", "y"), raw(9, "complete", "x")]
    assert [(step.started, step.completed) for step in paired(named)] == [(2, 5), (1, 9)]
    whole = [raw(1, "schedule"), raw(3, "start"), raw(4, "suspend"), raw(6, "resume"), raw(8, "complete")]
    (step,) = paired(whole)
    assert (step.scheduled, step.started, step.completed) == (1, 3, 8)
    (skipped,) = paired([raw(1, "schedule"), raw(2, "manualskip")])
    assert (skipped.scheduled, skipped.completed, skipped.skipped) == (1, 2, True)
    (still_open,) = paired([raw(1, "start")])
    assert still_open.completed is None


@pytest.mark.parametrize("seed", range(4))
def test_xes_and_a_table_tell_the_same(tmp_path: Path, seed: int) -> None:
    cases = random_cases(seed)
    rows = [["Case ID", "Activity", "Started", "Complete Timestamp", "Resource"]]
    for name, told in cases.items():
        rows += [
            [
                name,
                each.activity,
                "" if each.began is None else at(each.began).isoformat(),
                at(each.ended).strftime("%d.%m.%Y %H:%M"),
                each.person,
            ]
            for each in told
        ]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    table = read_log(written(tmp_path / "log.csv", "\ufeff" + text.getvalue()))
    xes = read_log(written(tmp_path / "log.xes", xes_of(cases)))
    assert told_by(table) == told_by(xes) == told_by(log_of(cases))


def test_the_columns_of_a_table_are_chosen_and_its_zone_too(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "№,Что,Когда\n1,Звонок,2024/07/01 12:00:00.500\n".encode("cp1251"))
    log = read_log(path, Columns(case="№", activity="Что", moment="Когда"), "Europe/Moscow")
    assert log.last == milliseconds(datetime(2024, 7, 1, 9, 0, 0, 500_000, tzinfo=UTC))
    with pytest.raises(Refused, match=r"no column “Кто”. It has: №, Что, Когда"):
        read_log(path, Columns(case="Кто"))
    with pytest.raises(Refused, match="Say which columns hold the case"):
        read_log(path)
    with pytest.raises(Refused, match="no time zone “Mars”"):
        read_log(path, zone="Mars")


def test_the_real_opportunities_are_a_log_with_their_publishers_figures() -> None:
    columns = Columns("opportunity_id", "deal_stage", "close_date", "sales_agent", "engage_date")
    log = read_log(shared_data("sales_pipeline") / "sales_pipeline.csv", columns)
    figures = figures_of(log)
    assert log.notes == ["Left out: 500 events have no moment."]  # Prospecting has no date yet
    assert {each.steps: each.count for each in figures.variants} == {
        ("Won",): 4_238,
        ("Lost",): 2_473,
        ("Engaging",): 1_589,
    }
    assert (figures.cases.count, figures.cases.closed, figures.cases.open) == (8_300, 6_711, 1_589)
    days = {each.name: (each.working.p50 or 0) / 86_400 for each in figures.activities}
    assert (days["Won"], days["Lost"]) == (57, 14)
    won = figures_of(log.through("Won"))
    assert round(won.cases.closed / figures.cases.closed * 100, 2) == 63.15
    assert figures.knows_only_days
    assert figures.always_in_seconds == figures.bulk == []
    assert figures.people == 30  # of 35 agents, five have no opportunity


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "The file is empty."),
    "blanks": ("\n \n", "The file is empty."),
    "a document type": ("<!DOCTYPE log><log/>", "declares a document type"),
    "entities": (
        '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log><string key="x" value="&b;"/></log>',
        "declares a document type",
    ),
    "an outside entity": ('<!DOCTYPE l SYSTEM "file:///etc/passwd"><log/>', "declares a document type"),
    "another document": ("<html><body/></html>", "begins with “html”"),
    "no case": ("<log></log>", "holds no case"),
    "cut off": ("<log><trace><event>", "damaged: line 1"),
    "broken": ("<log><trace></log>", "damaged: line 1"),
    "not XML": ("<<<<", "is not XML"),
    "a program": (b"\x7fELF\0\0\0\0" * 50, "This is no table of text."),
    "a ZIP archive": (b"PK\x03\x04" + b"x" * 100, "This is a ZIP archive."),
    "a cut archive": (gzip.compress(b"<log></log>" * 100)[:-9], "damaged or was cut off"),
    "a broken archive": (b"\x1f\x8b\x08\0" + b"nonsense" * 20, "damaged or was cut off"),
    "an endless name": (
        '<log><trace><event><string key="concept:name" value="' + "a" * 3_000_000,
        "longer than a megabyte",
    ),
    "an endless comment": ("<log><!-- " + "a" * 3_000_000, "longer than a megabyte"),
    "a long name": (
        f'<log><trace><event><string key="concept:name" value="{"a" * 2_000}"/></event></trace></log>',
        "more than a thousand characters",
    ),
    "a talkative event": (
        "<log><trace><event>" + '<int key="a" value="1"/>' * 1_001 + "</event></trace></log>",
        "more than a thousand things",
    ),
    "a deep file": ("<log>" + "<list>" * 100, "nested deeper"),
    "an encoding nobody knows": ('<?xml version="1.0" encoding="klingon"?><log/>', "names an encoding"),
    "an endless line": ("case,activity,timestamp\n" + "a" * 500_000, "longer than any honest one"),
    "an endless quote": ('case,activity,timestamp\n"' + "a,b\n" * 100_000, "cannot be read"),
    "other columns": ("name,phone\nAnn,1\n", "Say which columns"),
    "no rows": ("case,activity,timestamp\n", "holds no row"),
    "too many columns": (",".join(map(str, range(600))), "more than 500 columns"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_log_is_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    content, sentence = HOSTILE[kind]
    with pytest.raises(Refused) as refusal:
        read_log(written(tmp_path / "x.xes", content))
    assert sentence in refusal.value.message
    assert refusal.value.message.endswith(".")


def test_an_archive_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<log>" + b" " * 200 * 2**20)
    with pytest.raises(Refused, match=r"unfolds to more than any log|longer than a megabyte"):
        read_log(written(tmp_path / "bomb.xes.gz", bomb))


def test_a_case_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.mining.xes.MOST_IN_A_CASE", 10)
    told = {"one": [Told("a", minute) for minute in range(11)]}
    with pytest.raises(Refused, match="A single case has more than"):
        read_log(written(tmp_path / "x", xes_of(told)))


def test_no_hostile_file_of_the_shared_set_ends_in_anything_but_a_log_or_a_sentence(tmp_path: Path) -> None:
    for path in sorted(hostile_files(tmp_path).rglob("*")):
        if path.is_file():
            try:
                read_log(path)
            except Refused as refusal:
                assert refusal.message  # noqa: PT017 - most are refused, a few are honest tables


FILTERS: dict[str, tuple[Callable[[Log], Log], list[str]]] = {
    "a period": (lambda log: log.within(at(0), at(5)), ["one"]),
    "an attribute": (lambda log: log.having("channel", "web"), ["one", "two"]),
    "another attribute": (lambda log: log.having("channel", "shop"), []),
    "an activity": (lambda log: log.through("answer"), ["one"]),
    "an unknown activity": (lambda log: log.through("sing"), []),
    "only some activities": (lambda log: log.only(["answer"]), ["one"]),
}


@pytest.mark.parametrize("kind", FILTERS)
def test_a_log_is_narrowed_by(tmp_path: Path, kind: str) -> None:
    narrowed, names = FILTERS[kind]
    log = narrowed(read_log(written(tmp_path / "x", xes_of(TWO))))
    assert log.cases == names
    if names and kind == "only some activities":
        assert told_by(log) == [("one", [("answer", milliseconds(at(20)), milliseconds(at(30)))])]
