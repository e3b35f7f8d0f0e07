"""The picture at the top of our documents: drawn by a worker, so only what is really a picture is kept."""

from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from foundation.errors import Refused

MOST_BYTES = 500 * 1024
MOST_PIXELS = 4_000
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}


def logo_from(upload: Any) -> tuple[bytes, str]:
    """Its bytes and media type, by the content."""
    if upload.size > MOST_BYTES:
        raise Refused(_("The logo is larger than 500 kB. Make it smaller."))
    content = upload.read()
    upload.seek(0)
    try:
        with Image.open(upload, formats=list(KINDS)) as picture:
            kind, size = KINDS[str(picture.format)], picture.size
            picture.verify()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
    ) as trouble:
        raise Refused(_("This is no PNG, JPEG or GIF picture.")) from trouble
    if max(size) > MOST_PIXELS:
        raise Refused(_("The logo has more than 4000 pixels on a side. Make it smaller."))
    return content, kind
