"""Who may write a field. What only verbs may write is written nowhere else."""

import ast

from tests.house.floors import FLOORS, HOUSE, sources

# field → the files whose verbs write it
WRITERS = {
    "state": {
        "changes/models/change_set.py",
        "deals/models/deal_moves.py",
        "deals/bulk.py",
        "integrations/models/import_job.py",
        "activities/models/meeting_moves.py",
        "activities/models/project.py",
        "accounts/models/duplicate_pair.py",
        "processes/working.py",
        "processes/running/doing.py",  # where a run stands: no field of a table
        "processes/moving/batches.py",
        "processes/moving/carrying.py",  # the same, said in another version
        "processes/moving/keeping.py",
        "billing/documents/printing.py",
        "billing/models/invoice_drafting.py",
        "billing/models/invoice_approval.py",
        "billing/models/invoice_issue.py",
        "billing/models/invoice_settling.py",
        "billing/settling.py",
        "billing/models/statement_moves.py",
        "billing/bank/receiving.py",
        "billing/models/recurring.py",
        "billing/models/quote_deciding.py",
        "billing/models/quote_sending.py",
    },
    "sent_at": {"billing/models/quote_sending.py"},
    "decided_at": {
        "billing/models/quote_deciding.py",
        "billing/models/statement_moves.py",
        "billing/bank/receiving.py",
        "accounts/models/duplicate_pair.py",
    },
    "ignore_reason": {"billing/models/statement_moves.py"},
    "settled_at": {
        "billing/settling.py",
        "billing/models/invoice_issue.py",
        "billing/models/invoice_settling.py",
        "billing/bulk.py",
    },
    "unallocated": {"billing/models/payment_moves.py"},
    "issued_at": {"billing/models/invoice_issue.py"},
    "voided_at": {"billing/models/payment_moves.py"},
    "released_at": {"billing/settling.py"},
    "stage": {"deals/models/deal_moves.py", "deals/bulk.py"},
    "closed_at": {"deals/models/deal_moves.py", "deals/bulk.py", "activities/models/project.py"},
    "closed_on": {"deals/models/deal_moves.py", "deals/bulk.py"},
    "entered_stage_at": {"deals/models/deal_moves.py", "deals/bulk.py", "deals/bulk_writing.py"},
    "loss_reason": {"deals/models/deal_moves.py", "deals/bulk.py"},
    "base_amount": {
        "deals/models/deal.py",
        "deals/bulk.py",
        "deals/bulk_writing.py",
        "billing/models/payment_moves.py",
    },
    "team_ids": {
        "deals/models/deal.py",
        "deals/models/deal_team.py",
        "accounts/models/account.py",
        "accounts/merging/undoing.py",
        "deals/bulk.py",
        "deals/bulk_writing.py",
        "activities/models/task.py",
        "activities/models/task_moves.py",
        "activities/models/meeting_moves.py",
        "activities/models/meeting_giving.py",
        "activities/models/authored.py",
        "activities/models/project.py",
        "billing/giving.py",
        "billing/models/payment_moves.py",
        "billing/models/quote_sending.py",
        "billing/models/quote_invoicing.py",
    },
    "done_at": {"foundation/drain.py"},
}


SAVING = {"save", "bulk_create", "bulk_update", "delete", "get_or_create"}


def test_fields_of_verbs_are_assigned_by_their_verbs_only() -> None:
    trespassers = []
    for room in FLOORS:
        for path in sources(room):
            name = str(path.relative_to(HOUSE))
            if "seeding" in name:  # loads whole made-up histories by COPY and counts the sums again
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                targets = node.targets if isinstance(node, ast.Assign) else []
                for target in [part for each in targets for part in ast.walk(each)]:
                    if not isinstance(target, ast.Attribute) or not isinstance(target.ctx, ast.Store):
                        continue
                    if target.attr in WRITERS and name not in WRITERS[target.attr]:
                        trespassers.append(f"{name}:{target.lineno} writes {target.attr}")
    assert trespassers == []


def test_views_and_admin_never_save_what_verbs_change() -> None:
    saving = []
    for room in FLOORS:
        for path in sources(room):
            if "views" not in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in SAVING:
                    saving.append(f"{path.relative_to(HOUSE)}:{node.lineno} .{called.attr}()")
    assert saving == []


def test_pages_never_count_or_skip_through_whole_tables() -> None:
    """Counts on pages are capped, and paging is by keyset."""
    counting = []
    for room in FLOORS:
        for path in sources(room):
            if "views" in path.parts or path.name in {"queries.py", "filters.py"}:
                text = path.read_text()
                found = [bad for bad in (".count()", "Paginator", "OFFSET") if bad in text]
                counting += [f"{path.relative_to(HOUSE)}: {bad}" for bad in found]
    assert counting == []


def test_templates_are_free_of_scripts_styles_and_unescaped_text() -> None:
    import re

    unsafe = []
    for template in (HOUSE / "templates").rglob("*.html"):
        text = template.read_text()
        name = template.relative_to(HOUSE)
        for what, pattern in (
            ("inline script", r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"),
            ("inline style", r"<[^>{]*\sstyle="),
            ("inline handler", r"\son[a-z]+=\""),
            ("unescaped text", r"\|safe\b|{% autoescape off"),
        ):
            if re.search(pattern, text):
                unsafe.append(f"{name}: {what}")
    assert unsafe == []
