"""Every hostile file answers with a sentence or with its rows; nothing crashes and nothing is lost silently."""

import resource
import subprocess
import sys
import time
import zipfile

import pytest
import xlsxwriter
from django.test import override_settings

from integrations.tables import TableError, read_table
from integrations.tables.workbook_reader import MEMORY

# file: how many rows can be used, and the numbers of those that say a problem
READ = {
    "ok_three_rows.xlsx": (3, []),
    "one_million_rows.xlsx": (1_000_000, []),
    "formula_cells.xlsx": (1, []),
    "dates_1904.xlsx": (1, []),
    "phones_as_numbers.xlsx": (2, []),
    "nul_bytes.csv": (0, [2]),
    "cr_only.csv": (1, []),
    "mixed_eol.csv": (3, []),
    "ru_cp1251_semicolon.csv": (2, []),
    "ru_utf16le_bom_tab.csv": (2, []),
    "ru_utf8_bom.csv": (2, []),
    "ru_koi8r.csv": (2, []),
    "ru_cp866.csv": (2, []),
    "ru_double_encoded.csv": (2, []),
    "ragged.csv": (0, [2, 3]),
    "huge_field_2MB.csv": (0, [2]),
    "sep_line.csv": (1, []),
    "excel_numbers_as_text.csv": (1, []),
}
NOT_TABLES = "Tables are read from .csv, .tsv, .txt, .xlsx and .vcf files."
REFUSED = {
    "zip_bomb_one_cell_512MB.xlsx": (
        "The workbook unfolds to more than can be read. Save the sheet as CSV and try again."
    ),
    "billion_laughs.xlsx": "The workbook declares entities, which no spreadsheet does; it was not read.",
    "xxe_local_file.xlsx": "The workbook declares entities, which no spreadsheet does; it was not read.",
    "dimension_lie.xlsx": "The table has more than 500 columns.",
    "zip_slip.xlsx": "The workbook holds files that no spreadsheet puts there, or is locked by a password.",
    "not_a_zip.xlsx": (
        "The file is named .xlsx but is not a readable workbook. Save it again from your spreadsheet."
    ),
    "empty.xlsx": "The file is empty.",
    "empty.csv": "The file is empty.",
    "only_header.csv": "The file has headings but no rows below them.",
    "only_bom.csv": "The file is empty.",
    "unclosed_quote.csv": (
        "A quotation mark opened in row 2 is never closed. Close it or remove it, then try again."
    ),
    "dup_headers.csv": "The column “Email” is there more than once. Rename or remove one of them.",
    "ten_thousand_columns.csv": "The table has more than 500 columns.",
    "svg_with_script.svg": NOT_TABLES,
    "html_named_png.png": NOT_TABLES,
    "double_ext.pdf.html": NOT_TABLES,
    "eicar.txt.b64": NOT_TABLES,
}


@pytest.fixture(scope="module")
def folder(hostile):
    return hostile


def made(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def cells(table):
    return [row.cells for row in table.rows()]


def test_every_hostile_file_has_an_expectation(folder):
    assert {path.name for path in folder.iterdir()} == set(READ) | set(REFUSED)
    assert len(READ) + len(REFUSED) == 35


@pytest.mark.parametrize("name", READ)
def test_a_readable_hostile_file_gives_its_rows(folder, name):
    usable, problems = 0, []
    for row in read_table(folder / name).rows():
        if row.problem:
            problems.append(row.number)
        else:
            usable += 1
    assert (usable, problems) == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_an_unreadable_hostile_file_is_refused_with_a_sentence(folder, name):
    with pytest.raises(TableError) as refusal:
        list(read_table(folder / name).rows())
    assert refusal.value.message == REFUSED[name]


def test_a_bomb_costs_this_process_neither_memory_nor_time(folder):
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(TableError):
        read_table(folder / "zip_bomb_one_cell_512MB.xlsx")
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


def test_a_bomb_that_lies_about_its_size_ends_only_the_process_that_reads_it(folder, tmp_path):
    content = bytearray((folder / "zip_bomb_one_cell_512MB.xlsx").read_bytes())
    size = (512 * 2**20 + 317).to_bytes(4, "little")
    with zipfile.ZipFile(folder / "zip_bomb_one_cell_512MB.xlsx") as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    lying = bytes(content).replace(size, (5_000_000).to_bytes(4, "little"))
    assert lying != bytes(content)
    with pytest.raises(TableError):
        made(tmp_path, lying, "lying.xlsx")


def test_the_reading_process_cannot_take_more_memory_than_its_limit():
    script = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY})); x = b'1' * {MEMORY}"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("ru_cp1251_semicolon.csv", "cp1251"),
        ("ru_utf16le_bom_tab.csv", "utf-16"),
        ("ru_utf8_bom.csv", "utf-8"),
        ("ru_koi8r.csv", "koi8-r"),
        ("ru_cp866.csv", "cp866"),
    ],
)
def test_russian_is_read_whatever_the_encoding(folder, name, encoding):
    table = read_table(folder / name)
    assert table.encoding == encoding
    assert table.headers == ["Название", "Почта", "Телефон", "Сумма"]
    assert cells(table)[1] == ["ИП Ёжиков", "b@example.ru", "+7 916 123 45 67", "12.345,00"]
    assert not table.warnings


