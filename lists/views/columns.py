from django.http import HttpResponse
from django.shortcuts import redirect, render

from foundation.gate import Request, gate
from lists.arranging import VIEW, Arrangement, with_columns
from lists.models import ListSetting
from lists.views.answers import asked_list, query_of, way_back

MOST_COLUMNS = 30


@gate.signed_in
def columns(request: Request) -> HttpResponse:
    """Choose and order the columns of a list. Beside a saved view they stand in the address until it is saved."""
    record_list = asked_list(request)
    back = way_back(request, record_list)
    asked = Arrangement(record_list, request.user, query_of(back), "")
    offered = record_list.columns()
    if request.method == "POST":
        sent = [name for name in request.POST.getlist("columns") if name in offered][:MOST_COLUMNS]
        chosen = moved([*dict.fromkeys(sent)], request.POST.get("up"), request.POST.get("down"))
        if "up" not in request.POST and "down" not in request.POST:
            names = None if "usual" in request.POST else chosen
            if asked.view is not None:
                return redirect(with_columns(back, names))
            ListSetting.arrange(request.user, record_list.key, columns=names)
            return redirect(with_columns(back, None))
    else:
        chosen = [column.name for column in asked.columns[1:]]
    others = [name for name in offered if name not in chosen and name != record_list.first]
    context = {
        "list": record_list,
        "first": offered[record_list.first],
        "columns": [(offered[name], True) for name in chosen] + [(offered[name], False) for name in others],
        "next": back,
        "is_of_view": bool(query_of(back).get(VIEW)) and asked.view is not None,
    }
    return render(request, "lists/columns.html", context)


def moved(names: list[str], up: str | None, down: str | None) -> list[str]:
    """One of the names a place up or down: what the buttons do where there is no script."""
    for name, step in ((up, -1), (down, 1)):
        if name in names and 0 <= names.index(name) + step < len(names):
            place = names.index(name)
            names[place], names[place + step] = names[place + step], names[place]
    return names
