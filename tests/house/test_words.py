"""One word per concept: the glossary names every model and every verb, and the refused words appear nowhere."""

import re

from django.apps import apps

from tests.house.floors import FLOORS, HOUSE, sources

REFUSED_WORDS = {
    "opportunity": "deal",
    "customer": "account (on screen: client)",
    "utils": "a room or a noun",
    "helpers": "a room or a noun",
}


def glossary() -> str:
    return (HOUSE / "docs" / "glossary.md").read_text().lower()


def test_the_glossary_knows_every_noun() -> None:
    words = glossary()
    unknown = []
    for room in FLOORS:
        for model in apps.get_app_config(room).get_models():
            if model.__name__.endswith("History") or model._meta.auto_created:
                continue
            noun = re.sub(r"(?<!^)([A-Z])", r" \1", model.__name__).lower()
            if f"**{noun}**" not in words:
                unknown.append(noun)
    assert unknown == []


def test_refused_words_are_not_used_for_names() -> None:
    found = []
    for room in FLOORS:
        for path in sources(room):
            for word in [*re.findall(r"(?:def|class)\s+(\w+)", path.read_text()), path.stem]:
                for part in re.sub(r"(?<!^)([A-Z])", r"_\1", word).lower().split("_"):
                    if part in REFUSED_WORDS:
                        found.append(f"{path.relative_to(HOUSE)}: {word}, say {REFUSED_WORDS[part]}")
    assert found == []
