"""The figures as a table, and which budgets of DESIGN §9 they break."""

from typing import Any

from bench.pages import Page

MEMORY_MB, COLD_START_S = 120, 1.2
COLUMNS = ("page", "ratio", "median ms", "p95 of 8", "statements", "bytes", "growth", "")
WIDTHS = (22, 7, 10, 10, 11, 9, 8, 0)


def broken_budgets(pages: list[Page], figures: dict[str, Any]) -> list[str]:
    """A sentence for each broken budget."""
    broken = [sentence for page in pages for sentence in _broken(page, figures["pages"][page.name])]
    if (figures["memory_mb"] or 0) > MEMORY_MB:
        broken.append(f"a web worker takes {figures['memory_mb']} MB, over {MEMORY_MB}")
    if figures["cold_start_s"] > COLD_START_S:
        broken.append(f"a cold start takes {figures['cold_start_s']} s, over {COLD_START_S}")
    return broken


def printed(pages: list[Page], figures: dict[str, Any], broken: list[str]) -> str:
    lines = [_line(COLUMNS)]
    for page in pages:
        found = figures["pages"][page.name]
        verdict = "; ".join(_broken(page, found)) or "within budget"
        lines.append(
            _line(
                (
                    page.name, found["ratio"], found["median_ms"], found["p95_8_ms"], found["queries"], found["bytes"],
                    found["growth"], verdict,
                )
            )
        )  # fmt: skip
    lines.append(
        f"The floor takes {figures['floor_ms']} ms ({figures['floor_p95_8_ms']} with 8 clients); a web worker "
        f"{figures['memory_mb']} MB ({figures['memory_share_mb']} its own share); a cold start "
        f"{figures['cold_start_s']} s."
    )
    lines.append(f"{len(broken)} budgets are broken." if broken else "Every budget holds.")
    return "\n".join(lines)


def _broken(page: Page, found: dict[str, Any]) -> list[str]:
    checks = (
        (found["status"] not in (200, 302), f"answered {found['status']}"),
        (found["ratio"] > page.ratio, f"{found['ratio']} × the floor, over {page.ratio}"),
        (
            page.queries is not None and found["queries"] > page.queries,
            f"{found['queries']} statements, over {page.queries}",
        ),
        (
            page.bytes is not None and found["bytes"] > page.bytes,
            f"{found['bytes']} bytes, over {page.bytes}",
        ),
        (found["growth"] > page.growth, f"grew {found['growth']} ×, over {page.growth}"),
    )
    return [f"{page.name}: {sentence}" for is_broken, sentence in checks if is_broken]


def _line(cells: tuple[Any, ...]) -> str:
    first, *rest = (str(cell) for cell in cells)
    aligned = [first.ljust(WIDTHS[0])] + [
        cell.rjust(width) if width else f"  {cell}" for cell, width in zip(rest, WIDTHS[1:], strict=True)
    ]
    return "".join(aligned).rstrip()
