"""Files people bring: what they really are, what they may be called, and where their bytes lie.

A file's name says nothing about its content, so the kind is read from the first bytes. Bytes are kept under a name of
our own, outside of what a web server serves, and leave only through the gate as a download.
"""

import errno
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import Refused

LONGEST_NAME = 120
HEAD = 4096
PLAIN, ANYTHING = "text/plain", "application/octet-stream"
# (offset, first bytes, kind), the longer before the shorter
SIGNATURES = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"PK\x03\x04", "application/zip"),
)
# What a zip archive is, by the names that stand in its first bytes.
IN_ZIP = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
)
PROGRAMS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"L\x00\x00\x00\x01\x14\x02\x00")
# Kinds named to a browser; everything else, text included, is only bytes to it.
SAFE_KINDS = {kind for _offset, _first, kind in SIGNATURES} | {kind for _name, kind in IN_ZIP}
FULL_DISK = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Inspected:
    """What a file is: a name fit to be kept, bytes, media type, SHA-256."""

    name: str
    size: int
    kind: str
    digest: str


def inspected(upload: File, name: str = "") -> Inspected:  # type: ignore[type-arg]
    """Read once from end to end. Refused where it is empty, too large, or a program."""
    shown = cleaned_name(name or upload.name or "")
    size = upload.size
    if not size:
        raise Refused(_("“%(name)s” is empty.") % {"name": shown})
    if size > settings.ATTACHMENT_MAX_BYTES:
        raise Refused(
            _("“%(name)s” is larger than %(most)s, the most one file may have.")
            % {"name": shown, "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES)}
        )
    digest, head = hashlib.sha256(), b""
    upload.seek(0)
    for chunk in upload.chunks():
        head = head or chunk[:HEAD]
        digest.update(chunk)
    upload.seek(0)
    if head.startswith(PROGRAMS) or (head.startswith(b"MZ") and b"\x00" in head):
        raise Refused(_("“%(name)s” is a program. Programs are not kept here.") % {"name": shown})
    return Inspected(shown, size, kind_of(head), digest.hexdigest())


def kind_of(head: bytes) -> str:
    """The media type by the first bytes; text that no signature names is plain text, whatever it would like to be."""
    for offset, first, kind in SIGNATURES:
        if head[offset : offset + len(first)] == first:
            if kind != "application/zip":
                return kind
            return next((inner for name, inner in IN_ZIP if name in head), kind)
    try:
        head.decode(errors="strict" if len(head) < HEAD else "ignore")
    except UnicodeDecodeError:
        return ANYTHING
    return ANYTHING if b"\x00" in head else PLAIN


def cleaned_name(name: str) -> str:
    """The last part of a path, without signs that are invisible, turn the writing round or mean something to a disk."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(
        "_" if sign in '<>:"|?*' else sign
        for sign in name
        if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
    )
    name = re.sub(r"\s+", " ", name).strip(" .")
    path = PurePosixPath(name or _("file"))
    suffix = path.suffix[:20]
    return f"{path.name.removesuffix(path.suffix)[: LONGEST_NAME - len(suffix)]}{suffix}"


@contextmanager
def kept(storage: Any, upload: File) -> Iterator[str]:  # type: ignore[type-arg]
    """Write the bytes; where what follows fails, they are taken away again."""
    try:
        path = storage.save(f"attachments/{timezone.now():%Y/%m}/{uuid4().hex}", upload)
    except OSError as trouble:
        if trouble.errno not in FULL_DISK:
            raise
        raise Refused(
            _(
                "There is no room left for files on the server. Nothing was lost but this file; tell the administrator."
            )
        ) from trouble
    try:
        yield path
    except BaseException:
        storage.delete(path)
        raise
