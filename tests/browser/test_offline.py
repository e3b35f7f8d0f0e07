"""What is sent without a network is kept on the device and arrives once, whatever breaks in between."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account, Contact
from accounts.testing import make_account
from activities.models import Note, Task
from deals.models import Deal
from deals.testing import make_pipeline
from foundation.models import FormNonce
from tests.browser.wire import Wire
from users.testing import Cast

Visit = Callable[..., Page]
KEPT = "Not sent: you are offline. Kept on this device; it will be sent when you are back."


@pytest.fixture
def wire(live_server: Any) -> Iterator[Wire]:
    wire = Wire(live_server.url)
    yield wire
    wire.close()


@pytest.fixture
def account(cast: Cast) -> Account:
    make_pipeline()
    return make_account("Ромашка Трейд", owner=cast.salesperson)


@pytest.fixture
def phone(cast: Cast, account: Account, wire: Wire, visit: Visit) -> Page:
    """A salesperson's browser behind the wire, whose service worker is at work."""
    page = visit(cast.salesperson, "/clients/", base_url=wire.url, service_workers="allow")
    at_work(page)
    return page


def at_work(page: Page) -> None:
    page.evaluate(
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || "
        "new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done)))"
        ".then(() => true)"
    )


def until(what: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    assert what()


def fill_contact(page: Page, account: Account, name: str = "Ivan Petrov") -> None:
    page.goto(f"/clients/{account.pk}/contacts/new/")
    page.get_by_label("Name").first.fill(name)
    page.locator("textarea").first.fill("met at the fair\nlikes daisies")


def submit(page: Page) -> None:
    page.locator("main form button.btn-primary").first.click()


def kept(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("import('/static/js/drafts.js').then(() => drafts.all())")


def is_typed_text_kept(page: Page) -> bool:
    return page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft:'))")


def named(name: str) -> int:
    return len(Contact.objects.filter(name=name))


def test_a_form_sent_offline_is_kept_and_arrives_once_on_return(phone: Page, account: Account) -> None:
    fill_contact(phone, account)
    phone.context.set_offline(True)
    submit(phone)
    phone.wait_for_url("**/offline/**")
    expect(phone.get_by_role("heading", name="No connection")).to_be_visible()
    expect(phone.locator("[data-drafts] li")).to_contain_text("Ivan Petrov")
    assert named("Ivan Petrov") == 0
    phone.context.set_offline(False)
    expect(phone.get_by_text("Nothing waits to be sent.")).to_be_visible()
    until(lambda: named("Ivan Petrov") == 1)
    contact = Contact.objects.get(name="Ivan Petrov")
    assert contact.note.splitlines() == ["met at the fair", "likes daisies"]
    phone.goto("/clients/")
    assert kept(phone) == []
    assert named("Ivan Petrov") == 1


def test_the_server_is_gone_while_the_browser_believes_it_is_online(
    phone: Page, account: Account, wire: Wire
) -> None:
    fill_contact(phone, account)
    wire.cut()
    submit(phone)
    phone.wait_for_url("**/offline/**")
    expect(phone.locator("[data-drafts] li")).to_contain_text("Ivan Petrov")
    wire.mend()
    phone.get_by_role("link", name="Try again").click()
    expect(phone.locator(".toast-note").filter(has_text="Sent:")).to_be_visible()
    assert named("Ivan Petrov") == 1


def test_the_server_did_it_and_its_answer_was_lost(phone: Page, account: Account, wire: Wire) -> None:
    fill_contact(phone, account)
    wire.is_deaf_to = (
        f"POST /clients/{account.pk}/contacts/new/ ".encode()
    )  # not to the look-up beside the form
    submit(phone)
    phone.wait_for_url("**/offline/**")
    expect(phone.locator("[data-drafts] li")).to_contain_text("Ivan Petrov")
    until(lambda: named("Ivan Petrov") == 1)
    assert wire.lost == 1
    wire.mend()
    phone.goto(f"/clients/{account.pk}/")
    expect(phone.locator(".toast-note").filter(has_text="Sent:")).to_be_visible()
    assert kept(phone) == []
    assert named("Ivan Petrov") == 1
    assert len(FormNonce.objects.all()) == 1


def test_two_tabs_that_come_back_together_send_it_once(phone: Page, account: Account) -> None:
    fill_contact(phone, account)
    other = phone.context.new_page()
    other.goto(f"/clients/{account.pk}/")
    phone.context.set_offline(True)
    submit(phone)
    phone.wait_for_url("**/offline/**")
    expect(phone.locator("[data-drafts] li")).to_have_count(1)
    posts: list[str] = []
    phone.context.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    phone.context.set_offline(False)
    until(lambda: named("Ivan Petrov") == 1)
    expect(phone.get_by_text("Nothing waits to be sent.")).to_be_visible()
    assert len(posts) == 1
    assert named("Ivan Petrov") == 1


def test_a_form_in_a_dialog_is_kept_and_the_page_stays(phone: Page, account: Account) -> None:
    phone.goto(f"/clients/{account.pk}/")
    phone.get_by_role("link", name="Add contact").click()
    dialog = phone.locator("dialog[open]")
    dialog.get_by_label("Name").first.fill("Olga")
    phone.context.set_offline(True)
    dialog.locator("button.btn-primary").click()
    expect(phone.locator(".toast-note").filter(has_text=KEPT)).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(phone.locator("[data-kept-count]")).to_have_text("1")
    phone.context.set_offline(False)
    expect(phone.locator(".toast-note").filter(has_text="Sent:")).to_be_visible()
    expect(phone.locator("[data-kept]")).to_be_hidden()
    assert named("Olga") == 1


def test_a_deal_opened_on_the_way_arrives_once(phone: Page, account: Account) -> None:
    phone.goto(f"/deals/new/?account={account.pk}")
    phone.locator("#id_title").fill("Daisies for the lobby")
    phone.locator("#id_amount").fill("1200")
    phone.context.set_offline(True)
    submit(phone)
    phone.wait_for_url("**/offline/**")
    phone.context.set_offline(False)
    until(lambda: Deal.objects.filter(title="Daisies for the lobby").exists())
    expect(phone.get_by_text("Nothing waits to be sent.")).to_be_visible()
    assert len(Deal.objects.filter(title="Daisies for the lobby")) == 1


def test_a_task_planned_on_the_way_arrives_once(
    phone: Page, cast: Cast, account: Account, wire: Wire
) -> None:
    """The answer is lost first, and then the network."""
    phone.goto(f"/tasks/new/?account={account.pk}")
    phone.locator("#id_title").fill("Call the florist")
    phone.locator("#id_due_on").fill(timezone.localdate().isoformat())
    wire.is_deaf_to = b"POST /tasks/new/"
    submit(phone)
    phone.wait_for_url("**/offline/**")
    until(lambda: Task.objects.filter(title="Call the florist").exists())
    wire.mend()
    phone.goto("/tasks/")
    expect(phone.locator(".toast-note").filter(has_text="Sent:")).to_be_visible()
    task = Task.objects.get(title="Call the florist")
    assert (task.owner_id, task.account_id, task.due_on) == (
        cast.salesperson.pk,
        account.pk,
        timezone.localdate(),
    )


def test_notes_written_above_a_timeline_without_a_network_arrive_once_each(
    phone: Page, account: Account
) -> None:
    phone.goto(f"/clients/{account.pk}/")
    composer = phone.locator("[data-composer]")
    field = composer.locator("textarea").first
    phone.context.set_offline(True)
    for number, text in enumerate(["wants white daisies\nby Friday", "has a dog"], start=1):
        field.fill(text)
        composer.get_by_role("button", name="Add the note").click()
        expect(phone.locator(".toast-note").filter(has_text=KEPT)).to_have_count(number)
        expect(field).to_have_value("")
        expect(phone.locator("[data-kept-count]")).to_have_text(str(number))
    phone.context.set_offline(False)
    expect(phone.locator("[data-kept]")).to_be_hidden()
    texts = [note.text.splitlines() for note in Note.objects.order_by("pk")]
    assert texts == [["wants white daisies", "by Friday"], ["has a dog"]]


def test_what_the_server_refuses_is_kept_with_its_reason_and_opens_again_as_typed(
    phone: Page, account: Account
) -> None:
    fill_contact(phone, account, name="Pavel")
    phone.locator("[name=points-0-value]").fill("not a phone")
    phone.context.set_offline(True)
    submit(phone)
    phone.wait_for_url("**/offline/**")
    phone.context.set_offline(False)
    row = phone.locator("[data-drafts] li")
    expect(row).to_contain_text("not a phone")
    expect(row.locator("[data-problem]")).to_contain_text("look at")
    row.get_by_role("link", name="Edit").click()
    expect(phone.get_by_label("Name").first).to_have_value("Pavel")
    expect(phone.locator("textarea").first).to_have_value("met at the fair\nlikes daisies")
    expect(phone.locator("form .note-bad")).to_be_visible()
    phone.locator("[name=points-0-value]").fill("+7 495 123-45-67")
    submit(phone)
    phone.wait_for_url(f"**/clients/{account.pk}/")
    expect(phone.locator("[data-kept]")).to_be_hidden()
    assert kept(phone) == []
    assert named("Pavel") == 1


def test_a_session_that_ended_meanwhile_asks_to_sign_in_and_then_sends(phone: Page, account: Account) -> None:
    fill_contact(phone, account)
    phone.context.clear_cookies(name="sessionid")
    submit(phone)
    phone.wait_for_url("**/account/login/**")
    assert named("Ivan Petrov") == 0
    phone.get_by_label("E-mail").first.fill("sales@romashka.example")
    phone.get_by_label("Password").first.fill("demo")
    phone.keyboard.press("Enter")
    phone.wait_for_url(lambda url: "login" not in url)
    until(lambda: named("Ivan Petrov") == 1)
    expect(phone.locator(".toast-note").filter(has_text="Sent:")).to_be_visible()


def test_another_person_on_this_device_neither_sees_nor_sends_it(
    phone: Page, account: Account, cast: Cast, wire: Wire, client_of: Any
) -> None:
    fill_contact(phone, account)
    phone.context.set_offline(True)
    submit(phone)
    phone.wait_for_url("**/offline/**")
    session = client_of(cast.head).cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": wire.url}])
    phone.context.set_offline(False)
    phone.goto("/clients/")
    expect(phone.locator("[data-kept]")).to_be_hidden()
    phone.goto("/offline/")
    expect(phone.get_by_text("Nothing waits to be sent.")).to_be_visible()
    expect(phone.locator("[data-drafts] li")).to_have_count(0)
    assert named("Ivan Petrov") == 0
    assert len(kept(phone)) == 1


def test_signing_out_asks_before_it_deletes_what_was_not_sent(
    phone: Page, account: Account, wire: Wire
) -> None:
    phone.goto(f"/clients/{account.pk}/contacts/new/")
    phone.get_by_label("Name").first.fill("Ivan Petrov")
    until(lambda: is_typed_text_kept(phone))
    phone.goto("/clients/")
    phone.locator(".person-menu .person-button").last.click()
    phone.get_by_role("button", name="Sign out").click()
    question = phone.locator("#confirm[open]")
    expect(question).to_contain_text("Sign out and delete what was not sent?")
    question.get_by_role("button", name="Cancel").click()
    assert is_typed_text_kept(phone)
    phone.locator(".person-menu .person-button").last.click()
    phone.get_by_role("button", name="Sign out").click()
    question.get_by_role("button", name="Sign out and delete").click()
    phone.wait_for_url("**/account/login/**")
    assert not is_typed_text_kept(phone)
    assert kept(phone) == []


def test_without_a_network_pages_are_the_offline_page_in_the_persons_language(
    cast: Cast, account: Account, wire: Wire, visit: Visit
) -> None:
    cast.salesperson.__class__.objects.filter(pk=cast.salesperson.pk).update(language="ru")
    page = visit(cast.salesperson, "/clients/", base_url=wire.url, service_workers="allow")
    at_work(page)
    page.context.set_offline(True)
    page.goto(f"/clients/{account.pk}/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("h1:visible")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ромашка Трейд")


def test_nothing_of_a_client_is_left_in_the_caches_of_the_device(phone: Page, account: Account) -> None:
    for address in (f"/clients/{account.pk}/", "/deals/board/", "/search/?q=ромашка"):
        phone.goto(address)
    names = phone.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
          }
          return found;
        }"""
    )
    assert names
    assert all(name.startswith("/static/") or name == "/offline/" for name in names)


def test_a_save_that_fails_keeps_the_text_in_the_form(phone: Page, account: Account) -> None:
    """A change of an existing record is not sent by itself later: somebody may have changed it meanwhile."""
    phone.goto(f"/clients/{account.pk}/edit/")
    phone.get_by_label("Name").first.fill("Ромашка Трейд Плюс")
    phone.context.set_offline(True)
    submit(phone)
    expect(phone.get_by_role("alert").filter(has_text="No connection. Your text is kept.")).to_be_visible()
    expect(phone.get_by_label("Name").first).to_have_value("Ромашка Трейд Плюс")
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Retry").click()
    phone.wait_for_url(f"**/clients/{account.pk}/")
    until(lambda: Account.objects.get(pk=account.pk).name == "Ромашка Трейд Плюс")
