"""Asking: every page in turn with the floor between, so that whatever drifts meanwhile drifts for both."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from bench.browser import Answer, Browser
from bench.pages import Page, floor

WARMING, CLIENTS, ROUNDS_OF_EIGHT = 3, 8, 6
FINE = (200, 302)


@dataclass(frozen=True)
class Measured:
    median_ms: float
    p95_8_ms: float
    ratio: float
    queries: int
    bytes: int
    status: int


@dataclass(frozen=True)
class Run:
    floor_ms: float
    floor_p95_8_ms: float
    pages: dict[str, Measured]


def measure(pages: list[Page], people: dict[str, Browser], rounds: int) -> Run:
    counts: dict[str, int] = defaultdict(int)

    def ask(page: Page) -> Answer:
        counts[page.name] += 1
        return page.ask(people[page.person], counts[page.name])

    for page in pages:
        for _time in range(WARMING):
            ask(page)
            floor(people[page.person], 0)
    alone: dict[str, list[Answer]] = defaultdict(list)
    floors: dict[str, list[Answer]] = defaultdict(list)
    for _round in range(rounds):
        for page in pages:
            floors[page.person].append(floor(people[page.person], 0))
            alone[page.name].append(ask(page))
    crowd = {page.name: _crowd(page, people[page.person], counts) for page in pages}
    crowd_floor = _crowd(Page("floor", floor, 1), people["head"], counts)
    floor_ms = {person: median(_ms(answers)) for person, answers in floors.items()}
    return Run(
        round(floor_ms["head"], 2),
        round(_p95(crowd_floor), 1),
        {page.name: _measured(alone[page.name], crowd[page.name], floor_ms[page.person]) for page in pages},
    )


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


def _measured(alone: list[Answer], crowd: list[float], floor_ms: float) -> Measured:
    middle = median(_ms(alone))
    wrong = [answer.status for answer in alone if answer.status not in FINE]
    return Measured(
        round(middle, 2),
        round(_p95(crowd), 1),
        round(middle / floor_ms, 2),
        max(answer.statements for answer in alone),
        max(len(answer.body) for answer in alone),
        wrong[0] if wrong else 200,
    )


def _ms(answers: list[Answer]) -> list[float]:
    return [answer.seconds * 1000 for answer in answers]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
