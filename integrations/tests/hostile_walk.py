"""Brings hostile files in by both doors under a limit on memory, and prints a JSON line for each of them.

A process of its own: `python -m integrations.tests.hostile_walk FOLDER BYTES ENTITY,… FILE,…`. Nothing stays.
"""

import io
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import django


def main(folder: str, most_bytes: str, entities: str, names: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(most_bytes), int(most_bytes)))
    django.setup()

    from django.conf import settings
    from django.core.files.storage import FileSystemStorage, storages
    from django.db import transaction
    from django.test import Client
    from django.test.utils import setup_test_environment

    from deals.testing import make_pipeline
    from users.testing import make_cast

    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with tempfile.TemporaryDirectory() as media, transaction.atomic():
        storages._storages["default"] = FileSystemStorage(location=media)  # type: ignore[attr-defined]
        cast = make_cast()
        make_pipeline()
        page = Client(raise_request_exception=False)
        page.force_login(cast.admin, backend="users.backends.PersonBackend")
        for name in names.split(","):
            for entity in entities.split(","):
                path = Path(folder) / name
                _tell(entity, name, "command", partial(_by_command, entity, path))
                _tell(entity, name, "page", partial(_by_page, page, entity, path))
        transaction.set_rollback(True)


def _worked() -> float:
    """Seconds of work so far, of this process and of those it has waited for."""
    return sum(os.times()[:4])


def _tell(entity: str, name: str, door: str, answer: Callable[[], Any]) -> None:
    started = _worked()
    said = answer()
    took = _worked() - started
    sys.stdout.write(json.dumps({"entity": entity, "file": name, "door": door, "took": took, **said}) + "\n")


def _by_command(entity: str, path: Path) -> dict[str, Any]:
    from django.core.management import call_command

    out, code = io.StringIO(), 0
    try:
        call_command("import", entity, str(path), dry_run=True, stdout=out)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return {"code": code, "said": json.loads(out.getvalue())}


def _by_page(page: Any, entity: str, path: Path) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from integrations.models import ImportJob

    upload = SimpleUploadedFile(path.name, path.read_bytes())
    answer = page.post("/import/", {"entity": entity, "file": upload})
    if answer.status_code != 302:
        form = answer.context["form"] if answer.context and "form" in answer.context else None
        errors = [each for found in form.errors.values() for each in found] if form is not None else []
        return {"code": answer.status_code, "said": {"error": " ".join(errors)}}
    shown = page.get(answer.url)
    return {"code": shown.status_code, "said": ImportJob.objects.latest("pk").outcome}


if __name__ == "__main__":
    main(*sys.argv[1:])
