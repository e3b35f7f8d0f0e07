"""Text made for finding and ordering names, whatever the alphabet, the accents or the keyboard layout."""

import re
import unicodedata

from anyascii import anyascii

LONGEST_SORT_KEY = 200
NUMBER_WIDTH = 10
# Soft and hard signs are dropped in half of all spellings: “Tatyana” and “Tat'yana” are one person.
FOLDED_LETTERS = str.maketrans({"ё": "е", "ь": None, "ъ": None})
APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u02b9\u00b4]")
LEGAL_FORMS = re.compile(r"^(?:(?:ооо|оао|зао|пао|нао|ао|ип|тоо|чп|нко|ано|гуп|муп|фгуп) )+(?=\S)")
ACCENT_CLASS = 200

LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`{}:\"<>~"
CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюёхъжэбюё"
TO_CYRILLIC = str.maketrans(LATIN_KEYS, CYRILLIC_KEYS)
# The first pair wins, so that Cyrillic goes to the keys pressed without Shift.
TO_LATIN = str.maketrans(dict(reversed(list(zip(CYRILLIC_KEYS, LATIN_KEYS, strict=True)))))


def normalised(*parts: str | None) -> str:
    """The parts as one line of lower-case ASCII letters and digits with single spaces; empty parts are left out.

    “Иван” and “Ivan” meet, “Семёнов” and “Семенов” too. Applying it twice changes nothing.
    """
    text = unicodedata.normalize("NFKC", " ".join(part for part in parts if part)).casefold()
    text = unicodedata.normalize("NFC", text).translate(FOLDED_LETTERS)
    text = APOSTROPHES.sub("", anyascii(APOSTROPHES.sub("", text)).lower())
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def sort_key(name: str) -> str:
    """A key that orders names as people expect when compared byte by byte (collation "C").

    Case, accents, punctuation and a leading legal form do not count, the script is kept, ё is е, and numbers
    go by value (“Store 9” before “Store 10”). At most 200 characters; empty only for an empty name.
    """
    text = unicodedata.normalize("NFKD", name.casefold()).casefold().replace("и\u0306", "й")
    text = "".join(letter for letter in text if unicodedata.combining(letter) < ACCENT_CLASS)
    text = unicodedata.normalize("NFC", APOSTROPHES.sub("", text))
    text = re.sub(r"[\W_]+", " ", text).strip() or " ".join(name.casefold().split())
    text = LEGAL_FORMS.sub("", text)
    text = re.sub(r"[0-9]+", lambda run: run[0].lstrip("0").zfill(NUMBER_WIDTH), text)
    return text[:LONGEST_SORT_KEY].rstrip()


def readings(query: str) -> list[str]:
    """What the person may have meant, normalised, likeliest first: as typed, then as typed on the other keyboard.

    “bdfy” is also “ivan”. Empty for a query without letters or digits.
    """
    meant = [normalised(query)]
    if re.search(r"[a-zа-яё]", query.casefold()):
        meant.append(normalised(on_other_keyboard(query)))
    return list(dict.fromkeys(reading for reading in meant if reading))


def on_other_keyboard(text: str) -> str:
    """Lower-case text as the same keys give it in the other layout: Cyrillic to Latin if any is there, else back."""
    text = unicodedata.normalize("NFC", text.casefold())
    return text.translate(TO_LATIN if re.search("[а-яё]", text) else TO_CYRILLIC)


def digits(query: str) -> str:
    """The decimal digits of the query as ASCII, for finding telephones and numbers of documents."""
    return "".join(str(unicodedata.decimal(sign)) for sign in query if sign.isdecimal())
