"""Every report by its name, typed after `>` into search."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from reports.registry import all_reports
from users import commands
from users.commands import Command


def reports() -> Iterator[Command]:
    for each in all_reports():
        url, arguments = (each.url_name, ()) if each.url_name else ("reports:report", (each.key,))
        right = each.right or "reports.view"
        yield Command(
            f"report_{each.key}", each.title, "chart-bar", url, right, _("report"), arguments=arguments
        )


def register() -> None:
    commands.register(reports)
