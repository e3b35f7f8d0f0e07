"""Asking: small and large in turn, every page with the floor before it, so that whatever drifts drifts for all."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from bench.browser import Answer, Browser
from bench.pages import Page, floor

WARMING, CLIENTS, ROUNDS_OF_EIGHT = 3, 8, 6
FINE = (200, 302)


@dataclass(frozen=True)
class Measured:
    """`ratio` and `growth` are medians over the rounds: to the floor just before, to the page of the small database."""

    median_ms: float
    p95_8_ms: float
    ratio: float
    growth: float
    queries: int
    bytes: int
    status: int


@dataclass(frozen=True)
class Run:
    floor_ms: float
    floor_p95_8_ms: float
    pages: dict[str, Measured]


@dataclass
class Side:
    """One database: its pages, and the people signed in there."""

    pages: list[Page]
    people: dict[str, Browser]
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    alone: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    floors: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, page: Page) -> tuple[Answer, Answer]:
        """The floor, and at once the page."""
        self.counts[page.name] += 1
        browser = self.people[page.person]
        return floor(browser, 0), page.ask(browser, self.counts[page.name])

    def run(self, small: "Side") -> Run:
        crowd = {page.name: _crowd(page, self.people[page.person], self.counts) for page in self.pages}
        crowd_floor = _crowd(Page("floor", floor, 1), self.people["head"], self.counts)
        floors = [answer for page in self.pages if page.person == "head" for answer in self.floors[page.name]]
        return Run(
            round(median(_ms(floors)), 2),
            round(_p95(crowd_floor), 1),
            {page.name: self._measured(page.name, crowd[page.name], small) for page in self.pages},
        )

    def _measured(self, name: str, crowd: list[float], small: "Side") -> Measured:
        alone = self.alone[name]
        wrong = [answer.status for answer in alone if answer.status not in FINE]
        return Measured(
            round(median(_ms(alone)), 2),
            round(_p95(crowd), 1),
            _times(alone, self.floors[name]),
            _times(alone, small.alone[name]),
            max(answer.statements for answer in alone),
            max(len(answer.body) for answer in alone),
            wrong[0] if wrong else 200,
        )


def measure(small: Side, large: Side, rounds: int) -> tuple[Run, Run]:
    """Both databases, by turns: a minute in which the machine is slow is slow for both."""
    for side in (small, large):
        for page in side.pages:
            for _time in range(WARMING):
                side.ask(page)
    for _round in range(rounds):
        for pair in zip(small.pages, large.pages, strict=True):
            for side, page in zip((small, large), pair, strict=True):
                before, answer = side.ask(page)
                side.floors[page.name].append(before)
                side.alone[page.name].append(answer)
    return small.run(small), large.run(small)


def _times(answers: list[Answer], others: list[Answer]) -> float:
    return round(median(a / b for a, b in zip(_ms(answers), _ms(others), strict=True)), 2)


def _crowd(page: Page, browser: Browser, counts: dict[str, int]) -> list[float]:
    """Milliseconds with eight clients at once."""
    first = counts[page.name] + 1
    counts[page.name] += CLIENTS * ROUNDS_OF_EIGHT
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = pool.map(
            lambda n: page.ask(Browser(browser.port, dict(browser.cookies)), first + n),
            range(CLIENTS * ROUNDS_OF_EIGHT),
        )
        return _ms(list(answers))


def _ms(answers: list[Answer]) -> list[float]:
    return [answer.seconds * 1000 for answer in answers]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
