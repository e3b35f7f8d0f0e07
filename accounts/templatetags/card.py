"""`{% card_panels account %}`: the right side of a client's card, as the reader's role and taste have it."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.panels import placed

register = template.Library()


@register.simple_tag(takes_context=True)
def card_panels(context: Any, account: Any) -> SafeString:
    """Every panel this person may see, drawn one after the other with the page's own context, each foldable."""
    request, engine = context["request"], context.template.engine
    frame, drawn = engine.get_template("accounts/foldable.html"), []
    for each in placed(request.user, account.shown_layout, account.shown_folds):
        name, words = each.panel.draw(request, account)
        with context.push(panel=each.panel, **words):
            inner = engine.get_template(name).render(context)
        if inner.strip():
            with context.push(panel=each.panel, is_folded=each.is_folded, inner=inner):
                drawn.append(frame.render(context))
    return format_html_join("", "{}", ((each,) for each in drawn))
