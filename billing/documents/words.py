"""Amounts in words, as documents state them in English, Russian, Spanish and Indonesian."""

import re
from decimal import Decimal

from num2words import num2words

from billing.documents.currency_nouns import NOUNS, Noun
from foundation.money import minor_units, rounded

LANGUAGES = ("en", "ru", "es", "id")
MINUS = {"en": "minus", "ru": "минус", "es": "menos", "id": "minus"}
JOINT = {"en": " and ", "ru": " ", "es": " con ", "id": " dan "}
# Spanish numbers that count: un mil, veintiún millones.
SHORTENED = ((r"veintiuno(?= )", "veintiún"), (r"\buno(?= )", "un"))
HUNDREDS = re.compile(r"(\w*(?:cient|quinient))os\b")
LARGE = re.compile(r"(?:illón|illones)$")


def cardinal(number: Decimal | int, language: str, *, gender: str = "m") -> str:
    """The number in words, nothing else; in the gender of what is counted where the language has one."""
    number = Decimal(number)
    if number != number.to_integral_value() or _has_point(number):
        return str(num2words(_shortest(number), lang=language))
    sign = f"{MINUS[language]} " if number < 0 else ""
    whole = abs(int(number))
    if language == "ru":
        return sign + str(num2words(whole, lang="ru", gender=gender))
    if language == "es":
        return sign + _spanish(whole, gender)
    words = str(num2words(whole, lang=language))
    return sign + words.replace(",", "")


def money_in_words(
    amount: Decimal, currency: str, language: str, *, joint: str | None = None, cents_in_words: bool = False
) -> str:
    """“one thousand two hundred US dollars and 05 cents”: the cents in figures unless asked otherwise.

    A language that is not ours is answered in English; a currency without nouns here by its code.
    """
    language = language if language in LANGUAGES else "en"
    units = minor_units(currency)
    amount = rounded(amount, currency)
    whole = int(abs(amount))
    cents = int((abs(amount) - whole).scaleb(units))
    major, minor = NOUNS.get(currency, {}).get(language, (None, None))
    sign = f"{MINUS[language]} " if amount < 0 else ""
    text = sign + _counted(whole, major, currency, language)
    if not units:
        return text
    joint = JOINT[language] if joint is None else joint
    return text + joint + _cents(cents, minor, units, language, in_words=cents_in_words)


def sentence(text: str) -> str:
    """With a capital, as the line of a document begins."""
    return text[:1].upper() + text[1:]


def _cents(cents: int, noun: Noun | None, units: int, language: str, *, in_words: bool) -> str:
    if noun is None:
        return f"{cents:0{units}}/{10**units}"
    if in_words:
        return _counted(cents, noun, "", language)
    return f"{cents:0{units}} {noun.form(cents, language)}"


def _counted(number: int, noun: Noun | None, code: str, language: str) -> str:
    if noun is None:
        return f"{cardinal(number, language)} {code}"
    words = cardinal(number, language, gender=noun.gender)
    if language == "es":
        # Un millón de dólares, veintiún euros.
        words = _shortened(f"{words} ").rstrip() if noun.gender == "m" else words
        words += " de" if LARGE.search(words) else ""
    return f"{words} {noun.form(number, language)}"


def _spanish(number: int, gender: str) -> str:
    words = _shortened(str(num2words(number, lang="es")))
    if gender == "m":
        return words
    # What counts millions stays masculine; what counts the noun, thousands of it too, does not.
    split = re.match(r"(.*ill(?:ón|ones)\b)?(.*)", words)
    large, rest = (split[1] or "", split[2]) if split else ("", words)
    rest = re.sub(HUNDREDS, r"\1as", rest)
    rest = re.sub(r"veintiún(?= )", "veintiuna", re.sub(r"\bun(?= )", "una", rest))
    return large + re.sub(r"uno$", "una", rest)


def _shortened(words: str) -> str:
    for pattern, short in SHORTENED:
        words = re.sub(pattern, short, words)
    return words


def _has_point(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0


def _shortest(number: Decimal) -> Decimal:
    """Without zeros at its end, with one decimal at least."""
    short = number.normalize()
    return short if _has_point(short) else number.quantize(Decimal("0.1"))
