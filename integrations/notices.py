"""Whoever brought a file is told when it has been read, since they need not wait beside it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.notifications import NotificationKind, notify, register
from users.notifications.kinds import APP

KIND = NotificationKind(
    "import.finished",
    gettext_lazy("My import is done"),
    gettext_lazy("Files"),
    "file-import",
    frozenset({APP}),
    order=70,
)
register(KIND)


def tell_of_import(job: Any, *, by: Any) -> None:
    """Done or broken off. They set it going and did not see it end, so they are told although they did it."""
    title = (lambda: _("Imported: %(file)s")) if job.is_done else (lambda: _("Not imported: %(file)s"))
    notify(
        KIND.key,
        [by],
        lambda: (title() % {"file": job.file_name}, job.error),
        url=reverse("integrations:import_result", args=[job.pk]),
        subject=("import", job.pk),
        by=None,
        at=timezone.now(),
    )
