"""Products made to measure: parameters and a formula give a price and the words of it, on a page and on an invoice."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.models import RecurringInvoice
from billing.testing import make_draft, make_legal_entity
from catalog.models import Calculator
from catalog.testing import make_product, make_rule
from foundation.errors import Refused
from foundation.models import Event
from users.models import User

pytestmark = pytest.mark.django_db
D = Decimal
STEMS = {"key": "stems", "label": "Stems", "unit": "pcs", "least": D(3), "most": D(101), "options": ""}
WRAP = {
    "key": "wrap",
    "label": "Wrap",
    "unit": "",
    "least": None,
    "most": None,
    "options": "Paper = 1\nSilk = 4.50",
}


def make_calculator(formula="price + stems * 2.5 + wrap", rows=(STEMS, WRAP), **said):
    told = {"by": User.objects.robot(), "at": timezone.now()}
    product = make_product("Bouquet to measure", 10)
    calculator = Calculator.create(product=product, formula=formula, **said, **told)
    calculator.put_parameters(list(rows), **told)
    return calculator


def test_a_formula_of_what_is_said_and_of_the_plain_price_gives_a_price_and_words(cast):
    made = make_calculator().calculate({"stems": "15", "wrap": "Silk"})
    assert (made.price, made.specification) == (D("52.00"), "Bouquet to measure (Stems: 15 pcs, Wrap: Silk)")
    said = Calculator.objects.get()
    said.change({"specification": "{stems} tulips in {wrap}"}, by=cast.admin, at=timezone.now())
    assert said.calculate({"stems": 7, "wrap": "Paper"}).specification == "7 pcs tulips in Paper"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"stems": "2", "wrap": "Silk"}, "Stems: from 3 to 101"),
        ({"stems": "many", "wrap": "Silk"}, "Stems: a number"),
        ({"stems": "NaN", "wrap": "Silk"}, "Stems: a number"),
        ({"stems": "3.0001", "wrap": "Silk"}, "at most three decimals"),
        ({"stems": "5", "wrap": "Gold"}, "Wrap: choose one"),
        ({"stems": "5"}, "Wrap: choose one"),
    ],
)
def test_what_cannot_be_is_refused_with_the_parameters_name(cast, said, sentence):
    with pytest.raises(Refused, match=sentence):
        make_calculator().calculate(said)


@pytest.mark.parametrize(
    ("formula", "rows", "sentence"),
    [
        ("price * colour", (STEMS,), "names colour"),
        ("__import__('os')", (STEMS,), "not understood"),
        ("stems", (STEMS, STEMS), "a key of its own"),
        ("stems", ({**STEMS, "key": "price"},), "none is called"),
        ("stems", ({**STEMS, "options": "Silk"},), "words = number"),
        ("stems", ({**STEMS, "least": D(9), "most": D(3)},), "not above"),
    ],
)
def test_a_calculator_that_could_not_calculate_is_not_kept(cast, formula, rows, sentence):
    with pytest.raises(Refused, match=sentence):
        make_calculator(formula, rows)


def test_a_division_by_nothing_is_a_sentence(cast):
    calculator = make_calculator("price / (stems - 3)", (STEMS,))
    with pytest.raises(Refused, match="No price comes out"):
        calculator.calculate({"stems": "3"})


def test_the_page_answers_in_an_address_and_says_what_is_wrong(cast, client_of):
    calculator = make_calculator()
    page = reverse("catalog:calculate", args=[calculator.product_id])
    browser = client_of(cast.salesperson)
    text = browser.get(page, {"stems": "15", "wrap": "Silk"}).content.decode()
    assert ("52.00" in text, "Stems: 15 pcs" in text) == (True, True)
    wrong = browser.get(page, {"stems": "1", "wrap": "Silk"})
    assert (wrong.status_code, "from 3 to 101" in wrong.content.decode()) == (422, True)
    assert page in browser.get(reverse("catalog:product", args=[calculator.product_id])).content.decode()


@pytest.fixture
def draft(cast):
    make_legal_entity()
    return make_draft(50, account=make_account("Acme", owner=cast.salesperson), owner=cast.salesperson)


def test_a_salesperson_adds_a_calculated_line_without_the_right_to_set_prices(cast, client_of, draft):
    calculator = make_calculator()
    make_rule("Autumn", 10)
    browser, page = client_of(cast.salesperson), reverse("billing:calculate", args=[draft.pk])
    assert page in browser.get(draft.get_absolute_url()).content.decode()
    assert "Bouquet to measure" in browser.get(page).content.decode()
    sent = {
        "product": calculator.product_id,
        "stems": "15",
        "wrap": "Silk",
        "how_many": "2",
        "nonce": "a" * 32,
    }
    wrong = browser.post(page, sent | {"stems": "1"})
    assert (wrong.status_code, "from 3 to 101" in wrong.content.decode()) == (422, True)
    assert browser.post(page, sent).status_code == 302
    line = draft.lines.get(position=1)
    assert (line.list_price, line.price, line.amount, line.by_hand) == (D(52), D("46.80"), D("93.60"), "")
    assert line.title == "Bouquet to measure (Stems: 15 pcs, Wrap: Silk)"
    assert [each["step"] for each in line.trace] == ["calculated", "rule"]
    assert client_of(cast.outsider).get(page).status_code == 404


def test_a_calculated_line_is_calculated_again_with_the_rest_and_when_it_comes_again(cast, draft):
    calculator = make_calculator()
    told = {"by": cast.robot, "at": timezone.now()}
    said = {"stems": "15", "wrap": "Silk"}
    draft.put_lines([DraftLine(product_id=calculator.product_id, calculated=said)], **told)
    series = RecurringInvoice.repeat(draft, "FREQ=DAILY", timezone.localdate(), **told)
    calculator.product.change({"price": D(20)}, **told)
    draft.put_lines(draft.as_asked(), **told)
    assert (draft.total, draft.lines.get().calculated) == (D(62), said)
    from billing.recurring import make_due

    make_due(at=timezone.now())
    assert series.runs.get().invoice.total == D(62)


def test_the_administration_keeps_a_calculator_with_its_parameters(cast, client_of):
    product = make_product("Bouquet", 10)
    row = {"key": "stems", "label": "Stems", "unit": "", "least": "", "most": "", "options": ""}
    said = {"product": product.pk, "formula": "stems * 3", "specification": "", "is_active": "on",
            "parameters-TOTAL_FORMS": "1", "parameters-INITIAL_FORMS": "0"}  # fmt: skip
    said |= {f"parameters-0-{name}": value for name, value in row.items()}
    browser, page = client_of(cast.admin), reverse("admin:catalog_calculator_add")
    assert browser.post(page, said).status_code == 302
    calculator = Calculator.objects.get()
    assert calculator.calculate({"stems": "2"}).price == 6
    change = reverse("admin:catalog_calculator_change", args=[calculator.pk])
    kept = calculator.parameters.get()
    again = said | {"formula": "leaves * 3", "parameters-INITIAL_FORMS": "1",
                    "parameters-0-id": kept.pk, "parameters-0-calculator": calculator.pk}  # fmt: skip
    assert "names leaves" in browser.post(change, again, follow=True).content.decode()
    calculator.refresh_from_db()
    assert calculator.formula == "stems * 3"
    assert Event.objects.filter(name="calculator.created").count() == 1
