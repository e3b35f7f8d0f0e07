"""Figures as tables and charts of a page. Every chart stands beside a table that holds the same numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from processes.mining import words
from processes.mining.activities import Activity
from processes.mining.conformance import Conformance
from processes.mining.figures import Figures
from processes.mining.heat import Heat
from processes.mining.spread import DAY, HOUR, MINUTE
from processes.mining.words import count_text, duration_text, share_text

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
ROWS = 20
BARS = 12
LABEL = 28  # characters of a bar's name


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool = False
    label: str = ""


@dataclass(frozen=True)
class Shown:
    """A table with its chart, if it has one. `key` makes ids of a page; `total` rows there are, shown or not."""

    key: str
    title: str
    heads: list[tuple[str, bool]]
    rows: list[list[Cell]]
    note: str = ""
    chart: dict[str, Any] = field(default_factory=dict)
    total: int = 0

    @property
    def spec(self) -> str:
        return f"{self.key}-spec"

    @property
    def hidden(self) -> int:
        return max(0, self.total - len(self.rows))


@dataclass(frozen=True)
class Tile:
    label: str
    number: str
    note: str = ""


@dataclass(frozen=True)
class LogPage:
    """All that templates/processes/log.html draws."""

    tiles: list[Tile]
    finding: str
    notes: list[str]
    tables: list[Shown]


def page_of(figures: Figures, conformance: Conformance | None = None) -> LogPage:
    tables = [
        activities_table(figures),
        variants_table(figures),
        arcs_table(figures),
        rework_table(figures),
        bulk_table(figures),
        hand_overs_table(figures),
        zombies_table(figures),
    ]
    if conformance is not None:
        tables[:0] = [conformance_table(conformance), deviations_table(conformance)]
    return LogPage(
        _tiles(figures, conformance),
        words.bottleneck_text(figures.bottleneck),
        [*figures.notes, *_observations(figures)],
        [table for table in tables if table.rows],
    )


def activities_table(figures: Figures) -> Shown:
    heads = [_("Activity"), _("Times"), _("Cases"), _("Waiting in total"), _("Waiting, half within")]
    heads += [_("9 of 10 within"), _("Working, half within"), _("Share of all time"), _("Suggested deadline")]
    rows = [
        [
            each.name,
            count_text(each.entered),
            count_text(each.cases),
            duration_text(each.waiting.total),
            duration_text(each.waiting.p50),
            duration_text(each.waiting.p90),
            duration_text(each.working.p50),
            share_text(each.share),
            words.deadline_text(each.deadline),
        ]
        for each in figures.activities[:ROWS]
    ]
    note = _("Waiting is from the step before, or from when it was planned, to the beginning of this one.")
    chart = waiting_chart(figures.activities)
    return _shown("waiting", _("Where time goes"), heads, rows, note, chart, len(figures.activities))


def variants_table(figures: Figures) -> Shown:
    heads = [_("Way"), _("Cases"), _("Share"), _("Half of them within")]
    rows = [
        [
            words.way_text(each.steps),
            count_text(each.count),
            share_text(each.share),
            duration_text(each.median),
        ]
        for each in figures.variants[:ROWS]
    ]
    return _shown(
        "variants", _("Ways cases took"), heads, rows, "", variants_chart(figures), len(figures.variants)
    )


def arcs_table(figures: Figures) -> Shown:
    heads = [_("From"), _("To"), _("Times"), _("Waiting in total"), _("Half within"), _("9 of 10 within")]
    arcs = sorted(figures.follows.arcs, key=lambda arc: (-arc.waiting.total, arc.source, arc.target))
    rows = [
        [
            arc.source,
            arc.target,
            count_text(arc.count),
            duration_text(arc.waiting.total),
            duration_text(arc.waiting.p50),
            duration_text(arc.waiting.p90),
        ]
        for arc in arcs[:ROWS]
    ]
    return _shown("arcs", _("Where cases wait between two steps"), heads, rows, total=len(arcs), texts=2)


def rework_table(figures: Figures) -> Shown:
    heads = [_("Activity"), _("Cases"), _("Share"), _("Done again"), _("Right away"), _("Most in a case")]
    rows = [
        [
            each.activity,
            count_text(each.cases),
            share_text(each.share),
            count_text(each.again),
            count_text(each.at_once),
            count_text(each.most),
            duration_text(each.seconds),
        ]
        for each in figures.rework.repeated[:ROWS]
    ]
    note = _("Something was done again in %(cases)s cases, %(share)s of all.") % {
        "cases": count_text(figures.rework.cases),
        "share": share_text(figures.rework.share),
    }
    heads.append(_("Time it took"))
    return _shown("rework", _("Done again"), heads, rows, note, total=len(figures.rework.repeated))


def bulk_table(figures: Figures) -> Shown:
    heads = [_("Activity"), _("Times in one go"), _("Steps"), _("Share"), _("Most cases at once")]
    rows = [
        [
            each.activity,
            count_text(each.runs),
            count_text(each.steps),
            share_text(each.share),
            count_text(each.most),
        ]
        for each in figures.bulk[:ROWS]
    ]
    return _shown("bulk", _("Done in bulk"), heads, rows, total=len(figures.bulk))


def hand_overs_table(figures: Figures) -> Shown:
    heads = [pgettext("person", "From"), pgettext("person", "To"), _("Times")]
    pairs = figures.hand_overs.pairs
    rows = [[each.source, each.target, count_text(each.count)] for each in pairs[:ROWS]]
    return _shown("hand-overs", _("Who hands over to whom"), heads, rows, total=len(pairs), texts=2)


def zombies_table(figures: Figures) -> Shown:
    heads = [_("Case"), _("Last step"), _("Open for"), _("Quiet for")]
    zombies = figures.cases.zombies
    rows = [
        [each.name, each.last_activity, duration_text(each.seconds_open), duration_text(each.seconds_quiet)]
        for each in zombies[:ROWS]
    ]
    note = _("Open for longer than 95 of 100 closed cases lasted, and nothing was done since.")
    return _shown("zombies", _("Cases nobody will finish"), heads, rows, note, total=len(zombies), texts=2)


def conformance_table(found: Conformance) -> Shown:
    heads = [_("Step of the process"), _("Done"), _("Skipped"), _("Before its turn")]
    heads += [_("Where nothing led to it"), _("In bulk")]
    rows = [
        [each.name, *map(count_text, (each.done, each.skipped, each.early, each.unexpected, each.bulk))]
        for each in found.steps
    ]
    note = _("%(fitting)s of %(cases)s cases keep to the process; fitness %(fitness)s.") % {
        "fitting": count_text(found.fitting),
        "cases": count_text(found.cases),
        "fitness": share_text(found.fitness),
    }
    return _shown("conformance", _("Kept to the process"), heads, rows, note, total=len(rows))


def deviations_table(found: Conformance) -> Shown:
    heads = [_("What is not right"), _("Way"), _("Cases")]
    rows = [
        [words.deviation_text(each), words.way_text(each.variant.steps), count_text(each.variant.count)]
        for each in found.deviations[:ROWS]
    ]
    return _shown(
        "deviations", _("Not as the process says"), heads, rows, total=len(found.deviations), texts=2
    )


def heat_table(heat: Iterable[Heat], names: Mapping[str, str]) -> Shown:
    """`names` of nodes by key; a node without one keeps its key."""
    sides = {"us": _("ours"), "client": _("the client's"), "": "–"}
    heads = [_("Step"), _("Entered"), _("Standing"), _("Half within"), _("9 of 10 within"), _("Too late")]
    heads += [_("Mostly on whose side"), _("Suggested deadline")]
    rows = [
        [
            names.get(each.node) or each.node,
            count_text(each.entered),
            count_text(each.standing),
            duration_text(each.stay.p50),
            duration_text(each.stay.p90),
            count_text(each.breaches),
            sides.get(each.side, each.side),
            words.deadline_text(each.deadline),
        ]
        for each in sorted(heat, key=lambda each: (-each.warmth, each.node))
    ]
    return _shown("heat", _("Time at each step"), heads, rows, total=len(rows))


def waiting_chart(activities: Sequence[Activity]) -> dict[str, Any]:
    """Total waiting, in the unit that fits the longest bar."""
    longest = sorted(activities, key=lambda each: (-each.waiting.total, each.name))[:BARS]
    values = [(each.name, each.waiting.total, duration_text(each.waiting.total)) for each in longest]
    most = max((seconds for _name, seconds, _text in values), default=0)
    unit, title = next(
        pair
        for pair in ((DAY, _("days")), (HOUR, _("hours")), (MINUTE, _("minutes")), (1, _("seconds")))
        if most >= pair[0] or pair[0] == 1
    )
    return _bars(
        [(name, seconds / unit, text) for name, seconds, text in values if seconds],
        title,
        _("Total waiting before each activity, bars"),
    )


def variants_chart(figures: Figures) -> dict[str, Any]:
    values = [
        (f"{place}. {words.way_text(each.steps)}", float(each.count), count_text(each.count))
        for place, each in enumerate(figures.variants[:BARS], start=1)
    ]
    return _bars(values, _("cases"), _("Cases by the way they took, bars"))


def _bars(values: list[tuple[str, float, str]], title: str, description: str) -> dict[str, Any]:
    """Lying bars, in the order given; colours come from the page's theme. Empty of nothing."""
    if not values:
        return {}
    named = [{"name": name, "value": value, "text": text} for name, value, text in values]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 200, "labelExpr": f"truncate(datum.label, {LABEL})", "ticks": False},
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "axis": {"tickCount": 4, "domain": False, "ticks": False},
    }
    label = {
        "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12},
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
    return {
        "$schema": SCHEMA,
        "description": description,
        "height": {"step": 28},
        "data": {"values": named},
        "encoding": {"x": x, "y": y, "tooltip": [{"field": "name", "type": "nominal"}]},
        "layer": [{"mark": {"type": "bar", "height": {"band": 0.6}}}, label],
    }


def _shown(
    key: str,
    title: str,
    heads: Sequence[str],
    rows: list[list[str]],
    note: str = "",
    chart: dict[str, Any] | None = None,
    total: int = 0,
    texts: int = 1,
) -> Shown:
    """The first `texts` columns are texts, the others numbers."""
    cells = [
        [Cell(text, place >= texts, head) for place, (text, head) in enumerate(zip(row, heads, strict=True))]
        for row in rows
    ]
    said = [(head, place >= texts) for place, head in enumerate(heads)]
    return Shown(key, title, said, cells, note, chart or {}, total)


def _tiles(figures: Figures, conformance: Conformance | None) -> list[Tile]:
    durations = figures.cases.durations
    tiles = [
        Tile(
            _("Cases"),
            count_text(figures.cases.count),
            _("%(n)s open") % {"n": count_text(figures.cases.open)},
        ),
        Tile(_("Events"), count_text(figures.events), _("%(n)s steps") % {"n": count_text(figures.steps)}),
        Tile(_("Ways"), count_text(len(figures.variants))),
        Tile(
            _("Half of cases last"),
            duration_text(durations.p50),
            _("9 of 10 within %(p90)s") % {"p90": duration_text(durations.p90)},
        ),
        Tile(_("Cases a week"), count_text(round(figures.cases.per_week))),
    ]
    if conformance is not None:
        tiles.append(Tile(_("Kept to the process"), share_text(conformance.share)))
    return tiles


def _observations(figures: Figures) -> list[str]:
    told = []
    if figures.knows_only_days:
        told.append(_("The log knows only days, so nothing is said of hours and seconds."))
    for name in figures.always_in_seconds:
        told.append(
            _("“%(name)s” is nearly always done within seconds: nobody decides anything there.")
            % {"name": name}
        )
    for name in figures.always_skipped:
        told.append(_("“%(name)s” is nearly always skipped.") % {"name": name})
    told.extend(map(words.bulk_text, figures.bulk[:3]))
    return told
