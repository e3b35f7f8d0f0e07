"""The one door for a file with an event log: XES or a table, packed or not, told by what is in it."""

from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.mining.delimited import Columns, read_table
from processes.mining.log import Log
from processes.mining.xes import read_xes, unpacked

BEGIN = 64


def read_log(source: Path | BinaryIO, columns: Columns | None = None, zone: str = "UTC") -> Log:
    """Raises Refused, in a sentence for a person, for whatever is no event log."""
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return read_log(file, columns, zone)
        except OSError as error:
            raise Refused(_("The file “%(name)s” cannot be read.") % {"name": source.name}) from error
    begin = next(unpacked(source, BEGIN), b"")
    source.seek(0)
    if not begin.strip():
        raise Refused(_("The file is empty."))
    return read_xes(source) if _is_markup(begin) else read_table(source, columns, zone)


def _is_markup(begin: bytes) -> bool:
    """UTF-8 with or without its mark, or UTF-16 as its first sign betrays."""
    text = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))
