"""Files: what they are, what they are called, and how they leave."""

import errno
import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.testing import make_account
from activities import uploads
from activities.models import Attachment
from activities.testing import make_meeting, make_task
from changes.models import TrashEntry
from changes.trash import verbs
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count

PDF = b"%PDF-1.7\n%..."
HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


@pytest.fixture(autouse=True)
def apart(tmp_path, settings):
    """Files of tests lie in a place of their own."""
    usual = settings.STORAGES
    there = {"location": tmp_path, "base_url": "/never-served/"}
    settings.STORAGES = {**usual, "default": {**usual["default"], "OPTIONS": there}}
    return tmp_path


def upload(content=PDF, name="offer.pdf"):
    return SimpleUploadedFile(name, content)


def add(cast, acme, **how):
    return Attachment.add(upload(**how), account=acme, by=cast.salesperson, at=timezone.now())


@pytest.mark.django_db
def test_a_file_is_kept_under_our_own_name_and_downloaded_under_theirs(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    salesperson.post(f"/files/new/?account={acme.pk}", {"file": upload()})
    row = Attachment.objects.get()
    assert (row.name, row.size, row.kind) == ("offer.pdf", len(PDF), "application/pdf")
    assert row.digest == hashlib.sha256(PDF).hexdigest()
    assert "offer" not in row.file.name
    answer = salesperson.get(row.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert "offer.pdf" in salesperson.get(acme.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page.html", "picture.svg", "photo.jpg"])
def test_what_a_browser_could_run_is_only_bytes_to_it(cast, client_of, acme, name):
    row = add(cast, acme, content=HTML, name=name)
    answer = client_of(cast.salesperson).get(row.get_absolute_url())
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
def test_the_outsider_fetches_and_removes_nothing(cast, client_of, acme):
    row = add(cast, acme)
    outsider = client_of(cast.outsider)
    assert outsider.get(row.get_absolute_url()).status_code == 404
    assert outsider.post(f"/files/{row.pk}/remove/").status_code == 404
    assert client_of(cast.support).get(row.get_absolute_url()).status_code == 200
    assert client_of(cast.support).post(f"/files/{row.pk}/remove/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_lies_in_the_trash_and_leaves_the_disk_with_it(cast, client_of, acme):
    row, salesperson = add(cast, acme), client_of(cast.salesperson)
    storage, path = row.file.storage, row.file.name
    said = salesperson.post(f"/files/{row.pk}/remove/", follow=True).content.decode()
    entry = TrashEntry.objects.get()
    assert f"/trash/{entry.pk}/restore/" in said
    assert storage.exists(path)
    assert Event.objects.filter(name="file.removed").exists()
    assert "It is in the trash" in salesperson.get(row.get_absolute_url()).content.decode()
    assert client_of(cast.outsider).get(row.get_absolute_url()).status_code == 404

    verbs.empty_trash(at=timezone.now() + timedelta(days=91))
    assert not storage.exists(path)
    assert not TrashEntry.objects.exists()


@pytest.mark.django_db
def test_a_removed_file_comes_back_as_it_was(cast, client_of, acme):
    task = make_task(cast.salesperson, account=acme)
    row = Attachment.add(upload(), task=task, by=cast.salesperson, at=timezone.now())
    salesperson = client_of(cast.salesperson)
    salesperson.post(f"/files/{row.pk}/remove/")
    assert not Attachment.objects.exists()

    back = salesperson.post(f"/trash/{TrashEntry.objects.get().pk}/restore/")
    assert back["Location"] == task.get_absolute_url()
    assert b"".join(salesperson.get(row.get_absolute_url()).streaming_content) == upload().read()
    told = Event.objects.get(name="file.restored")
    assert told.payload["task_id"] == task.pk
    assert told.payload["account_id"] == acme.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.txt", "is empty"),
        (b"x" * 2000, "long.txt", "larger than"),
        (b"MZ\x90\x00\x03", "photo.jpg", "is a program"),
        (b"\x7fELF\x02", "notes.txt", "is a program"),
    ],
)
def test_what_is_not_kept_says_why(cast, client_of, acme, content, name, sentence):
    with override_settings(ATTACHMENT_MAX_BYTES=1000):
        answer = client_of(cast.salesperson).post(
            f"/files/new/?account={acme.pk}", {"file": upload(content, name)}
        )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_is_said_in_words(cast, acme, monkeypatch):
    def full(*_args, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    with pytest.raises(Refused, match="no room left"):
        add(cast, acme)


@pytest.mark.django_db
def test_bytes_of_a_refused_record_do_not_stay(cast, acme, apart):
    other = make_account("Other", owner=cast.salesperson)
    contact = other.contacts.create(name="Ivan")
    with pytest.raises(Refused):
        Attachment.add(upload(), account=acme, contact=contact, by=cast.salesperson, at=timezone.now())
    assert not [path for path in apart.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_file_of_a_task_is_seen_by_its_people(cast, client_of):
    task = make_task(cast.salesperson, watchers=[cast.colleague])
    row = Attachment.add(upload(), task=task, by=cast.salesperson, at=timezone.now())
    assert client_of(cast.colleague).get(row.get_absolute_url()).status_code == 200
    assert client_of(cast.outsider).get(row.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_the_page_of_a_task_lists_its_files_and_leads_to_adding_one(cast, client_of):
    task = make_task(cast.salesperson)
    row = Attachment.add(upload(), task=task, by=cast.salesperson, at=timezone.now())
    page = client_of(cast.salesperson).get(task.get_absolute_url()).content.decode()
    assert row.get_absolute_url() in page
    assert f"/files/new/?task={task.pk}&amp;next=" in page


@pytest.mark.django_db
def test_a_file_of_a_meeting_is_added_from_its_page_and_stands_there(cast, client_of):
    meeting = make_meeting(cast.salesperson)
    client, address = client_of(cast.salesperson), f"/files/new/?meeting={meeting.pk}"
    assert client.get(address).status_code == 200
    client.post(address, {"file": upload()})
    row = Attachment.objects.get(meeting=meeting)
    assert row.get_absolute_url() in client.get(meeting.get_absolute_url()).content.decode()
    assert client_of(cast.outsider).get(address).status_code == 404


@pytest.mark.django_db
def test_a_file_is_removed_on_the_page_of_its_task_by_those_who_may(cast, client_of):
    task = make_task(cast.salesperson, watchers=[cast.colleague])
    row = Attachment.add(upload(), task=task, by=cast.salesperson, at=timezone.now())
    address, removal = task.get_absolute_url(), f"/files/{row.pk}/remove/"
    assert removal not in client_of(cast.colleague).get(address).content.decode()
    client = client_of(cast.salesperson)
    assert removal in client.get(address).content.decode()
    assert client.post(removal, {"next": address})["Location"] == address
    assert row.name not in client.get(address).content.decode().split('id="files-title"')[1].split("</ul>")[0]


@pytest.mark.django_db
def test_a_file_costs_what_is_recorded(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("file, added"):
        salesperson.post(f"/files/new/?account={acme.pk}", {"file": upload()})


def workbook():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF....WEBPVP8", "image/webp"),
        (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("Привет".encode(), "text/plain"),
        (HTML, "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_a_kind_is_read_from_the_content(content, kind):
    assert uploads.kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\offer.pdf", "offer.pdf"),
        ("gpj.exe\u202egnp", "gpj.exegnp"),
        ('a<b>:"c".txt', "a_b___c_.txt"),
        ("  two   words .pdf ", "two words .pdf"),
        ("\x00\x01", "file"),
        ("x" * 300 + ".docx", "x" * 115 + ".docx"),
    ],
)
def test_a_name_is_fit_to_be_kept(name, expected):
    assert uploads.cleaned_name(name) == expected


@given(st.text(max_size=300))
def test_no_name_leads_elsewhere_or_is_too_long(name):
    cleaned = uploads.cleaned_name(name)
    assert 0 < len(cleaned) <= 120
    assert not set('/\\\x00\n\r"<>') & set(cleaned)
    assert cleaned not in {".", ".."}
