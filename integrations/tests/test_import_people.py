"""Imported colleagues, departments and products come in through the verbs, and the same file again changes nothing."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalog.models import Product
from foundation.models import Event
from users.models import Department, User
from users.testing import Cast

pytestmark = pytest.mark.django_db
AGENTS = (
    "Sales Agent,Manager,Regional Office\nAda Lee,Mia Fox,West\nBob Ray,Mia Fox,West\nCy Day,Ned Orr,East\n"
)
TEAMS = {"create_missing": ["office", "head"], "constants": {"role": "salesperson", "head_role": "head"}}
PRODUCTS = "Product,Series,Price\nRose,Cut,2.50\nTulip,Cut,1.20\n"


def run(folder: Path, entity: str, text: str, **mapping: Any) -> dict[str, Any]:
    (folder / "table.csv").write_text(text)
    (folder / "mapping.json").write_text(json.dumps(mapping))
    out = io.StringIO()
    call_command("import", entity, str(folder / "table.csv"), mapping=folder / "mapping.json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def facts() -> Counter[str]:
    return Counter(
        Event.objects.filter(name__regex=r"^(user|department|product)\.").values_list("name", flat=True)
    )


def test_colleagues_heads_and_departments_are_each_told_once(cast: Cast, tmp_path: Path) -> None:
    outcome = run(tmp_path, "users", AGENTS, **TEAMS)
    assert (outcome["created"], outcome["rejected"]) == (3, 0)
    assert outcome["also_created"] == {"departments": 4, "colleagues": 2}
    assert facts() == {"user.joined": 5, "department.created": 4, "department.changed": 2}
    ada = User.objects.select_related("department__head", "department__parent").get(name="Ada Lee")
    assert ada.department is not None
    assert (str(ada.department), str(ada.department.head), str(ada.department.parent)) == (
        "Team of Mia Fox",
        "Mia Fox",
        "West",
    )
    assert not ada.has_usable_password()
    joined = {event.fact.name: event.fact.roles for event in Event.objects.filter(name="user.joined")}
    assert joined == {
        "Ada Lee": ["salesperson"],
        "Bob Ray": ["salesperson"],
        "Cy Day": ["salesperson"],
        "Mia Fox": ["head"],
        "Ned Orr": ["head"],
    }
    led = {event.fact.name: event.fact.head for event in Event.objects.filter(name="department.changed")}
    assert led == {f"Team of {name}": User.objects.get(name=name).pk for name in ("Mia Fox", "Ned Orr")}


def test_the_same_people_again_are_unchanged_and_nothing_is_told(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, "users", AGENTS, **TEAMS)
    before = facts()
    outcome = run(tmp_path, "users", AGENTS, **TEAMS)
    assert (outcome["created"], outcome["updated"], outcome["unchanged"]) == (0, 0, 3)
    assert "also_created" not in outcome
    assert facts() == before


def test_somebody_who_moves_to_a_new_head_is_one_change_of_theirs(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, "users", AGENTS, **TEAMS)
    departments = Department.objects.count()
    outcome = run(tmp_path, "users", AGENTS.replace("Bob Ray,Mia Fox,West", "Bob Ray,Una Vale,West"), **TEAMS)
    assert (outcome["updated"], outcome["unchanged"]) == (1, 2)
    assert outcome["also_created"] == {"departments": 1, "colleagues": 1}
    assert Department.objects.count() == departments + 1
    changed = Event.objects.get(name="user.changed").fact
    assert (changed.name, changed.fields) == ("Bob Ray", ["department"])
    bob = User.objects.select_related("department__parent").get(name="Bob Ray")
    assert bob.department is not None
    assert (str(bob.department), str(bob.department.parent)) == ("Team of Una Vale", "West")


def test_a_dry_run_tells_nothing_and_makes_nobody(cast: Cast, tmp_path: Path) -> None:
    people = User.objects.count()
    (tmp_path / "table.csv").write_text(AGENTS)
    (tmp_path / "mapping.json").write_text(json.dumps(TEAMS))
    out = io.StringIO()
    call_command(
        "import",
        "users",
        str(tmp_path / "table.csv"),
        mapping=tmp_path / "mapping.json",
        dry_run=True,
        stdout=out,
    )
    assert json.loads(out.getvalue())["created"] == 3
    assert (User.objects.count(), facts()) == (people, {})


def test_products_are_told_once_and_only_when_they_change(cast: Cast, tmp_path: Path) -> None:
    assert run(tmp_path, "products", PRODUCTS)["created"] == 2
    assert run(tmp_path, "products", PRODUCTS)["unchanged"] == 2
    assert facts() == {"product.created": 2}
    outcome = run(tmp_path, "products", PRODUCTS.replace("1.20", "1.30"))
    assert (outcome["updated"], outcome["unchanged"]) == (1, 1)
    changed = Event.objects.get(name="product.changed").fact
    assert (changed.name, changed.fields) == ("Tulip", ["price"])
    assert str(Product.objects.get(name="Tulip").price) == "1.30"
