"""`{% panels "account.card" account %}`: what upper rooms show at a place of this page."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from foundation.panels import panels_at

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: Any, place: str, record: Any = None) -> SafeString:
    """Every panel of the place this person may see, drawn one after the other with the page's own context."""
    request = context["request"]
    drawn = []
    for panel in panels_at(place, request.user):
        name, words = panel.draw(request, record)
        with context.push(panel=panel, **words):
            drawn.append(context.template.engine.get_template(name).render(context))
    return format_html_join("", "{}", ((each,) for each in drawn))
