from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def place(row: Any, position: int) -> str:
    """Where a block would be put, as the editor's forms write it: “<container>/<slot>/<position>”."""
    return f"{row.place}/{position}"
