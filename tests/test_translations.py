"""A Russian colleague reads Russian: every sentence is translated, whole, and in the file the product reads."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from billing.testing import make_legal_entity
from tests.house.floors import FLOORS, HOUSE, sources
from tests.walk import Scene, make_scene, models_of_ours, opened, plain_urls, read, record_doors
from users.models import User
from users.testing import Cast

PO = HOUSE / "locale" / "ru" / "LC_MESSAGES" / "django.po"
FORMS = 3  # 1 клиент, 2 клиента, 5 клиентов
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+>")
# In what templatize() leaves of a template: gettext(u'…'), npgettext(u'…', u'…', u'…', count), _("…").
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATES = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:,\s*{STRING})*)")
NAMES = ["gettext", "ngettext", "pgettext", "npgettext"]
CALLS = {*NAMES, *(f"{name}_lazy" for name in NAMES)}
# Latin words a Russian page may hold besides the words of its records.
LATIN = {
    "romashka", "crm", "e-mail", "email", "mail", "csv", "tsv", "xlsx", "xls", "excel", "json", "utf", "api", "iso",
    "usd", "eur", "rub", "gbp", "idr", "ein", "npwp", "nif", "utc", "url", "pdf", "ctrl", "javascript", "english",
    "outlook", "google", "apple", "vcard", "vcf", "rrule", "rfc", "freq", "monthly", "byday", "high", "clara", "xes",
    "español", "espa", "bahasa", "indonesia", "link", "clientbankexchange", "cclientbankexchange", "camt", "mt",
}  # fmt: skip

Key = tuple[str | None, str]


def catalogue() -> dict[Key, Any]:
    """{(context, English): its message}."""
    with PO.open("rb") as file:
        messages = [each for each in read_po(file, locale="ru") if each.id]
    return {(each.context, str(each.id[0] if each.pluralizable else each.id)): each for each in messages}


def said_in_python(source: str) -> Iterator[Key]:
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            name, constants = (
                names[node.func.id],
                [each for each in node.args if isinstance(each, ast.Constant)],
            )
            texts = [each.value for each in constants if isinstance(each.value, str)]
            if name in CALLS and texts:
                yield key_of(name, texts)


def said_in_template(source: str) -> Iterator[Key]:
    for name, texts in IN_TEMPLATES.findall(templatize(source)):
        yield key_of(name, [str(each) for each in ast.literal_eval(f"({texts},)")])


def key_of(name: str, texts: list[str]) -> Key:
    return (texts[0], texts[1]) if name.removeprefix("n").startswith("p") else (None, texts[0])


def said() -> Iterator[tuple[Path, Key]]:
    """Every translatable sentence of the house with the file that says it."""
    for room in FLOORS:
        for path in sources(room):
            yield from ((path, key) for key in said_in_python(path.read_text()))
    for path in sorted((HOUSE / "templates").rglob("*.html")) + sorted((HOUSE / "templates").rglob("*.txt")):
        yield from ((path, key) for key in said_in_template(path.read_text()))


def test_every_sentence_of_the_house_is_in_the_catalogue() -> None:
    known = catalogue()
    missing = sorted({f"{path.relative_to(HOUSE)}: {key[1]}" for path, key in said() if key not in known})
    assert missing == [], "docs/glossary.ru.md says how to translate them"


def test_the_house_is_read_at_all() -> None:
    """Python and templates, contexts, plurals and constants in filters are found without GNU gettext."""
    found = {key for _path, key in said()}
    assert {(None, "Clients"), (None, "Move to…"), ("kind of client", "person"), (None, "%(n)s day")} <= found
    plural = "{% blocktranslate count n=x %}{{ n }} cat{% plural %}{{ n }} cats{% endblocktranslate %}"
    constant = "{{ a|default:_('none') }}"
    assert list(said_in_template(plural + constant)) == [(None, "%(n)s cat"), (None, "none")]


def test_every_sentence_is_translated() -> None:
    assert [key for key, each in catalogue().items() if each.fuzzy or not all(forms_of(each))] == []


def forms_of(message: Any) -> list[str]:
    return list(message.string) if message.pluralizable else [message.string]


def test_plurals_have_the_three_russian_forms() -> None:
    assert f"nplurals={FORMS};" in PO.read_text()
    assert [key for key, each in catalogue().items() if each.pluralizable and len(each.string) != FORMS] == []


def test_translations_keep_what_is_filled_in() -> None:
    """The same %(names)s; of a plural, every form keeps what the English plural has."""
    broken = []
    for key, each in catalogue().items():
        wanted = sorted(PLACEHOLDER.findall(each.id[-1] if each.pluralizable else each.id))
        forms = forms_of(each)
        broken += [(key[1], form) for form in forms if sorted(PLACEHOLDER.findall(form)) != wanted]
        if any(each.startswith("%(") for each in wanted):
            broken += [(key[1], form) for form in forms if not is_fillable(form)]
    assert broken == []


def is_fillable(text: str) -> bool:
    """No stray per cent sign, which would break the page that says it."""
    try:
        return bool(text % defaultdict(int))
    except (ValueError, TypeError):
        return False


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    wanted: dict[Any, str] = {}
    for (context, text), each in catalogue().items():
        key = f"{context}\x04{text}" if context else text
        forms = {(key, place): form for place, form in enumerate(forms_of(each))}
        wanted |= forms if each.pluralizable else {key: each.string}
    compiled.pop("")  # the heading
    assert compiled == wanted, "run pybabel compile: docs/glossary.ru.md"


class Words(HTMLParser):
    """What a person reads on a page: its text, and what titles, labels and placeholders say."""

    READ = {
        "title",
        "aria-label",
        "placeholder",
        "alt",
        "label",
        "data-label",
        "data-confirm",
        "data-confirm-yes",
    }
    UNREAD = {"script", "style", "kbd", "code", "svg"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag in self.UNREAD:
            self.inside.append(tag)
        self.found += [text for name, text in attributes if name in self.READ and text]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            self.found.append(data.strip())


def latin_words(text: str) -> set[str]:
    """In lower case; addresses, doors (`deals:list`) and time zones have names of their own."""
    spoken = re.sub(r"\S+@\S+|https?://\S+|\(UTC.*|\b[a-z]\w*:[a-z]\w*", " ", text)
    return {word.strip("'’-").lower() for word in re.findall(r"[A-Za-z][A-Za-z'’-]{2,}", spoken)}


def words_of_records() -> set[str]:
    """Words people typed: names of clients, stages, colleagues; they stay as they are in any language."""
    typed: set[str] = set()
    for model in models_of_ours():
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
        ]
        for row in model._default_manager.values_list(*fields) if fields else []:
            typed |= latin_words(" ".join(str(each) for each in row))
    return typed


def foreign(page: str, allowed: set[str]) -> list[str]:
    return [text for text in Words(page).found if latin_words(text) - allowed]


@pytest.fixture
def scene(cast: Cast) -> Scene:
    User.objects.filter(is_robot=False).update(language="ru")
    make_legal_entity(language="ru")  # mails to clients are in the language of who issues
    return make_scene(cast)


@pytest.mark.django_db
def test_a_russian_colleague_meets_no_english_of_ours(
    scene: Scene, client_of: Callable[[User], Client]
) -> None:
    person = User.objects.with_policy().get(pk=scene.cast.admin.pk)
    client, allowed, english = client_of(person), LATIN | words_of_records(), {}
    addresses = [*plain_urls(), *filter(None, (opened(door, scene, client) for door in record_doors()))]
    for address in addresses:
        answer = client.get(address)
        if "html" in answer.headers.get("Content-Type", "") and (found := foreign(read(answer), allowed)):
            english[address] = found
    assert english == {}
    assert any("Следующий шаг" in read(client.get(address)) for address in addresses)


@pytest.mark.django_db
def test_the_sign_in_page_speaks_the_language_of_the_browser(client: Client) -> None:
    page = read(client.get(reverse("account_login"), headers={"Accept-Language": "ru"}))
    assert "Войти" in page
    assert foreign(page, LATIN) == []
