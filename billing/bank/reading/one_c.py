"""1CClientBankExchange 1.0x, the exchange of Russian banks with accounting programs.

The format's description: https://v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty/
standart-obmena-s-sistemami-klient-banka/formaty-obmena/. Lines of “name=value”; an account's section with its totals,
a section for each document. Banks differ: the end is called КонецФайла or КонецВыписки, days may be missing.
"""

import itertools
import re
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.bank.reading.amounts import amount_of, day_of
from billing.bank.reading.decoding import decoded
from billing.bank.reading.line import IN, OUT, Line
from billing.bank.reading.statement import Draft, Statement, plain_account
from billing.bank.reading.tax_numbers import is_wrong_inn, wrong_number
from foundation.errors import Refused

FIRST = "1CClientBankExchange"
ENCODINGS = {"dos": "cp866", "windows": "cp1251"}
# The sixth to eighth digits of a Russian account are its currency's.
CURRENCIES = {
    "810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "826": "GBP", "398": "KZT",
    "933": "BYN", "392": "JPY", "756": "CHF", "784": "AED", "949": "TRY", "356": "INR", "860": "UZS",
}  # fmt: skip
ACCOUNT, DOCUMENT = "СекцияРасчСчет", "СекцияДокумент"
MOST_DOCUMENTS = 200_000
PAYER, PAYEE = "Плательщик", "Получатель"
Section = dict[str, list[str]]


def is_one_c(content: bytes) -> bool:
    return FIRST.encode() in content[:100].replace(b"\x00", b"")


def read_one_c(content: bytes) -> list[Statement]:
    """A statement for each account. Refused for what is not such a file or names no account."""
    header, accounts, documents, ended = _sections(_text(content))
    ours = _own_accounts(header, accounts)
    if not ours:
        raise Refused(_("The file names no account of ours: this is no statement."))
    drafts = {plain_account(number): _draft(number, header, accounts) for number in ours}
    general: list[str] = []
    if not ended:
        general.append(_("The file breaks off: its end is missing. Download it again."))
    for place, document in enumerate(documents, 1):
        general += _placed(document, place, drafts)
    statements = []
    for place, draft in enumerate(drafts.values()):
        draft.differences += general if place == 0 else []
        statements.append(draft.finished("1c"))
    return statements


def _text(content: bytes) -> str:
    said = re.search(rb"=(DOS|Windows)\s", content[:2000], re.IGNORECASE)
    wanted = ENCODINGS[said[1].decode().lower()] if said else ""
    text = decoded(content, said=wanted)
    if wanted and "ВерсияФормата" not in text and ACCOUNT not in text and DOCUMENT not in text:
        text = decoded(content)  # the file says one encoding and is written in another
    return text


def _sections(text: str) -> tuple[Section, list[Section], list[Section], bool]:
    """The header, the sections of accounts and of documents, and whether the file has its end."""
    header: Section = {}
    accounts: list[Section] = []
    documents: list[Section] = []
    here, last, ended = header, "", False
    for row in re.split(r"\r\n|\r|\n", text):
        name, equals, value = row.strip("\ufeff \t").partition("=")
        name = name.strip()
        if name in (ACCOUNT, DOCUMENT):
            here = {"": [value.strip()]}
            (accounts if name == ACCOUNT else documents).append(here)
            if len(documents) > MOST_DOCUMENTS:
                raise Refused(_("The file holds more than %(most)d documents.") % {"most": MOST_DOCUMENTS})
        elif name in ("КонецРасчСчет", "КонецДокумента"):
            here = header
        elif name in ("КонецФайла", "КонецВыписки"):
            ended = True
        elif equals:
            here.setdefault(name, []).append(value.strip())
        elif name and last and here is not header:
            here[last][-1] += f" {name}"  # a long purpose that the bank broke into lines
        last = name if equals and name in here else last if last in here else ""
    return header, accounts, documents, ended


def _own_accounts(header: Section, accounts: list[Section]) -> list[str]:
    named = [each for part in (header, *accounts) for each in part.get("РасчСчет", []) if each]
    return list({plain_account(each): each for each in named}.values())


