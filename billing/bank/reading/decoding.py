"""The text of a bank's file, in whichever encoding it came."""

import codecs
import re

from django.utils.translation import gettext as _

from foundation.errors import Refused

MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
CYRILLIC = ("cp1251", "cp866", "koi8-r")
COMMON = frozenset("оеаинтсрвлкмдпуяь")


def decoded(content: bytes, *, said: str = "") -> str:
    """The text. `said` is the one-byte encoding the file itself names, if it does.

    Marks and strict UTF-8 come first, because they cannot be met by chance. Refused for what is no text.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return _strictly(content, name)
    if b"\x00" in content[:4096]:
        raise Refused(_("This is no text file of a bank: it holds bytes that no letter has."))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(said or likeliest(content), "replace")


def likeliest(content: bytes) -> str:
    """The one-byte encoding whose reading looks most like words."""
    sample = content[:65536]
    if not re.search(rb"[\x80-\xff]{3}", sample):
        return "cp1252"
    return max(CYRILLIC, key=lambda name: _likeness(sample.decode(name, "replace")))


def _likeness(text: str) -> int:
    small = sum(1 for letter in text if letter in COMMON)
    odd = len(re.findall(r"[а-яё][А-ЯЁ]|[─-╿°-¿]", text))
    return small - 4 * odd


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        raise Refused(
            _("The file says it is %(encoding)s but breaks off or holds other bytes. Download it again.")
            % {"encoding": name.removesuffix("-sig").upper()}
        ) from None
