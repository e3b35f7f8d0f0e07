"""What the import pages show."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.money import number_text
from integrations.desk import CHECKED_ROWS
from integrations.exporting.desk import how_many
from integrations.exporting.lists import CONTACTS, Taken
from integrations.models import ImportJob
from lists.registry import registered

SHOWN_PROBLEMS = 50
SHOWN_ROWS = 12
RECENT = 10
TAGS = {
    "done": "tag-good",
    "failed": "tag-bad",
    "running": "tag-info",
    "queued": "tag-info",
    "previewed": "tag-warn",
}


def recent(person: Any) -> list[dict[str, Any]]:
    """The person's latest imports."""
    jobs = ImportJob.objects.visible_to(person).defer("sample", "headers", "mapping")[:RECENT]
    return [
        {
            "job": job,
            "entity": job.get_entity_display(),
            "state": job.get_state_display(),
            "tag": TAGS[job.state],
            "url_name": "integrations:import_preview" if job.is_previewed else "integrations:import_result",
            "counts": counts(job, person.language),
        }
        for job in jobs
    ]


def counts(job: ImportJob, language: str) -> list[dict[str, str]]:
    """Four numbers, in words that fit before and after the import."""
    labels = (
        {
            "created": _("Created"),
            "updated": _("Updated"),
            "unchanged": _("Unchanged"),
            "rejected": _("Rejected"),
        }
        if job.is_done
        else {
            "created": _("To be created"),
            "updated": _("To be updated"),
            "unchanged": _("Unchanged"),
            "rejected": _("Rejected"),
        }
    )
    return [
        {"key": key, "label": label, "number": number_text(job.outcome.get(key, 0), language)}
        for key, label in labels.items()
    ]


def _tiles(job: ImportJob, language: str) -> list[dict[str, str]]:
    """The four numbers, and how many new rows are like records that are there."""
    alike = job.outcome.get("alike", 0)
    more = {"key": "alike", "label": _("Possible duplicates"), "number": number_text(alike, language)}
    return [*counts(job, language), *([more] if alike else [])]


def preview(job: ImportJob, language: str) -> dict[str, Any]:
    outcome = job.outcome
    read = outcome.get("read", 0)
    is_part = read >= CHECKED_ROWS and not job.is_finished
    accepted = outcome.get("created", 0) + outcome.get("updated", 0)
    return {
        "job": job,
        "entity": job.get_entity_display(),
        "counts": _tiles(job, language),
        "warnings": outcome.get("warnings", []),
        "updates": outcome.get("updates", []),
        "updates_left": _left(outcome, language),
        "read": number_text(read, language),
        "is_part": is_part,
        "error": outcome.get("error", ""),
        "can_run": job.is_previewed and bool(accepted or is_part),
        "button": _button(accepted, is_part, language),
        **problems(job, language),
    }


def problems(job: ImportJob, language: str) -> dict[str, Any]:
    outcome = job.outcome
    found = _kinds(outcome, language)
    left = len(found) - SHOWN_PROBLEMS
    made = outcome.get("also_created", {})
    return {
        "problems": found[:SHOWN_PROBLEMS],
        "problems_left": number_text(left, language) if left > 0 else "",
        "is_capped": bool(outcome.get("problems_left_out")) and "kinds" not in outcome,
        "unknown": outcome.get("unknown", []),
        **_likenesses(outcome, language),
        "also_created": ", ".join(f"{name}: {number_text(count, language)}" for name, count in made.items()),
    }


def _kinds(outcome: dict[str, Any], language: str) -> list[dict[str, str]]:
    """Problems of one kind together, the commonest first; imports of former times kept them one by one."""
    if "kinds" not in outcome:
        return grouped(outcome.get("problems", []), language)
    return [
        {
            "column": kind["column"],
            "reason": kind["reason"],
            "others": ", ".join(kind["others"]),
            "count": number_text(kind["count"], language),
            "rows": _rows(kind["rows"], kind["count"]),
        }
        for kind in sorted(outcome["kinds"], key=lambda each: (-each["count"], each["rows"]))
    ]


def _rows(numbers: list[int], count: int) -> str:
    shown = numbers[:SHOWN_ROWS]
    return ", ".join(map(str, shown)) + (" …" if count > len(shown) else "")


def _left(outcome: dict[str, Any], language: str) -> str:
    left = outcome.get("updated", 0) - len(outcome.get("updates", []))
    return number_text(left, language) if left > 0 else ""


def _likenesses(outcome: dict[str, Any], language: str) -> dict[str, Any]:
    """New rows that are like clients there already."""
    found = grouped(outcome.get("likenesses", []), language)[:SHOWN_PROBLEMS]
    shown = sum(int(each["count"]) for each in found)
    left = outcome.get("alike", 0) - shown
    return {"likenesses": found, "likenesses_left": number_text(left, language) if left > 0 else ""}


def grouped(found: list[dict[str, Any]], language: str) -> list[dict[str, str]]:
    """Problems of one column and reason together, the commonest first, with the numbers of their rows."""
    rows: dict[tuple[str, str], list[int]] = {}
    for problem in found:
        rows.setdefault((problem["column"], problem["reason"]), []).append(problem["row"])
    groups = sorted(rows.items(), key=lambda each: (-len(each[1]), each[1]))
    return [
        {
            "column": column,
            "reason": reason,
            "count": number_text(len(numbers), language),
            "rows": _rows(numbers, len(numbers)),
        }
        for (column, reason), numbers in groups
    ]


def result(job: ImportJob, language: str) -> dict[str, Any]:
    return {
        "job": job,
        "entity": job.get_entity_display(),
        "counts": _tiles(job, language),
        "rows_done": number_text(job.rows_done, language) if job.rows_done else "",
        "warnings": job.outcome.get("warnings", []),
        **problems(job, language),
    }


def export(wanted: Taken, language: str) -> dict[str, Any]:
    """What is about to be taken out, and the way back to the list."""
    count, is_people = how_many(wanted), wanted.key == CONTACTS
    of = registered("clients" if is_people else wanted.key)
    number = number_text(count.n, language) + ("" if count.is_exact else "+")
    query = f"?{wanted.query}" if wanted.query else ""
    return {
        "title": wanted.title,
        "list_title": of.title,
        "count_text": ngettext("%(count)s row", "%(count)s rows", count.n) % {"count": number},
        "headings": [each.heading for each in wanted.outputs],
        "back": f"{of.url}{query}",
        "people_url": reverse("integrations:export", args=[CONTACTS]) + query
        if wanted.key == "clients"
        else "",
    }


def _button(accepted: int, is_part: bool, language: str) -> str:
    if is_part:
        return _("Import all rows")
    return ngettext("Import %(count)s row", "Import %(count)s rows", accepted) % {
        "count": number_text(accepted, language)
    }
