"""Statements of banks on their pages: a file chosen, sums compared, each line decided by a person."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.models import BankStatement, Payment, StatementLine
from billing.statement_forms import MOST_BYTES
from billing.tests.samples import invoice_of, line_of, many, naming, text_of, url
from users.models import Grant, Role

NEW = "billing:statement_bring"


@pytest.fixture
def books(cast, client_of):
    return client_of(cast.accountant)


def sent(text, name="bank.txt", **said):
    return {"file": SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text), **said}


def page(books, statement, **query):
    return books.get(url("statement", statement), query)


def test_a_file_is_brought_on_a_page_and_says_what_became_of_it(books, lily):
    invoice = invoice_of(lily)
    answer = books.post(reverse(NEW), sent(naming(invoice)), follow=True)
    statement = BankStatement.objects.get()
    assert answer.request["PATH_INFO"] == url("statement", statement)
    text = answer.content.decode()
    assert "3 new lines. Certain, and paid: 1. Waiting for you: 1." in text
    assert invoice.number in text
    again = books.post(reverse(NEW), sent(naming(invoice)), follow=True)
    assert "Everything in this file was known already" in again.content.decode()
    rows = books.get(reverse("billing:statements")).context["page"].rows
    assert [(row.lines, row.waiting, row.differs) for row in rows] == [("3", "1", False)]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (sent("hello"), "no statement"),
        (sent(""), "The file is empty."),
        (sent("x" * (MOST_BYTES + 1)), "larger than 10 MB"),
        ({}, "required"),
        (sent(text_of("camt.xml")), "none of ours"),
    ],
    ids=["no statement", "empty", "large", "none", "another's"],
)
def test_a_file_that_is_refused_says_why_and_keeps_the_form(books, bank, said, sentence):
    answer = books.post(reverse(NEW), said | {"bank_account": ""})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BankStatement.objects.exists()


def test_the_account_of_a_table_is_chosen(books, bank):
    answer = books.post(reverse(NEW), sent(text_of("table.csv"), "table.csv", bank_account=bank.pk))
    assert answer.status_code == 302
    assert BankStatement.objects.get().line_count == 2


def test_sums_that_differ_and_wrong_tax_numbers_are_shown(books, bring):
    text = text_of("one_c.txt").replace("ВсегоПоступило=84300.55", "ВсегоПоступило=84300.50")
    (statement,) = bring(text.replace("7701234560", "7701234561")).statements
    answer = page(books, statement)
    said = answer.content.decode()
    assert "the lines add up to 84300.55 (+0.05)" in said
    assert "wrong tax number" in said
    assert [(each.label, each.differs) for each in answer.context["sums"]] == [
        ("At the beginning", False), ("Received", True), ("Paid out", False), ("At the end", False),
    ]  # fmt: skip


def test_an_uncertain_line_is_confirmed_by_one_press(books, bring, lily, cast):
    invoice = invoice_of(lily)
    (statement,) = bring(text_of("one_c.txt")).statements
    (row,) = [each for each in page(books, statement).context["page"].rows if each.guesses]
    (guess,) = row.guesses
    assert (guess.pk, guess.confidence) == (invoice.pk, 60)
    assert guess.why == "exactly this is due; the payer's tax number is the client's"
    line = line_of(72000)
    address = f"{url('statement_line_confirm', line)}?version={row.version}"
    back = url("statement", statement)
    answer = books.post(address, {"invoice": guess.pk, "next": back})
    assert (answer.status_code, answer.url) == (302, back)
    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.state, line.decided_by, line.suggested_invoice) == ("done", cast.accountant, invoice)
    assert (invoice.due, line.payment.account) == (0, lily)
    second = books.post(address, {"invoice": guess.pk, "next": back})
    assert second.status_code == 409
    assert "Somebody else decided about this line meanwhile" in second.content.decode()


def test_another_invoice_is_found_by_its_number_or_words_of_its_client(books, bring, lily):
    first, other = invoice_of(lily, 500), invoice_of(lily, 20000)
    bring(text_of("one_c.txt"))
    line = line_of("12300.55")
    address = url("statement_line_confirm", line)
    assert books.get(address).status_code == 200
    assert books.post(address, {"version": line.version}).status_code == 422
    nothing = books.post(address, {"version": line.version, "number": "Nothing like it"})
    assert nothing.status_code == 422
    assert "Nothing like it" in nothing.content.decode()
    offered = books.post(address, {"version": line.version, "number": "лилия"})
    assert {each["pk"] for each in offered.context["form"].offered} == {first.pk, other.pk}
    assert books.post(address, {"version": line.version, "number": other.number}).status_code == 302
    other.refresh_from_db()
    assert (other.state, str(other.due)) == ("part_paid", "7699.4500")


def test_a_client_is_chosen_and_the_money_is_its_surplus(books, bring, lily):
    bring(text_of("one_c.txt"))
    line = line_of("12300.55")
    address = url("statement_line_client", line)
    assert books.post(address, {"version": line.version, "client": "Nobody"}).status_code == 422
    said = {"version": line.version, "client": lily.name, "account": lily.pk}
    assert books.post(address, said).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.payment.account) == ("done", lily)
    assert line.payment.unallocated == line.amount


def test_a_line_is_ignored_with_a_reason_and_its_payment_voided(books, bring, bank):
    (statement,) = bring(text_of("one_c.txt")).statements
    line = line_of("12300.55")
    address = url("statement_line_ignore", line)
    assert books.post(address, {"version": line.version, "reason": " "}).status_code == 422
    said = {"version": line.version, "reason": "A loan"}
    assert books.post(address, said).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.ignore_reason, line.payment.void_reason) == ("ignored", "A loan", "A loan")
    (row,) = page(books, statement, state="ignored").context["page"].rows
    assert (row.pk, row.why) == (line.pk, "A loan")


def test_lines_are_narrowed_to_a_state(books, bring, lily):
    (statement,) = bring(naming(invoice_of(lily))).statements
    counts = {chip["state"]: chip["count"] for chip in page(books, statement).context["chips"]}
    assert counts == {"": "3", "waiting": "1", "done": "1", "out": "1"}
    for state in ("waiting", "done", "out"):
        assert len(page(books, statement, state=state).context["page"].rows) == 1
    assert len(page(books, statement, state="shells").context["page"].rows) == 3


def test_what_waits_is_looked_at_again(books, bring, lily):
    invoice = invoice_of(lily)
    numbers = list(lily.tax_numbers.all())
    lily.tax_numbers.all().delete()
    (statement,) = bring(naming(invoice)).statements
    address = url("statement_look_again", statement)
    assert books.get(address).status_code == 405
    assert "Nothing more is certain." in books.post(address, follow=True).content.decode()
    for each in numbers:
        each.save(force_insert=True)
    assert "1 line more is certain, and paid." in books.post(address, follow=True).content.decode()


def test_the_list_of_payments_leads_there_who_may_go(books, cast, client_of):
    payments, link = reverse("billing:payments"), f'href="{reverse("billing:statements")}"'
    assert link in books.get(payments).content.decode()
    assert link not in client_of(cast.salesperson).get(payments).content.decode()


def test_only_who_records_everybodys_payments_sees_statements(cast, client_of, bring, bank):
    (statement,) = bring(text_of("one_c.txt")).statements
    line = line_of(72000)
    doors = [url("statement", statement), url("statement_line_confirm", line), reverse(NEW)]
    for who, status in (("accountant", 200), ("admin", 200), ("salesperson", 403), ("outsider", 403)):
        browser = client_of(getattr(cast, who))
        assert {browser.get(door).status_code for door in doors} == {status}, who
    role = Role.objects.create(key="clerk", name="Clerk")
    for verb in ("billing.receive", "billing.view_payments"):
        Grant.objects.create(role=role, verb=verb, scope="own")
    cast.outsider.roles.add(role)
    clerk = client_of(cast.outsider)
    assert [clerk.get(door).status_code for door in doors] == [404, 404, 403]
    assert clerk.post(reverse(NEW), sent(text_of("one_c.txt"))).status_code == 403
    assert clerk.get(reverse("billing:statements")).context["page"].rows == []


def test_the_pages_take_as_many_statements_however_long(
    books,
    bring,
    lily,
    django_assert_max_num_queries,
):
    for _each in range(3):
        invoice_of(lily, 7)
    (statement,) = bring(many(60)).statements
    answer = page(books, statement)
    assert len(answer.context["page"].rows) == 50
    assert len(page(books, statement, cursor=answer.context["page"].next).context["page"].rows) == 10
    assert len(answer.content) < 100_000
    with django_assert_max_num_queries(16):
        page(books, statement)
    with django_assert_max_num_queries(7):
        books.get(reverse("billing:statements"))
    assert StatementLine.objects.count() == Payment.objects.count() == 60