def _draft(number: str, header: Section, accounts: list[Section]) -> Draft:
    draft = Draft(account=number, currency=_currency(number))
    if not draft.currency:
        draft.differences.append(
            _("The currency of the account %(number)s is not known.") % {"number": number}
        )
    mine = [each for each in accounts if plain_account(_one(each, "РасчСчет")) == plain_account(number)]
    parts = sorted(mine, key=lambda each: day_of(_one(each, "ДатаНачала")) or date.min)
    draft.starts_on = day_of(_one(parts[0] if parts else header, "ДатаНачала"))
    draft.ends_on = day_of(_one(parts[-1] if parts else header, "ДатаКонца"))
    if parts:
        draft.opening = _amount(parts[0], "НачальныйОстаток")
        draft.closing = _amount(parts[-1], "КонечныйОстаток")
        draft.total_in = _total(parts, "ВсегоПоступило")
        draft.total_out = _total(parts, "ВсегоСписано")
    for before, after in itertools.pairwise(parts):
        closed, opened = _amount(before, "КонечныйОстаток"), _amount(after, "НачальныйОстаток")
        if closed is not None and opened is not None and closed != opened:
            sentence = _(
                "The balance of %(day)s begins with %(opened)s, the day before ended with %(closed)s."
            )
            values = {"day": _one(after, "ДатаНачала"), "opened": opened, "closed": closed}
            draft.differences.append(sentence % values)
    return draft


def _placed(document: Section, place: int, drafts: dict[str, Draft]) -> list[str]:
    """Put a document where it belongs; sentences about one that belongs nowhere or cannot be read."""
    called = _called(document, place)
    amount = _amount(document, "Сумма")
    if amount is None or amount <= 0:
        sentence = _("%(document)s is left out: “%(text)s” is no amount.")
        return [sentence % {"document": called, "text": _one(document, "Сумма")[:40]}]
    said, belongs = [], False
    for direction, own_side, other in ((OUT, PAYER, PAYEE), (IN, PAYEE, PAYER)):
        for number in dict.fromkeys(_accounts_of(document, own_side)):
            if number not in drafts:
                continue
            belongs = True
            line = _line(document, direction, other, amount)
            if line is None:
                said.append(_("%(document)s is left out: it has no day.") % {"document": called})
            else:
                drafts[number].lines.append(line)
                said += _own_number(document, own_side)
            break
    if not belongs:
        said.append(
            _("%(document)s is left out: neither side is an account of this statement.")
            % {"document": called}
        )
    return said


def _line(document: Section, direction: str, other: str, amount: Decimal) -> Line | None:
    dated_on = day_of(_one(document, "Дата"))
    booked_on = day_of(_one(document, "ДатаПоступило" if direction == IN else "ДатаСписано"))
    on = booked_on or dated_on
    if on is None:
        return None
    tax_number = _one(document, f"{other}ИНН")
    tax_number = "" if set(tax_number) <= {"0"} else tax_number
    return Line(
        direction=direction,
        amount=amount,
        on=on,
        dated_on=dated_on,
        number=_one(document, "Номер"),
        name=_name(document, other),
        tax_number=tax_number,
        has_wrong_tax_number=bool(tax_number) and is_wrong_inn(tax_number),
        bank_account=_one(document, f"{other}РасчСчет") or _one(document, f"{other}Счет"),
        bank_code=_one(document, f"{other}БИК"),
        purpose=_purpose(document),
    )


def _own_number(document: Section, side: str) -> list[str]:
    number = _one(document, f"{side}ИНН")
    return [wrong_number(number, _name(document, side))] if number and is_wrong_inn(number) else []


def _accounts_of(document: Section, side: str) -> list[str]:
    named = (_one(document, f"{side}Счет"), _one(document, f"{side}РасчСчет"))
    return [plain_account(each) for each in named if each]


def _name(document: Section, side: str) -> str:
    name = _one(document, side) or _one(document, f"{side}1")
    return re.sub(r"^ИНН\s*\d*\s+", "", name)


def _purpose(document: Section) -> str:
    parts = [_one(document, f"НазначениеПлатежа{part}") for part in range(1, 7)]
    return _one(document, "НазначениеПлатежа") or " ".join(each for each in parts if each)


def _called(document: Section, place: int) -> str:
    number, day = _one(document, "Номер"), day_of(_one(document, "Дата"))
    if not number:
        return _("Document in place %(place)d") % {"place": place}
    if day is None:
        return _("Document %(number)s") % {"number": number[:60]}
    return _("Document %(number)s of %(day)s") % {"number": number[:60], "day": date_format(day)}


def _one(section: Section, name: str) -> str:
    return section[name][0] if name in section else ""


def _amount(section: Section, name: str) -> Decimal | None:
    """At most two decimals: “1,000” might be a thousand, so it is not read."""
    text = re.sub(r"[\s\u00a0]", "", _one(section, name)).replace(",", ".")
    return amount_of(text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,2})?", text, re.ASCII) else None


def _total(parts: list[Section], name: str) -> Decimal | None:
    amounts = [_amount(each, name) for each in parts]
    return None if None in amounts else sum((each for each in amounts if each is not None), Decimal(0))


def _currency(account: str) -> str:
    plain = plain_account(account)
    return CURRENCIES.get(plain[5:8], "") if re.fullmatch(r"\d{20}", plain) else "RUB"
