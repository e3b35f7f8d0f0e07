"""Paging is tried on a table of its own with ties, empty values and every type a list is ordered by."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from foundation.errors import Refused
from foundation.keyset import capped_count, keyset_page


class Shelf(models.Model):
    """A test's own table."""

    code = models.IntegerField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    label = models.CharField(max_length=20, null=True)  # noqa: DJ001 - how empty texts sort is asked here
    at = models.DateTimeField()

    class Meta:
        app_label = "keyset_tests"

    def __str__(self):
        return str(self.pk)


@pytest.fixture
def shelves(db):
    with connection.schema_editor() as editor:
        editor.create_model(Shelf)
    return Shelf.objects


ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.none() | st.sampled_from([Decimal("1.50"), Decimal(2)]),
        st.none() | st.sampled_from(["a", "Б", "x y"]),
        st.integers(0, 2),
    ),
    max_size=14,
)
ORDERS = [
    ("pk",),
    ("-at", "-pk"),
    ("label", "pk"),
    ("-amount", "pk"),
    ("-amount", "-label", "-pk"),
    ("code", "-amount", "label", "-pk"),
    ("amount", "-code", "at", "pk"),
    ("-at", "code", "pk"),
]


def put(shelves, rows):
    shelves.all().delete()
    shelves.bulk_create(
        Shelf(code=code, amount=amount, label=label, at=datetime(2024, 1, 1, microsecond=at, tzinfo=UTC))
        for code, amount, label, at in rows
    )


def expected(rows, order):
    """The oracle: Python's stable sort, last column first, empty values always at the end."""
    for term in reversed(order):
        name = term.removeprefix("-")
        filled = [row for row in rows if row[name] is not None]
        # Byte order, as the database's collation is C.
        filled.sort(
            key=lambda row: row[name].encode() if name == "label" else row[name], reverse=term[0] == "-"
        )
        rows = filled + [row for row in rows if row[name] is None]
    return rows


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, size=st.integers(1, 5))
@example(rows=[(1, None, None, 0)] * 5, size=2)
def test_pages_forward_and_back_are_the_sorted_list(shelves, order, rows, size):
    put(shelves, rows)
    queryset = shelves.values("pk", "code", "amount", "label", "at")
    whole = expected(sorted(queryset, key=lambda row: row["pk"]), order)

    page = keyset_page(queryset, order=order, size=size)
    assert page.previous is None
    forward = [page]
    while page.next:
        page = keyset_page(queryset, order=order, cursor=page.next, size=size)
        forward.append(page)
    assert [row for page in forward for row in page.rows] == whole
    assert all(len(page.rows) == size for page in forward[:-1])

    backward = [page]
    while page.previous:
        page = keyset_page(queryset, order=order, cursor=page.previous, size=size)
        backward.insert(0, page)
    assert [page.rows for page in backward] == [page.rows for page in forward]


def test_instances_are_paged_as_dictionaries_are(shelves):
    put(shelves, [(1, None, "a", 0), (2, None, None, 0), (3, None, "b", 1)])
    first = keyset_page(shelves.all(), order=("label", "pk"), size=2)
    assert [shelf.code for shelf in first.rows] == [1, 3]
    assert [
        shelf.code for shelf in keyset_page(shelves.all(), order=("label", "pk"), cursor=first.next).rows
    ] == [2]


def test_the_key_may_be_called_id_in_the_rows(shelves):
    put(shelves, [(1, None, None, 0)] * 3)
    page = keyset_page(shelves.values("id"), order=("-pk",), size=2)
    assert len(keyset_page(shelves.values("id"), order=("-pk",), cursor=page.next).rows) == 1


def test_a_computed_column_can_order(shelves):
    put(shelves, [(code, None, None, 0) for code in (5, 3, 4)])
    doubled = shelves.annotate(twice=models.F("code") * 2).values("pk", "twice")
    page = keyset_page(doubled, order=("-twice", "-pk"), size=1)
    page = keyset_page(doubled, order=("-twice", "-pk"), cursor=page.next, size=1)
    assert [row["twice"] for row in page.rows] == [8]


