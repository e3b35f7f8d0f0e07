from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from foundation.errors import Refused
from foundation.gate import Request, gate
from lists.arranging import SAFE
from lists.views.answers import asked_list, led_to, query_of, way_back
from lists.where import builder
from lists.where.checking import checked
from lists.where.fields import Field, fields_of
from lists.where.grammar import Group, joined, parsed, written
from lists.where.sentences import names_of, sentences


@gate.signed_in
def where(request: Request) -> HttpResponse:
    """Add a condition to a list: its field, how it is asked, and whether it stands alone or in a group."""
    record_list = asked_list(request)
    back, fields = way_back(request, record_list), fields_of(record_list)
    tree, trouble = _tree(back), ""
    field = fields.get(request.GET.get("field", ""))
    if field is not None and "add" in request.GET:
        try:
            grown = joined(tree, builder.condition_said(field, request.GET), request.GET.get("into", ""))
            checked(parsed(written(grown)), fields)
            return led_to(request, _with_where(back, grown))
        except Refused as refusal:
            trouble = refusal.message
    if "how" in request.GET:
        return led_to(request, _with_where(back, Group(request.GET["how"] == "any", tree.items)))
    context = _shown(request, field, fields, tree) | {"list": record_list, "next": back, "trouble": trouble}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    return render(request, "lists/where.html", context, status=status)


def _shown(request: Request, field: Field | None, fields: dict[str, Field], tree: Group) -> dict[str, Any]:
    known = checked(tree, fields)
    names = names_of(known.asked.values(), request.user)
    return {
        "field": field,
        "offered": builder.offered(fields),
        "ways": builder.ways(field, request.GET) if field else [],
        "choices": builder.choices(field, request.user, request.GET) if field else [],
        "places": builder.places(tree),
        "into": request.GET.get("into", ""),
        "tree": tree,
        "said": [each.text for each in sentences(known, names)],
    }


def _tree(address: str) -> Group:
    """The conditions of the list one came from; none where they cannot be read."""
    try:
        said = query_of(address).get("where", "")
        return parsed(said) if said else Group()
    except Refused:
        return Group()


def _with_where(address: str, tree: Group) -> str:
    path, query = address.partition("?")[0], query_of(address)
    for name in ("cursor", "after", "where"):
        query.pop(name, None)
    if tree.items:
        query["where"] = written(tree)
    return f"{path}?{query.urlencode(safe=SAFE)}" if query else path
