"""The main pages, and the budget each has (DESIGN §9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.browser import Answer, Browser

Ask = Callable[[Browser, int], Answer]
LIST_BYTES = 60 * 1024
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Page:
    """`ask(browser, n)` asks for it the n-th time; budgets of None are not set."""

    name: str
    ask: Ask
    ratio: float
    queries: int | None = None
    bytes: int | None = None
    growth: float = 1.5
    person: str = "head"


def floor(browser: Browser, _n: int) -> Answer:
    return browser.get("/bench/floor/")


def pages(targets: dict[str, Any]) -> list[Page]:
    words, stages = targets["words"], targets["stages"]
    listed: dict[str, Any] = {"ratio": 3, "queries": 6, "bytes": LIST_BYTES}
    return [
        Page("list", _get("/deals/"), **listed),
        Page("list_page_1000", _get(f"/deals/?cursor={targets['cursor']}"), **listed),
        Page("list_filtered", _get(f"/deals/?owner={targets['seller']}&state=open"), **listed),
        Page("list_of_stage", _get(f"/deals/?stage={stages[1]}"), **listed),
        Page("list_search", _each("/deals/?q=", words), ratio=3, growth=2.5),
        Page("search", _each("/search/?q=", words), ratio=3, growth=2.5),
        Page("board", _get("/deals/board/"), ratio=4, queries=6),
        Page("card", _one_of("/clients/{}/", targets["accounts"]), ratio=4, queries=12),
        Page("deal", _one_of("/deals/{}/", targets["deals"]), ratio=4, queries=12),
        Page("clients", _get("/clients/"), **listed),
        Page("funnel_now", _get("/reports/funnel/?view=now"), ratio=3, queries=12),
        Page("funnel_flow", _get("/reports/funnel/?view=flow"), ratio=3, queries=12),
        Page("funnel_cohort", _get("/reports/funnel/?view=cohort"), ratio=3, queries=12),
        Page("my_day", _get("/my-day/"), ratio=4, queries=12, person="seller2"),
        Page("team_day", _get("/my-day/team/"), ratio=4, queries=12),
        Page("tasks", _get("/tasks/"), **listed),
        Page("task", _one_of("/tasks/{}/", targets["tasks"]), ratio=4, queries=12),
        Page("calendar", _get("/calendar/"), ratio=4, queries=12, person="seller2"),
        Page("register", _get("/register/"), **listed),
        Page("notifications", _get("/notifications/"), **listed),
        Page("planner", _get("/planner/"), ratio=4, queries=12),
        Page("planner_administrator", _get("/planner/"), ratio=4, queries=12, person="admin"),
        Page("planner_cell", _each_cell(targets["cells"]), ratio=4, queries=12, person="admin"),
        *_billing(targets, listed),
        Page("create", _create(stages[0]), ratio=3),
        Page("move", _move(targets["movable"], stages), ratio=3),
        Page("list_salesperson", _get("/deals/"), **listed, person="seller2"),
        Page("board_salesperson", _get("/deals/board/"), ratio=4, queries=6, person="seller2"),
        Page("list_administrator", _get("/deals/"), **listed, person="admin"),
        Page("board_administrator", _get("/deals/board/"), ratio=4, queries=6, person="admin"),
        Page("search_administrator", _each("/search/?q=", words), ratio=3, growth=2.5, person="admin"),
        Page("funnel_administrator", _get("/reports/funnel/"), ratio=3, queries=12, person="admin"),
    ]


def _billing(targets: dict[str, Any], listed: dict[str, Any]) -> list[Page]:
    """Invoices as a list, aged and one by one; the strip of a client's money is part of the page `card`."""
    paths, invoices = targets["billing"], targets["invoices"]
    found = [
        Page("ageing", _get("/reports/ageing/"), ratio=4, queries=12),
        Page("receivables", _get("/reports/receivables/"), ratio=4, queries=12),
    ]
    if "list" in paths:
        found.append(Page("invoices", _get(paths["list"]), **listed))
        found.append(Page("invoices_administrator", _get(paths["list"]), **listed, person="admin"))
    if "payments" in paths:
        found.append(Page("payments", _get(paths["payments"]), **listed))
    if "receivables" in paths:
        found.append(Page("debtors", _get(paths["receivables"]), ratio=4, queries=12))
    if invoices:
        found.append(Page("invoice", _one_of("{}", invoices), ratio=4, queries=12))
    return found


def _get(path: str) -> Ask:
    return lambda browser, _n: browser.get(path)


def _one_of(path: str, keys: Sequence[int | str]) -> Ask:
    return lambda browser, n: browser.get(path.format(keys[n % len(keys)]))


def _each(path: str, words: list[str]) -> Ask:
    return lambda browser, n: browser.get(path + urlencode({"": words[n % len(words)]})[1:])


def _each_cell(cells: list[str]) -> Ask:
    return lambda browser, n: browser.get(f"/planner/cell/?c={cells[n % len(cells)]}")


def _create(stage: int) -> Ask:
    def create(browser: Browser, n: int) -> Answer:
        fields = {"title": f"Bench {n}", "stage": str(stage), "amount": "1500", "currency": "USD"}
        return browser.post("/deals/new/", fields)

    return create


def _move(deals: list[int], stages: list[int]) -> Ask:
    """Each deal to the second stage, then each to the third, and round again."""

    def move(browser: Browser, n: int) -> Answer:
        stage = stages[1 + n // len(deals) % 2]
        return browser.post(f"/deals/{deals[n % len(deals)]}/move/", {"stage": str(stage)}, HTMX)

    return move
