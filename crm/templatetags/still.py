"""Pieces of a page that say the same to everybody: drawn once by a process, for each language."""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.translation import get_language

register = template.Library()
MOST = 200


class StillNode(Node):
    """`{% still a b %}…{% endstill %}`: what is drawn depends on the language, on `a` and `b`, and on nothing else.

    Never on the person, on a token or on a nonce. Lives as long as the process; past MOST variants it begins anew.
    """

    def __init__(self, nodelist: NodeList, on: list[FilterExpression]) -> None:
        self.nodelist, self.on = nodelist, on
        self._drawn: dict[tuple[Any, ...], str] = {}

    def render(self, context: template.Context) -> Any:
        key = (get_language(), *(each.resolve(context) for each in self.on))
        drawn = self._drawn.get(key)
        if drawn is None:
            if len(self._drawn) >= MOST:
                self._drawn.clear()
            drawn = self._drawn[key] = self.nodelist.render(context)
        return drawn


@register.tag
def still(parser: Parser, token: Token) -> StillNode:
    on = [parser.compile_filter(each) for each in token.split_contents()[1:]]
    nodelist = parser.parse(("endstill",))
    parser.delete_first_token()
    return StillNode(nodelist, on)
