from billing.models.credit_limit import CreditLimit
from billing.models.invoice import Instalment, Invoice, InvoiceKind, InvoiceLine, InvoiceState
from billing.models.invoice_link import InvoiceLink, InvoiceOpening
from billing.models.invoice_print import InvoicePrint, PrintState
from billing.models.legal_entity import BankAccount, LegalEntity
from billing.models.margin_rule import MarginRule
from billing.models.number_format import NumberCounter, NumberedKind, NumberFormat, Reset
from billing.models.paper import TaxMode, TaxRounding
from billing.models.paper_line import ByHand
from billing.models.payment import Allocation, AllocationKind, Direction, Method, Payment
from billing.models.quote import Quote, QuoteLine
from billing.models.quote_link import QuoteLink, QuoteOpening
from billing.models.quote_states import QuoteState
from billing.models.recurring import RecurringInvoice, RecurringMode, RecurringRun, RecurringState
from billing.models.statement import BankStatement, LineDirection, LineState, StatementLine

__all__ = [
    "Allocation",
    "AllocationKind",
    "BankAccount",
    "BankStatement",
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
    "LineDirection",
    "LineState",
    "MarginRule",
    "Method",
    "NumberCounter",
    "NumberFormat",
    "NumberedKind",
    "Payment",
    "PrintState",
    "Quote",
    "QuoteLine",
    "QuoteLink",
    "QuoteOpening",
    "QuoteState",
    "RecurringInvoice",
    "RecurringMode",
    "RecurringRun",
    "RecurringState",
    "Reset",
    "StatementLine",
    "TaxMode",
    "TaxRounding",
]
