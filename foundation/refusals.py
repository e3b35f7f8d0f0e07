"""Refusals on their way to a person: into the form that was sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from foundation.errors import Refused


@contextmanager
def refused_into(form: BaseForm) -> Iterator[None]:
    """Run a verb; what it refuses becomes the form's own error, so check `form.is_valid()` afterwards."""
    try:
        yield
    except Refused as refusal:
        form.add_error(None, refusal.message)
