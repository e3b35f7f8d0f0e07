"""camt.053, the statement of ISO 20022, versions 02 to 08 and later ones that keep their names.

https://www.iso20022.org/catalogue-messages (Bank-to-Customer Cash Management). The sign of an entry is its own
CdtDbtInd, of reversals too: a reversed credit is a debit that says RvslInd.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.bank.reading.amounts import amount_of, day_of
from billing.bank.reading.line import IN, OUT, Line
from billing.bank.reading.statement import Draft, Statement
from billing.bank.reading.xml import Part, parse
from foundation.errors import Refused

SIGNS = {"CRDT": IN, "DBIT": OUT}
NOTHING = {"", "NOTPROVIDED", "NONREF", "N/A"}


def is_camt(content: bytes) -> bool:
    return bool(re.match(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<", content[:200].replace(b"\x00", b"")))


def read_camt(content: bytes) -> list[Statement]:
    """Refused for other XML, naming what it seems to be."""
    root = parse(content)
    message = root.one("BkToCstmrStmt")
    if root.name != "Document" or message is None:
        kind = re.search(r"(camt|pain|pacs)\.\d{3}", root.uri)
        said = _("This is no statement camt.053 but %(kind)s.") % {
            "kind": kind[0] if kind else f"<{root.name[:40]}>"
        }
        raise Refused(said)
    found = [_statement(each) for each in message.all("Stmt")]
    if not found:
        raise Refused(_("The file holds no statement."))
    return found


def _statement(part: Part) -> Statement:
    draft = Draft(
        account=part.said("Acct/Id/IBAN", "Acct/Id/Othr/Id"),
        currency=part.said("Acct/Ccy"),
        starts_on=_day(part.said("FrToDt/FrDtTm", "FrToDt/FrDt")),
        ends_on=_day(part.said("FrToDt/ToDtTm", "FrToDt/ToDt")),
        number=part.said("ElctrncSeqNb", "LglSeqNb", "Id")[:40],
    )
    _balances(part, draft)
    entries = list(part.all("Ntry"))
    if not draft.currency:
        draft.currency = next(
            (each.attributes.get("Ccy", "") for entry in entries for each in entry.all("Amt")), ""
        )
    booked = [each for each in entries if each.said("Sts/Cd", "Sts") in ("", "BOOK")]
    for place, entry in enumerate(booked, 1):
        _add(entry, place, draft)
    draft.total_in = _sum(part, "TxsSummry/TtlCdtNtries/Sum")
    draft.total_out = _sum(part, "TxsSummry/TtlDbtNtries/Sum")
    if waiting := len(entries) - len(booked):
        sentence = ngettext(
            "%(n)d entry is announced and not booked yet: it is left out.",
            "%(n)d entries are announced and not booked yet: they are left out.",
            waiting,
        )
        draft.differences.append(sentence % {"n": waiting})
        draft.total_in = draft.total_out = None  # the bank's sums count them too
    return draft.finished("camt.053")


def _balances(part: Part, draft: Draft) -> None:
    for balance in part.all("Bal"):
        code, amount = balance.said("Tp/CdOrPrtry/Cd"), _amount(balance.one("Amt"))
        if amount is None:
            continue
        amount = -amount if balance.said("CdtDbtInd") == "DBIT" else amount
        if code == "OPBD" or (code == "PRCD" and draft.opening is None):
            draft.opening = amount
        elif code == "CLBD":
            draft.closing = amount
        if not draft.currency and (money := balance.one("Amt")):
            draft.currency = money.attributes.get("Ccy", "")
        if code == "CLBD" and draft.ends_on is None:
            draft.ends_on = _day(balance.said("Dt/Dt", "Dt/DtTm"))


def _add(entry: Part, place: int, draft: Draft) -> None:
    """The entry as one line, or as many as it has details that add up to it."""
    money, direction = entry.one("Amt"), SIGNS.get(entry.said("CdtDbtInd"), "")
    amount, on = _amount(money), _day(entry.said("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"))
    called = _("Entry %(place)d") % {"place": place}
    if amount is None or amount < 0 or not direction or on is None:
        sentence = _("%(document)s is left out: its amount, its direction or its day cannot be read.")
        draft.differences.append(sentence % {"document": called})
        return
    if money is not None and money.attributes.get("Ccy", draft.currency) != draft.currency:
        sentence = _("%(document)s is left out: it is in another currency than the account.")
        draft.differences.append(sentence % {"document": called})
        return
    if amount == 0:
        return
    booked = Entry(entry, direction, amount, on)
    details = list(entry.all("NtryDtls/TxDtls"))
    shares = [_share(each, booked, draft.currency) for each in details]
    if len(details) > 1 and None not in shares and sum(each for each in shares if each is not None) == amount:
        for number, (detail, share) in enumerate(zip(details, shares, strict=True), 1):
            if share:
                draft.lines.append(_line(booked, [detail], share, f"/{number}"))
        return
    if len(details) > 1:
        sentence = _("%(document)s: its details do not add up to %(amount)s, it is kept as one line.")
        draft.differences.append(sentence % {"document": called, "amount": amount})
    draft.lines.append(_line(booked, details, amount, ""))


@dataclass(frozen=True)
class Entry:
    part: Part
    direction: str
    amount: Decimal
    on: date


def _share(detail: Part, entry: Entry, currency: str) -> Decimal | None:
    """A detail's amount in the entry's direction; None where it is not said in the account's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        money = detail.one(path)
        if money is not None and money.attributes.get("Ccy", currency) == currency:
            amount = _amount(money)
            direction = SIGNS.get(detail.said("CdtDbtInd"), entry.direction)
            return amount if amount is None or direction == entry.direction else -amount
    return None


