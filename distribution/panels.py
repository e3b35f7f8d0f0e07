"""What distribution shows on the pages of lower rooms."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from deals.bulk_edit import DEALS
from distribution.rights import RUN
from foundation import panels
from foundation.panels import Panel


def register() -> None:
    panels.register(Panel("bulk.deal", "distribute", _("Distribute by the rules"), _option, RUN))
    DEALS.elsewhere("distribute", "distribution:selected")


def _option(request: HttpRequest, record: Any) -> tuple[str, dict[str, Any]]:
    return "distribution/option.html", {}
