"""`make check`: everything about the code that can be told without running it. All checks run, even after one fails."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launch.console import say
from launch.places import Places

PRODUCTION = {
    "CRM_MODE": "production",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "crm.romashka.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def run_all(at: Places, environment: Mapping[str, str]) -> int:
    failed = []
    for name, command, extra in steps(at):
        say(f"— {name}")
        done = subprocess.run(
            command, check=False, cwd=at.root, env=dict(environment) | extra, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def steps(at: Places) -> list[tuple[str, list[str], dict[str, str]]]:
    python = os.fspath(at.python)

    def program(name: str) -> str:
        return os.fspath(at.venv / "bin" / name)

    django = [python, "-W", "ignore::RuntimeWarning", "manage.py"]
    templates = [os.fspath(path) for path in sorted(Path(at.root).glob("templates/**/*.html"))]
    return [
        ("ruff check", [program("ruff"), "check", "--output-format=concise", "."], {}),
        ("ruff format", [program("ruff"), "format", "--check", "--output-format=concise", "."], {}),
        ("mypy", [python, "-m", "mypy", "."], {}),
        ("import contracts", [program("lint-imports"), "--no-logo"], {}),
        ("migrations", [*django, "makemigrations", "--check", "--dry-run"], PRODUCTION),
        ("templates", [program("djade"), "--check", "--target-version=5.2", *templates], {}),
        ("deployment", [*django, "check", "--deploy", "--fail-level=WARNING"], PRODUCTION),
    ]
