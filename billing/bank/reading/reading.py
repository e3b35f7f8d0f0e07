"""Any file of a bank: what it is, then what it says."""

from django.utils.translation import gettext as _

from billing.bank.reading.camt import is_camt, read_camt
from billing.bank.reading.layout import Layout
from billing.bank.reading.mt940 import is_mt940, read_mt940
from billing.bank.reading.one_c import is_one_c, read_one_c
from billing.bank.reading.statement import Statement
from billing.bank.reading.table import read_table
from foundation.errors import Refused

MOST_BYTES = 20 * 2**20
# What people choose by mistake, by the first bytes.
OTHERS = [
    (b"PK\x03\x04", "XLSX, DOCX, ZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS, DOC"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"\x1f\x8b", "GZIP"),
]


def read(
    content: bytes, *, account: str = "", currency: str = "", layout: Layout | None = None
) -> list[Statement]:
    """The statements of a file. `account` and `currency` help a table that does not say them.

    Refused, with a sentence, for anything that is no statement; nothing else is raised.
    """
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is larger than 20 MB: ask the bank for a shorter period."))
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Refused(_("The file is empty."))
    for mark, kind in OTHERS:
        if content.startswith(mark):
            raise Refused(_("This is a file of the kind %(kind)s, no statement of a bank.") % {"kind": kind})
    if is_one_c(content):
        return read_one_c(content)
    if is_mt940(content):
        return read_mt940(content)
    if is_camt(content):
        return read_camt(content)
    return read_table(content, account=account, currency=currency, layout=layout)
