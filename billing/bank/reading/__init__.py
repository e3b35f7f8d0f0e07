"""Files of banks, read into statements: 1CClientBankExchange, camt.053, MT940 and tables (CSV)."""

from billing.bank.reading.reading import read
from billing.bank.reading.statement import Line, Statement

__all__ = ["Line", "Statement", "read"]
