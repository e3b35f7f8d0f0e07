from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from activities.filters import TaskFilter
from activities.models import Priority, Task, TaskKind
from activities.queries import tasks as queries
from foundation.gate import Request, gate
from foundation.keyset import CappedCount, Page, capped_count
from users.models import User

IN_FORM = {"q", "kind", "priority", "owner", "cursor", "sort"}


@require_safe
@gate("activities.view")
def task_list(request: Request) -> HttpResponse:
    """Tasks the person sees: open ones by when they are due, or the closed ones, the latest first."""
    filterset = TaskFilter(request.GET, queryset=Task.objects.visible_to(request.user), request=request)
    said = filterset.said
    order = "-closed" if said.get("done") else "-new" if request.GET.get("sort") == "-new" else "due"
    page = queries.list_page(filterset.qs, order, request.GET.get("cursor"))
    count = capped_count(filterset.qs) if page.next or page.previous else CappedCount(len(page.rows), True)
    context = {
        "page": page,
        "links": _paging(request, page),
        "order": order,
        "by_due_url": queries.asked_again(request.GET, "done"),
        "by_new_url": queries.asked_again(request.GET, "done", sort="-new"),
        "filterset": filterset,
        "said": said,
        "chips": queries.chips(request.GET),
        "removable": queries.removable(filterset),
        "kept": [(name, value) for name in request.GET if name not in IN_FORM for value in request.GET.getlist(name)],
        "kinds": TaskKind.choices,
        "priorities": [(str(value), label) for value, label in Priority.choices],
        "count_text": ngettext("%(n)s task", "%(n)s tasks", count.n) % {"n": count.text},
        "may_create": request.user.may("activities.create"),
        "may_change": request.user.may("activities.change"),
        "may_assign": request.user.may("activities.assign"),
    }  # fmt: skip
    return render(request, "activities/task_list.html", context)


@require_safe
@gate("activities.view")
def task_owners(request: Request) -> HttpResponse:
    """Whose tasks: fetched when the filters are opened, so that no list pays for its choices."""
    filterset = TaskFilter(request.GET, queryset=Task.objects.none(), request=request)
    seen = request.user.reach("activities.view")
    people = User.objects.active()
    people = people if seen.everybody else people.filter(pk__in={*seen.people, request.user.pk})
    chosen = set(filterset.said.get("owner", ()))
    context = {"owners": [(key, name, key in chosen) for key, name in people.values_list("pk", "name")]}
    template = "activities/task_owners.html"
    return render(request, f"{template}#owners" if request.htmx else template, context)


def _paging(request: Request, page: Page) -> dict[str, str]:
    links = {}
    for name in ("previous", "next"):
        cursor = getattr(page, name)
        said = request.GET.copy()
        if cursor:
            said["cursor"] = cursor
        links[name] = said.urlencode() if cursor else ""
    return links
