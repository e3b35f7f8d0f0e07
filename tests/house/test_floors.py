"""What import-linter cannot see: foreign keys, template links and migration dependencies go downstairs only."""

import re

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.urls import get_resolver

from tests.house.floors import FLOORS, HOUSE, may_know


@pytest.mark.parametrize("room", FLOORS)
def test_foreign_keys_point_downstairs(room: str) -> None:
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not None
        and field.related_model._meta.app_label in FLOORS
        and not may_know(room, field.related_model._meta.app_label)
    ]
    assert upward == []


def test_migrations_depend_on_lower_rooms_only() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    upward = [
        f"{app}.{name} depends on {other}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in FLOORS
        for other, _name in migration.dependencies
        if other in FLOORS and not may_know(app, other)
    ]
    assert upward == []


@pytest.mark.parametrize("room", FLOORS)
def test_each_room_has_one_last_migration(room: str) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert len(loader.graph.leaf_nodes(room)) <= 1


@pytest.mark.parametrize("room", [room for room in FLOORS if room != "crm"])
def test_templates_link_downstairs_only(room: str) -> None:
    upward = []
    for template in (HOUSE / "templates" / room).rglob("*.html"):
        for other in re.findall(r"{%\s*(?:url|include|extends)\s+[\"'](\w+)[:/]", template.read_text()):
            if other in FLOORS and not may_know(room, other):
                upward.append(f"{template.relative_to(HOUSE)} → {other}")
    assert upward == []


def test_every_room_of_the_urlconf_is_on_the_plan() -> None:
    ours = {name for name in get_resolver().namespace_dict if name in FLOORS}
    assert ours == set(FLOORS) - {"foundation", "crm"}


def test_every_room_says_what_it_is() -> None:
    silent = [room for room in FLOORS if not (HOUSE / room / "README.md").exists()]
    assert silent == []
