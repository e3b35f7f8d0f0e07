"""The figures by which the real set of 8,800 opportunities is known, as the base has them after an import."""

from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncQuarter

from catalog.models import Product
from deals.models import Deal, DealLine
from users.models import Department

KNOWN: dict[str, Any] = {
    "stages": {"Prospecting": 500, "Engaging": 1589, "Won": 4238, "Lost": 2473},
    "won": Decimal(10_005_534),
    "quarters": [1_134_672, 3_086_111, 2_982_255, 2_802_496],
    "heads": {
        "Marxen": 2_251_930,
        "Sewald": 1_964_750,
        "Neubert": 1_960_545,
        "Rouche": 1_603_897,
        "Losch": 1_130_049,
        "Brinkmann": 1_094_363,
    },
    "days_to_close": (57, 14),
    "without_client": 1425,
    "products": 7,
    "gtx_pro": 1480,
    "teams": 6,
}


def figures() -> dict[str, Any]:
    won = Deal.objects.won()
    by_quarter = won.annotate(quarter=TruncQuarter("closed_on")).values("quarter").order_by("quarter")
    by_head = won.values_list("owner__department__head__name").annotate(worth=Sum("base_amount"))
    offices = Department.objects.filter(parent__name="Sales")
    return {
        "stages": dict(Deal.objects.values_list("stage__name").annotate(Count("pk"))),
        "won": won.aggregate(worth=Sum("base_amount"))["worth"],
        "quarters": [int(each["worth"]) for each in by_quarter.annotate(worth=Sum("base_amount"))],
        "heads": {name.split()[-1]: int(worth) for name, worth in by_head},
        "days_to_close": (_days(won), _days(Deal.objects.lost())),
        "without_client": Deal.objects.filter(account=None).count(),
        "products": Product.objects.count(),
        "gtx_pro": DealLine.objects.filter(product__name="GTX Pro").count(),
        "teams": Department.objects.filter(parent__in=offices).count(),
    }


def _days(deals: Any) -> float:
    return median((closed - opened).days for opened, closed in deals.values_list("opened_on", "closed_on"))
