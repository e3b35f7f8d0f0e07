from billing.models.credit_limit import CreditLimit
from billing.models.invoice import Instalment, Invoice, InvoiceKind, InvoiceLine, InvoiceState
from billing.models.invoice_link import InvoiceLink, InvoiceOpening
from billing.models.invoice_print import InvoicePrint, PrintState
from billing.models.legal_entity import BankAccount, LegalEntity
from billing.models.number_format import NumberCounter, NumberedKind, NumberFormat, Reset
from billing.models.paper import TaxMode, TaxRounding
from billing.models.paper_line import ByHand
from billing.models.payment import Allocation, AllocationKind, Direction, Method, Payment
from billing.models.recurring import RecurringInvoice, RecurringMode, RecurringRun, RecurringState

__all__ = [
    "Allocation",
    "AllocationKind",
    "BankAccount",
    "ByHand",
    "CreditLimit",
    "Direction",
    "Instalment",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceLink",
    "InvoiceOpening",
    "InvoicePrint",
    "InvoiceState",
    "LegalEntity",
    "Method",
    "NumberCounter",
    "NumberFormat",
    "NumberedKind",
    "Payment",
    "PrintState",
    "RecurringInvoice",
    "RecurringMode",
    "RecurringRun",
    "RecurringState",
    "Reset",
    "TaxMode",
    "TaxRounding",
]
