"""What of invoices can be done by typing `>` into search."""

from django.utils.translation import gettext_lazy as _

from users.commands import A_CLIENT, Command
from users.commands import register as register_commands


def commands() -> list[Command]:
    return [
        Command("new_invoice", _("New invoice"), "file-invoice", "billing:new", "billing.create",
                _("add bill"), takes=A_CLIENT, parameter="account", is_dialog=True),
        Command("invoice_list", _("List of invoices"), "file-invoice", "billing:list", "billing.view",
                _("bills receivables")),
    ]  # fmt: skip


def register() -> None:
    register_commands(commands)
