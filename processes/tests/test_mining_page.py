"""What a person reads of a log: tables with charts on a page, and what the command prints."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils.translation import override

from processes.graph.model import Kind
from processes.management.commands.process_log import Command
from processes.mining.conformance import conformance_of
from processes.mining.figures import figures_of
from processes.mining.heat import Stay, heat_of
from processes.mining.showing import heat_table, page_of
from processes.mining.words import duration_text, share_text, way_text
from processes.tests.event_logs import Told, at, graph_of, log_of, random_cases, written, xes_of
from processes.tests.test_mining_conformance import LINE

CASES = {
    **{
        f"{n}": [Told("ask", n), Told("check", n + 60), Told("sign", n + 5_000), Told("pay", n + 5_010)]
        for n in range(12)
    },
    "quick": [Told("ask", 0), Told("<b>check</b>", 5), Told("pay", 10)],
}


def said(*arguments: str | Path) -> Any:
    out = StringIO()
    call_command(Command(), *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "log.xes.gz", gzip.compress(xes_of(CASES).encode()))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (0.2, "under 1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (3_599, "59 min 59 s"),
        (3_599.6, "1 h"),
        (7_500, "2 h 5 min"),
        (86_399, "24 h"),
        (86_400, "1 d"),
        (90_000 * 40, "41 d 16 h"),
        (86_400 * 4_321, "4,321 d"),
    ],
)
def test_a_duration_is_told_in_its_two_greatest_units(seconds: float | None, text: str) -> None:
    with override("en"):
        assert duration_text(seconds) == text


def test_a_share_is_never_rounded_to_nothing() -> None:
    with override("en"):
        assert share_text(1_589 / 8_300) == "19.1%"
        assert share_text(2_473 / 8_300) == "29.8%"
        assert [share_text(share) for share in (0, 0.0001, 0.1234, 1)] == [
            "0.0%",
            "under 0.1%",
            "12.3%",
            "100.0%",
        ]


def test_a_long_way_loses_its_middle() -> None:
    assert way_text(tuple("abcdefghijklmnop")) == " → ".join("abcdef…klmnop")


def test_every_chart_stands_beside_a_table_of_the_same_rows() -> None:
    page = page_of(figures_of(log_of(CASES)))
    drawn = [table for table in page.tables if table.chart]
    assert [table.key for table in drawn] == ["waiting", "variants"]
    for table in drawn:
        texts = {cell.text for row in table.rows for cell in row}
        assert {each["text"] for each in table.chart["data"]["values"]} <= texts
        json.dumps(table.chart)


def test_the_page_says_where_and_why_cases_wait_and_escapes_names() -> None:
    log = log_of(CASES)
    page = page_of(figures_of(log), conformance_of(log, LINE))
    html = render_to_string("processes/log.html", {"page": page})
    assert "Between “check” and “sign” cases wait 41 d 4 h in total" in html
    assert "&lt;b&gt;check&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "12 of 13 cases keep to the process" in html
    assert html.count("data-vega-spec") == 2


@pytest.mark.parametrize("seed", range(3))
def test_any_log_can_be_shown(seed: int) -> None:
    log = log_of(random_cases(seed))
    assert "panel" in render_to_string("processes/log.html", {"page": page_of(figures_of(log))})


def test_a_log_of_one_event_can_be_shown() -> None:
    page = page_of(figures_of(log_of({"one": [Told("ask", 0)]})))
    assert page.finding == "Nothing waits in this log."
    assert render_to_string("processes/log.html", {"page": page})


def test_heat_is_a_table_with_the_names_of_nodes() -> None:
    heat = heat_of([Stay("n1", at(0), at(60), at(30), "client"), Stay("n2", at(0))], at=at(10))
    table = heat_table(heat.values(), {"n1": "Sign"})
    assert [row[0].text for row in table.rows] == ["Sign", "n2"]
    assert [row[6].text for row in table.rows] == ["the client's", "–"]


def test_the_command_prints_a_summary(file: Path) -> None:
    text = said(file)
    assert "Cases: 13" in text
    assert "ask → check → sign → pay" in text
    assert "Between “check” and “sign”" in text


def test_the_command_prints_everything_as_json(file: Path, tmp_path: Path) -> None:
    graph = written(tmp_path / "graph.json", json.dumps(LINE.to_json()))
    told = json.loads(said(file, "--json", "--graph", graph))
    assert (told["events"], told["cases"]["count"], told["variants"]["count"]) == (51, 13, 2)
    assert told["bottleneck"]["activity"] == "sign"
    assert told["conformance"]["fitting"] == 12
    assert told["conformance"]["unknown"] == {"<b>check</b>": 1}
    assert {node["node"] for node in told["heat"]} == {"ask", "check", "sign", "pay", "<b>check</b>"}
    assert told["model"]["arcs"][0]["count"] == 12


@pytest.mark.parametrize("content", ["", "[]", '{"nodes": 1}', '{"nodes": [], "flows": []}', "[" * 100_000])
def test_a_file_that_is_no_process_is_refused(file: Path, tmp_path: Path, content: str) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(Command(), str(file), "--graph", str(written(tmp_path / "g.json", content)), stdout=out)
    assert ended.value.code == 2
    assert "holds no process" in json.loads(out.getvalue())["error"]


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command(Command(), str(tmp_path / "nothing.xes"), stdout=out)
    assert json.loads(out.getvalue())["error"] == "The file “nothing.xes” cannot be read."


def test_a_process_with_nothing_named_fits_nothing_and_breaks_nothing() -> None:
    graph = graph_of({"s": Kind.START, "z": Kind.END}, "s>z")
    found = conformance_of(log_of(CASES), graph)
    assert found.unknown["ask"] == 13
    assert found.fitting == 0
