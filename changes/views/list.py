from django.http import HttpResponse
from django.shortcuts import render

from changes import queries
from changes.models import ChangeSet
from changes.models.change_set import EVERYBODYS
from foundation.gate import Request, gate


@gate.signed_in
def change_sets(request: Request) -> HttpResponse:
    """My changes to many records; everybody's for administrators who ask."""
    may_see_all = request.user.may(EVERYBODYS)
    is_everybodys = may_see_all and "everybody" in request.GET
    sets = ChangeSet.objects.visible_to(request.user)
    if not is_everybodys:
        sets = sets.filter(by_id=request.user.pk)
    page = queries.sets_page(sets, request.GET.get("cursor"))
    context = {
        "page": page,
        "links": links_of(request, page),
        "may_see_all": may_see_all,
        "is_everybodys": is_everybodys,
    }
    return render(request, "changes/list.html", context)


def links_of(request: Request, page: queries.Page) -> dict[str, str]:
    links = {}
    for name in ("previous", "next"):
        said = request.GET.copy()
        cursor = getattr(page, name)
        if cursor:
            said["cursor"] = cursor
        links[name] = said.urlencode() if cursor else ""
    return links