def test_rows_deleted_meanwhile_lead_back_to_the_beginning(shelves):
    put(shelves, [(code, None, None, 0) for code in range(4)])
    page = keyset_page(shelves.values("pk", "code"), order=("code", "pk"), size=2)
    shelves.filter(code__gte=2).delete()
    again = keyset_page(shelves.values("pk", "code"), order=("code", "pk"), cursor=page.next, size=2)
    assert ([row["code"] for row in again.rows], again.next, again.previous) == ([0, 1], None, None)


def forged(cursor, change):
    content = json.loads(urlsafe_b64decode(cursor + "=="))
    change(content)
    return urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "values",
    [
        [None, 1],
        ["1", None],
        ["x", 1],
        [1],
        [1, 2, 3],
        [10**30, 1],
        [1, -(10**30)],
        [[], {}],
        ["a\x00", 1],
        5,
        None,
        [1e400, 1],
        ["\ud800", 1],
    ],
)
@pytest.mark.parametrize("order", [("code", "pk"), ("-at", "-pk"), ("amount", "pk")], ids=" ".join)
def test_a_forged_cursor_is_refused_or_harmless(shelves, order, values):
    put(shelves, [(1, Decimal(1), "a", 0)] * 3)
    queryset = shelves.values("pk", "code", "amount", "at")
    cursor = keyset_page(queryset, order=order, size=1).next
    said = ""
    try:
        keyset_page(
            queryset, order=order, cursor=forged(cursor, lambda content: content.__setitem__(2, values))
        )
    except Refused as refusal:
        said = refusal.message
    assert not said or "Open the list from its beginning" in said


@pytest.mark.parametrize("cursor", ["?", "abc", "я", "a" * 5000, "bnVsbA", "W10", "\x00", "WzFd" * 10])
def test_a_damaged_cursor_is_refused(shelves, cursor):
    with pytest.raises(Refused):
        keyset_page(shelves.values("pk"), order=("pk",), cursor=cursor)


@given(cursor=st.text(min_size=1))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_for_a_cursor_is_refused(shelves, cursor):
    with pytest.raises(Refused):
        keyset_page(shelves.values("pk"), order=("pk",), cursor=cursor)


def test_a_cursor_of_a_list_ordered_otherwise_is_refused(shelves):
    put(shelves, [(1, None, None, 0)] * 3)
    cursor = keyset_page(shelves.values("pk", "code"), order=("code", "pk"), size=1).next
    with pytest.raises(Refused):
        keyset_page(shelves.values("pk", "code"), order=("-code", "-pk"), cursor=cursor)


@pytest.mark.parametrize(
    ("order", "index", "condition"),
    [
        (("-at", "-pk"), "(at, id)", "Index Cond: (ROW(at, id) < ROW("),
        (("-amount", "-pk"), "(amount DESC NULLS LAST, id DESC)", "Index Cond: (ROW(amount, id) < ROW("),
        (("at", "-pk"), "(at, id DESC)", "Index Cond: (at >="),
    ],
)
def test_the_next_page_starts_inside_the_index(shelves, order, index, condition, django_assert_num_queries):
    put(shelves, [(n, Decimal(n), None, n) for n in range(1000)])
    with connection.cursor() as database:
        database.execute(f"CREATE INDEX shelf_order ON keyset_tests_shelf {index}")
        database.execute("ANALYZE keyset_tests_shelf")
    queryset = shelves.values("pk", "at", "amount")
    page = keyset_page(queryset, order=order, size=20)
    with django_assert_num_queries(1) as asked:
        keyset_page(queryset, order=order, cursor=page.next, size=20)
    with connection.cursor() as database:
        database.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in database.fetchall())
    assert "using shelf_order" in plan
    assert condition in plan
    assert "Sort" not in plan


def test_counting_stops_at_the_cap(shelves):
    put(shelves, islice(iter(lambda: (1, None, None, 0), None), 12))
    assert capped_count(shelves.all(), cap=12) == (12, True)
    assert capped_count(shelves.order_by("code"), cap=11) == (11, False)
    assert (capped_count(shelves.all()).text, capped_count(shelves.all(), cap=5).text) == ("12", "5+")