def test_text_encoded_twice_is_warned_about(folder):
    assert "encoded twice" in read_table(folder / "ru_double_encoded.csv").warnings[0]


def test_western_letters_are_not_taken_for_cyrillic(tmp_path):
    table = made(tmp_path, "name,city\r\nCafé Müller,Málaga\r\nÅngström,São Paulo\r\n".encode("cp1252"))
    assert cells(table) == [["Café Müller", "Málaga"], ["Ångström", "São Paulo"]]


def test_utf_16_without_its_mark_is_recognised(tmp_path):
    table = made(tmp_path, "name,city\r\nAnna,Oslo\r\n".encode("utf-16-le"))
    assert cells(table) == [["Anna", "Oslo"]]


def test_numbers_forced_to_text_by_excel_keep_their_zeros(folder):
    assert cells(read_table(folder / "excel_numbers_as_text.csv")) == [["A", "0012345678", "+74951234567"]]


def test_phones_kept_as_numbers_keep_their_digits(folder):
    assert [row[2] for row in cells(read_table(folder / "phones_as_numbers.xlsx"))] == [
        "79161234567",
        "89161234567",
    ]


def test_a_formula_is_its_last_value_and_text_that_looks_like_one_stays_text(folder):
    assert cells(read_table(folder / "formula_cells.xlsx")) == [["click", "=1+1", "@SUM(1,1)"]]


def test_a_workbook_that_counts_days_from_1904_says_so(folder):
    assert read_table(folder / "dates_1904.xlsx").counts_days_from_1904


def test_rows_know_their_number_in_the_file(tmp_path):
    table = made(tmp_path, 'Clients\r\n\r\nname,note\r\n"A\r\nB",x\r\n\r\nC,y\r\n')
    assert table.header_row == 3
    assert [(row.number, row.cells[0]) for row in table.rows()] == [(4, "A\r\nB"), (6, "C")]


def test_rows_of_a_sheet_that_begins_lower_know_their_number(tmp_path):
    path = tmp_path / "low.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(4, 1, ["name", "sum"])
        sheet.write_row(5, 1, ["A", 1234.5])
        workbook.add_worksheet("Second").write(0, 0, "not read")
    table = read_table(path)
    assert [name for name in table.headers if not name.startswith("Column")] == ["name", "sum"]
    assert [(row.number, row.cells[-2:]) for row in table.rows()] == [(6, ["A", "1234.5"])]
    assert "Second" in table.warnings[0]


def test_quotes_that_are_not_doubled_reject_their_row_and_no_other(tmp_path):
    rows = list(made(tmp_path, 'name,sum\r\n"ООО "Ромашка"",1\r\nB,2\r\n').rows())
    assert rows[0].problem == "Quotation marks inside a value must be doubled."
    assert (rows[1].number, rows[1].cells) == (3, ["B", "2"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    lines = [
        delimiter.join(row)
        for row in (["name", "sum", "note"], ["A", "1 000", "b; c, d" if delimiter == "|" else "b"])
    ]
    assert made(tmp_path, "\r\n".join(lines)).delimiter == delimiter


def test_values_without_headings_are_refused(tmp_path):
    with pytest.raises(TableError, match="holds values, not headings"):
        made(tmp_path, "1,2\r\n3,4\r\n")


def test_a_page_under_the_name_of_a_table_is_refused(tmp_path):
    with pytest.raises(TableError, match="not a table"):
        made(tmp_path, "<html><script>alert(1)</script></html>")


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    with override_settings(UPLOAD_MAX_BYTES=2**20), pytest.raises(TableError, match="larger than 1 MB"):
        made(tmp_path, b"name,sum\r\n" + b"A,1\r\n" * 300_000)


def test_a_file_object_is_read_like_a_path(folder):
    with (folder / "sep_line.csv").open("rb") as file:
        assert cells(read_table(file, "sep_line.csv")) == [["A", "a@example.com"]]