def _line(entry: Entry, details: list[Part], amount: Decimal, place: str) -> Line:
    detail = details[0] if len(details) == 1 else Part("TxDtls")
    side = "Dbtr" if entry.direction == IN else "Cdtr"
    if entry.part.said("RvslInd") == "true":
        side = "Cdtr" if entry.direction == IN else "Dbtr"
    direction = entry.direction if amount > 0 else (OUT if entry.direction == IN else IN)
    own = _known(detail.said("Refs/AcctSvcrRef")) or _known(detail.said("Refs/TxId"))
    bank = _known(entry.part.said("AcctSvcrRef"))
    number = own or (f"{bank}{place}" if bank else "") or _known(detail.said("Refs/EndToEndId"))
    parties = detail.one("RltdPties") or Part("RltdPties")
    agents = detail.one("RltdAgts") or Part("RltdAgts")
    return Line(
        direction=direction,
        amount=abs(amount),
        on=entry.on,
        value_on=_day(entry.part.said("ValDt/Dt", "ValDt/DtTm")),
        number=number,
        bank_reference=bank + place,
        name=parties.said(f"{side}/Nm", f"{side}/Pty/Nm", f"Ultmt{side}/Nm", f"Ultmt{side}/Pty/Nm"),
        tax_number=next(_tax_numbers(parties, side), ""),
        bank_account=parties.said(f"{side}Acct/Id/IBAN", f"{side}Acct/Id/Othr/Id"),
        bank_code=agents.said(f"{side}Agt/FinInstnId/BICFI", f"{side}Agt/FinInstnId/BIC"),
        purpose=_purpose(entry.part, details),
        references=tuple(dict.fromkeys(each for part in details for each in _references(part))),
        is_reversal=entry.part.said("RvslInd") == "true",
    )


def _tax_numbers(parties: Part, side: str) -> Iterator[str]:
    for path in (f"{side}/Id/OrgId/Othr", f"{side}/Pty/Id/OrgId/Othr", f"{side}/Id/PrvtId/Othr"):
        for other in parties.all(path):
            if other.said("SchmeNm/Cd", "SchmeNm/Prtry").upper() in ("TXID", "INN", "TIN", "VAT"):
                yield other.said("Id")


def _references(detail: Part) -> Iterator[str]:
    for structured in detail.all("RmtInf/Strd"):
        yield from (each.text for each in structured.all("CdtrRefInf/Ref") if each.text)
        yield from (each.text for each in structured.all("RfrdDocInf/Nb") if each.text)


def _purpose(entry: Part, details: list[Part]) -> str:
    said = [each.text for detail in details for each in detail.all("RmtInf/Ustrd") if each.text]
    said = said or [text for detail in details if (text := detail.said("AddtlTxInf"))]
    references = [each for detail in details for each in _references(detail)]
    return " ".join(dict.fromkeys([*said, *references])) or entry.said("AddtlNtryInf")


def _known(reference: str) -> str:
    return "" if reference.upper() in NOTHING else reference


def _amount(money: Part | None) -> Decimal | None:
    text = money.text if money is not None else ""
    return amount_of(text) if re.fullmatch(r"\d{1,18}(\.\d{0,5})?", text, re.ASCII) else None


def _sum(part: Part, path: str) -> Decimal | None:
    return _amount(part.one(path))


def _day(text: str) -> date | None:
    return day_of(text[:10], "ymd")
