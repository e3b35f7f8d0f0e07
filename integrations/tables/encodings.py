"""Which encoding a text file is in.

Byte order marks and strict UTF-8 decide almost every file. What is left are one-byte encodings, where any
bytes decode into something: there the Cyrillic ones (Excel saves cp1251, old terminals cp866, old mail
koi8-r) and cp1252 are compared by how much their reading looks like words, and only when none of them does
is charset-normalizer asked.
"""

import codecs
import re
from pathlib import Path

from django.utils.translation import gettext as _

from integrations.tables.table import TableError

SAMPLE = 256 * 1024
MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
ONE_BYTE = ("cp1251", "koi8-r", "cp866", "cp1252")
COMMON_LETTERS = frozenset("оеаинтсрвл")
WORD = re.compile(r"[^\W\d_]+")
ACCENTED = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÖØÙÚÛÜ")
PUNCTUATION = frozenset("«»„“”‘’–—…№§©®°·•€\xa0±")
# Two bytes of UTF-8 read as one-byte letters: Ð or Ñ (cp1252), Р or С (cp1251) and the second byte, for Cyrillic;
# Ã or Â for Western letters.
SECOND_BYTES = re.escape(bytes(range(0x80, 0xC0)).decode("cp1251", "ignore"))
TWICE_ENCODED = re.compile(f"[ÐÑÃÂ][\x80-\xbf\u0152-\u2122\ufffd]|[РС][{SECOND_BYTES}]")


def detected(path: Path) -> tuple[str, list[str]]:
    """The name of the encoding, and warnings about a reading that was guessed."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, name in MARKS:
        if head.startswith(mark):
            _refuse_unless_decodes(path, name)
            return name, []
    wide = _wide_without_mark(head)
    if wide:
        _refuse_unless_decodes(path, wide)
        return wide, []
    if _decodes(path, "utf-8"):
        return "utf-8", []
    return _one_byte(_with_accents(path))


def looks_encoded_twice(text: str) -> bool:
    foreign = sum(1 for letter in text if ord(letter) > 127)
    return foreign >= 4 and 2 * len(TWICE_ENCODED.findall(text)) >= foreign * 0.6


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(SAMPLE):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_unless_decodes(path: Path, encoding: str) -> None:
    if not _decodes(path, encoding):
        raise TableError(
            _("The file begins as %(encoding)s but breaks off or holds other bytes. Save it again as UTF-8.")
            % {"encoding": encoding.removesuffix("-sig").upper()}
        )


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 without its mark shows as a zero in every second byte."""
    sample = head[: len(head) // 2 * 2][:4096]
    if len(sample) < 8:
        return ""
    half = len(sample) // 2
    for name, zeros in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[0::2].count(0))):
        if zeros > half * 0.6:
            return name
    return ""


def _with_accents(path: Path) -> bytes:
    """The lines that hold bytes above 127, as many as fit the sample: plain lines tell nothing."""
    found, size = [], 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found.append(line[:4096])
                size += len(found[-1])
                if size > SAMPLE:
                    break
    return b"\n".join(found)


def _one_byte(sample: bytes) -> tuple[str, list[str]]:
    scores = {name: _likeness(sample.decode(name, "replace")) for name in ONE_BYTE}
    best = max(ONE_BYTE, key=lambda name: scores[name])
    if scores[best] >= 0.5:
        return best, []
    guess = _guess_of_the_library(sample)
    return guess, [
        _("The encoding of the file was guessed (%(encoding)s): check the letters below.")
        % {"encoding": guess}
    ]


def _guess_of_the_library(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:32_768]).best()
    if best is None or best.chaos > 0.2:
        raise TableError(
            _("The encoding of the file is not recognised. Save it as “CSV UTF-8” and try again.")
        )
    return best.encoding


def _likeness(text: str) -> float:
    """How much the letters above 127 look like words; 1 is a text, 0 and below is noise."""
    foreign = [letter for letter in text if ord(letter) > 127]
    if not foreign:
        return 0.0
    good = 0.0
    for letter in foreign:
        if "а" <= letter <= "я" or letter == "ё":
            good += 1.15 if letter in COMMON_LETTERS else 0.9
        elif "А" <= letter <= "Я" or letter == "Ё":
            good += 0.8
        elif letter in ACCENTED:
            good += 0.75
        elif letter in PUNCTUATION:
            good += 0.6
        else:
            good -= 1
    for word in WORD.findall(text):
        good -= _oddness(word)
    return good / len(foreign)


def _oddness(word: str) -> float:
    """Mixed alphabets, small letters before capitals (koi8-r read as cp1251), accents without a plain letter."""
    cyrillic = sum(1 for letter in word if "Ѐ" <= letter <= "ӿ")
    if cyrillic and cyrillic < len(word):
        return float(len(word))
    if cyrillic > 2 and word[0].islower() and word[1:].isupper():
        return float(len(word))
    if not cyrillic and not word.isascii():
        accents = sum(1 for letter in word if ord(letter) > 127)
        if accents > 2 and accents > len(word) * 0.6:
            return float(accents)
    return 0.0
