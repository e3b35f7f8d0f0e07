from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("billing.view", _("See invoices and quotes")),
    Right("billing.create", _("Draft invoices and quotes"), is_scoped=False),
    Right("billing.change", _("Change drafts of invoices and quotes")),
    Right("billing.change_prices", _("Set prices and discounts by hand"), is_scoped=False),
    Right("billing.issue", _("Issue invoices and send documents")),
    Right("billing.approve", _("Approve invoices, with their discounts and margins")),
    Right("billing.credit", _("Issue credit notes, write off what is due, and set credit limits")),
    Right("billing.view_payments", _("See payments")),
    Right("billing.receive", _("Record payments and allocate them")),
    Right("billing.view_costs", _("See costs and margins"), is_scoped=False),
    Right("billing.configure", _("Configure own companies, numbers and templates"), is_scoped=False),
]
