"""Contact cards of many programs become rows with every name, phone and mail; what is broken is said."""

from pathlib import Path

import pytest

from integrations.tables import TableError, read_table
from integrations.testing import shared_data


def table(folder: Path, text: str | bytes) -> list[dict[str, str]]:
    path = folder / "people.vcf"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    read = read_table(path)
    return [dict(zip(read.headers, row.cells, strict=True)) | {"problem": row.problem} for row in read.rows()]


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


def test_several_of_one_kind_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    [found] = table(
        tmp_path,
        card(
            "FN:Ada Lee",
            "TEL;TYPE=CELL:+7 900 1112233",
            "TEL:+7 900 1112234",
            "TEL;TYPE=FAX:+7 495 1",
            "EMAIL:a@b.example",
        ),
    )
    assert (found["Phone"], found["Phone 2"], found["Fax"]) == (
        "+7 900 1112233",
        "+7 900 1112234",
        "+7 495 1",
    )
    assert found["E-mail"] == "a@b.example"


def test_lines_are_joined_signs_unescaped_and_parts_told_apart(tmp_path: Path) -> None:
    [found] = table(
        tmp_path,
        card(
            "FN:Anna\\, the",
            "  elder",
            "ORG:Rose\\; Thorn;Sales;West",
            "ADR:;;Lane 5\\, flat 2;Kazan;;420000;Russia",
            "ADR:;;Second;;;;",
        ),
    )
    assert found["Full name"] == "Anna, the elder"
    assert (found["Company"], found["Department"]) == ("Rose; Thorn", "Sales, West")
    assert (found["Street"], found["City"], found["Postcode"]) == ("Lane 5, flat 2", "Kazan", "420000")
    assert found["Other address"] == "Second"


def test_old_cards_speak_quoted_printable_in_a_charset_of_their_own(tmp_path: Path) -> None:
    text = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\n"
        b"FN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=E0=ED =\r\n=CF=E5=F2=F0=EE=E2\r\n"
        b"TEL;CELL:89001112233\r\nEND:VCARD\r\n"
    )
    [found] = table(tmp_path, text)
    assert (found["Full name"], found["Phone"]) == ("Иван Петров", "89001112233")


def test_pictures_and_cards_within_cards_are_left_out(tmp_path: Path) -> None:
    agent = "BEGIN:VCARD", "FN:Agent", "END:VCARD"
    [found] = table(tmp_path, card("FN:Ada", "PHOTO;ENCODING=b;TYPE=JPEG:AAAA", " BBBB", "AGENT:", *agent))
    assert found == {"Full name": "Ada", "problem": ""}


def test_a_card_that_breaks_off_is_a_row_with_a_problem(tmp_path: Path) -> None:
    found = table(tmp_path, card("FN:Ada") + "BEGIN:VCARD\r\nFN:Bob\r\n")
    assert [row["problem"] for row in found] == ["", "The card breaks off: its end is missing."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello\n", "There is no contact card in the file."),
        ("", "The file is empty."),
        (
            "BEGIN:VCARD\nFN:" + "x" * 1_100_000 + "\nEND:VCARD\n",
            "A line of the file is too long for a contact card.",
        ),
        ("BEGIN:VCARD\n" + "FN:x\n" * 20_010, "The card that begins in line 1 never ends."),
    ],
    ids=["no card", "empty", "endless line", "endless card"],
)
def test_a_file_without_usable_cards_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TableError) as refusal:
        table(tmp_path, text)
    assert refusal.value.message == sentence


def test_every_name_phone_and_mail_of_other_programs_cards_is_kept() -> None:
    for path in sorted(shared_data("contacts/vcards").glob("*.vcf")):
        raw = path.read_text(encoding="utf-8", errors="replace")
        kept = "\n".join(cell for row in read_table(path).rows() for cell in row.cells)
        spoken = kept.replace(" ", "").replace("ext.", "")
        unfolded = raw.replace("\r\n ", "").replace("\n ", "")
        for line in unfolded.splitlines():
            head, _colon, value = line.partition(":")
            word = head.split(";")[0].rpartition(".")[2].upper()
            if word in ("TEL", "EMAIL", "FN") and value and "QUOTED" not in head.upper():
                plain = value.replace("\\", "").removeprefix("tel:").replace(";ext=", "").replace(" ", "")
                assert plain in spoken, f"{path.name}: {line}"
