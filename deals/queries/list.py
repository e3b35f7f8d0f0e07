"""The list of deals: fifty rows of text and one line of sums."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deals.models import Deal
from deals.queries import words
from deals.queries.sums import CAP, Worth
from foundation.keyset import Page, keyset_page
from foundation.search import among, among_first, matching
from foundation.statements import statement

SIZE = 50
LATEST = 6_000
FIELDS = (
    "pk", "title", "state", "amount", "currency", "base_amount", "next_step", "next_step_on", "expected_close_on",
    "opened_at", "account__name", "account_id", "owner__name", "stage__name",
)  # fmt: skip
# Every order has its index; a second direction would need a second one.
ORDERS = {
    "-opened": ("-opened_at", "-pk"),
    "opened": ("opened_at", "pk"),
    "-amount": ("-base_amount", "-pk"),
    "next_step": ("next_step_on", "pk"),
    "expected": ("expected_close_on", "pk"),
}
ONLY_OPEN = {"next_step", "expected"}
FIRST_ORDER = "-opened"
STATE_TAGS = {"open": "", "won": "tag-good", "lost": "tag-bad"}
STAGE_CSS = {state: f"tag {tag}" if tag else "" for state, tag in STATE_TAGS.items()}
STEP_CSS = {"none": "step", "late": "step step-late", "planned": "step step-planned", "closed": ""}


FIRST_OF = """
    SELECT key, count(*) OVER (), coalesce(sum(worth) OVER (), 0) FROM ({rows}) AS found (key, worth, place)
    ORDER BY place {way} NULLS LAST, key {way} LIMIT %s
"""


class Row(NamedTuple):
    """A row as text. The template unpacks it: a name costs a third of what `row.name` does, 700 times a page."""

    pk: int
    anchor: str
    title: str
    url: str
    client: str
    client_url: str
    stage: str
    stage_css: str
    amount: str
    owner: str
    step_css: str
    step_icon: str
    step: str
    expected: str
    opened: str


@dataclass(frozen=True)
class Heading:
    """A column's heading; `url` sorts by it, `sorted` is what aria-sort says."""

    title: Any
    css: str = ""
    url: str = ""
    sorted: str = ""


def list_page(deals: Any, order: str, cursor: str | None) -> Page:
    """A page of rows ready to be shown; one statement, two where empty values begin."""
    page = keyset_page(deals.values(*FIELDS), order=ORDERS[order], cursor=cursor, size=SIZE)
    today, root = timezone.localdate(), reverse("deals:list")
    clients = reverse("accounts:list")
    return page._replace(rows=[_row(row, today, root, clients) for row in page.rows])


def found_by_words(deals: Any, query: str, order: str, cursor: str | None) -> tuple[Any, Worth]:
    """Those of `deals` a search found, by their keys, and their worth: words are matched once and joined to nothing.

    A common word fills the first page from the latest deals alone; how many more there are is counted on demand.
    Otherwise the first page needs only the first of all that match; which those are is known here already.
    """
    if order == FIRST_ORDER and not cursor:
        latest = among_first(deals, query, order=ORDERS[order], walk=LATEST, most=SIZE + 1)
        if len(latest) > SIZE:
            return among(Deal.objects.all(), latest), Worth(SIZE, is_exact=False)
    found = matching(deals, query, cap=None)
    keys, worth = _first_of(found, order, CAP if cursor else SIZE + 1)
    return among(Deal.objects.all(), keys), worth


def _first_of(found: Any, order: str, most: int) -> tuple[list[int], Worth]:
    """Keys of the first `most` of at most a thousand found deals, and what the thousand are worth; one statement."""
    by = ORDERS[order][0]
    rows, parameters = statement(
        found.order_by().values_list("pk", "base_amount", by.removeprefix("-"))[:CAP]
    )
    way = "DESC" if by.startswith("-") else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF.format(rows=rows, way=way), [*parameters, most])
        first = cursor.fetchall()
    if not first:
        return [], Worth()
    _key, count, together = first[0]
    return [key for key, _count, _together in first], Worth(count, together, count < CAP)


def _row(row: dict[str, Any], today: date, root: str, clients: str) -> Row:
    key, account = row["pk"], row["account_id"]
    step = words.step_mark(row["state"], row["next_step"], row["next_step_on"], today)
    return Row(
        pk=key,
        anchor=f"row-{key}",
        title=row["title"],
        url=f"{root}{key}/",
        client=row["account__name"] or "",
        client_url=f"{clients}{account}/",
        stage=row["stage__name"],
        stage_css=STAGE_CSS[row["state"]],
        amount=words.amount_text(row["amount"], row["currency"]),
        owner=row["owner__name"] or "",
        step_css=STEP_CSS[step.state],
        step_icon=f"ti ti-{step.icon}",
        step=step.text,
        expected=words.day_text(row["expected_close_on"], today),
        opened=words.day_text(timezone.localdate(row["opened_at"]), today),
    )


def headings(order: str, query: Any) -> list[Heading]:
    """Headings of the table; those with an order link to it."""
    columns = [
        (_("Deal"), "", None),
        (_("Client"), "", None),
        (_("Stage"), "", None),
        (_("Amount"), "end", "-amount"),
        (_("Owner"), "not-on-phone", None),
        (_("Next step"), "", "next_step"),
        (_("Expected close"), "not-on-phone", "expected"),
        (_("Opened"), "not-on-phone", "-opened" if order != "-opened" else "opened"),
    ]
    return [Heading(title, css, *_sorting(name, order, query)) for title, css, name in columns]


def _sorting(name: str | None, order: str, query: Any) -> tuple[str, str]:
    if name is None:
        return "", ""
    said = query.copy()
    for each in ("sort", "cursor"):
        said.pop(each, None)
    said["sort"] = name
    if name.lstrip("-") != order.lstrip("-"):
        return f"?{said.urlencode()}", "none"
    return f"?{said.urlencode()}", "descending" if order.startswith("-") else "ascending"
