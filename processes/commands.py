"""What can be typed after “>” in search about processes."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from users import commands
from users.commands import Command


def register() -> None:
    commands.register(_commands)


def _commands() -> Iterator[Command]:
    yield Command(
        "my_work",
        _("My work in processes"),
        "git-branch",
        "processes:my_work",
        "processes.work",
        _("tasks approvals waiting for me"),
    )
