"""Charts speak the reader's language."""

from decimal import Decimal

from django.utils.translation import override

from reports.charts import bars
from reports.tables import Row

ROWS = [Row({"quarter": "2026-Q1", "amount": Decimal("337900")})]


def test_bars_and_their_axis_shorten_amounts_as_the_reader_does() -> None:
    with override("ru"):
        russian = bars("quarter", "Won", ROWS)
    with override("en"):
        english = bars("quarter", "Won", ROWS)
    assert russian["data"]["values"][0]["text"] == "337,9\xa0тыс."
    assert english["data"]["values"][0]["text"] == "337.9K"
    assert "'\xa0тыс.'" in russian["encoding"]["y"]["axis"]["labelExpr"]
