"""Files through the import wizard in a real browser, and a list out again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from deals.testing import make_pipeline
from integrations import desk
from integrations.testing import shared_data
from integrations.tests.real_figures import KNOWN, figures
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]
FILES = [
    ("Colleagues", "sales_teams.csv", 35),
    ("Products", "products.csv", 7),
    ("Clients", "accounts.csv", 85),
    ("Deals", "sales_pipeline.csv", 8800),
]


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media"},
        }
    }


def tile(page: Page, label: str) -> Any:
    return page.locator(".tile").filter(has_text=label).locator(".tile-number")


def test_the_real_opportunities_come_in_with_the_figures_of_the_command(cast: Cast, visit: Visit) -> None:
    page = visit(cast.admin, "/import/")
    for kind, name, rows in FILES:
        page.get_by_label("What is in the file").select_option(label=kind)
        page.locator("input[type=file]").set_input_files(shared_data(f"sales_pipeline/{name}"))
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(tile(page, "To be created")).to_have_text(f"{rows:,}")
        expect(tile(page, "Rejected")).to_have_text("0")
        page.get_by_role("button", name=f"Import {rows:,} rows").click()
        expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
        assert desk.run_due() == 1
        expect(page.locator(".note-good")).to_contain_text("is done")
        expect(tile(page, "Created")).to_have_text(f"{rows:,}")
        page.get_by_role("link", name="Import another file").click()
        expect(page.get_by_role("button", name="Check the file")).to_be_visible()
    assert figures() == KNOWN


def test_what_a_file_leaves_open_is_asked_on_a_phone_too(cast: Cast, visit: Visit, tmp_path: Path) -> None:
    make_pipeline()
    file = tmp_path / "deals.csv"
    file.write_text("Title,Opened,Stage\nRoses,03/04/2025,Proposal\nTulips,05/04/2025,Thinking\n")
    page = visit(cast.head, "/import/", width=NARROW, dark=True)
    page.get_by_label("What is in the file").select_option(label="Deals")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="Which number is the day?")).to_be_visible()
    assert sideways(page) == 0
    assert violations(page) == []
    page.get_by_label("“03/04/2025” of “Opened” is").select_option(label="Apr 3, 2025 — the day comes first")
    page.get_by_label("“Thinking” means").select_option(label="Proposal")
    page.get_by_role("button", name="Apply and check again").first.click()
    expect(tile(page, "To be created")).to_have_text("2")
    expect(tile(page, "Rejected")).to_have_text("0")


def test_rejected_rows_are_mended_brought_again_and_the_whole_goes_into_the_trash(
    cast: Cast, visit: Visit, tmp_path: Path
) -> None:
    """500 clients, 12 of them with a phone that is none."""
    phones = ["nonsense" if n % 42 == 0 else f"+1 212 555 {1000 + n}" for n in range(500)]
    file = tmp_path / "clients.csv"
    file.write_text("Name,Phone\n" + "".join(f"Client {n:03},{phone}\n" for n, phone in enumerate(phones)))
    page = visit(cast.admin, "/import/")
    bring(page, file, 488, 12)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    rejected = download.value.path().read_text(encoding="utf-8-sig")
    assert len(rejected.splitlines()) == 13
    mended = tmp_path / "mended.csv"
    mended.write_text(rejected.replace(",nonsense,", ",+1 212 555 0100,"))
    page.get_by_role("link", name="Import another file").click()
    bring(page, mended, 12, 0)
    assert Account.objects.count() == 500

    page.get_by_role("link", name="What it changed, and undo").click()
    page.get_by_role("link", name="Undo…").click()
    page.locator("dialog[open]").get_by_role("button", name="Undo 12 changes").click()
    expect(page.get_by_text("12 created records were put into the trash.").first).to_be_visible()
    assert violations(page) == []
    assert Account.objects.count() == 488


def bring(page: Page, file: Path, created: int, rejected: int) -> None:
    page.get_by_label("What is in the file").select_option(label="Clients")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(tile(page, "To be created")).to_have_text(str(created))
    expect(tile(page, "Rejected")).to_have_text(str(rejected))
    page.get_by_role("button", name=f"Import {created} rows").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    assert desk.run_due() == 1
    expect(tile(page, "Created")).to_have_text(str(created))


def test_a_list_is_downloaded_as_it_stands_on_the_page(cast: Cast, visit: Visit) -> None:
    make_account("Acme", owner=cast.head)
    page = visit(cast.head, "/clients/?columns=owner")
    page.get_by_role("link", name="Export").click()
    expect(page.get_by_text("1 row: Name, Owner")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("What for").fill("For the fair")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert download.value.path().read_text(encoding="utf-8-sig").splitlines()[1] == "Acme,Helena Marsh"
