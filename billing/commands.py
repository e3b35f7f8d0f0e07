"""What of invoices and quotes can be done by typing `>` into search."""

from django.utils.translation import gettext_lazy as _

from users.commands import A_CLIENT, Command
from users.commands import register as register_commands


def commands() -> list[Command]:
    return [
        Command("new_invoice", _("New invoice"), "file-invoice", "billing:new", "billing.create",
                _("add bill"), takes=A_CLIENT, parameter="account", is_dialog=True),
        Command("invoice_list", _("List of invoices"), "file-invoice", "billing:list", "billing.view",
                _("bills receivables")),
        Command("new_quote", _("New quote"), "file-text", "billing:quote_new", "billing.create",
                _("add offer proposal"), takes=A_CLIENT, parameter="account", is_dialog=True),
        Command("quote_list", _("List of quotes"), "file-text", "billing:quotes", "billing.view",
                _("offers proposals")),
    ]  # fmt: skip


def register() -> None:
    register_commands(commands)
