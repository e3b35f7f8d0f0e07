from uuid import uuid4

from django import template
from django.utils.html import format_html

from foundation.once import FIELD

register = template.Library()


@register.simple_tag(name="once")
def once_field() -> str:
    """The hidden nonce by which `foundation.once` knows a form it has already seen."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
