"""All processes with how they do, for those who build them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from foundation.automation import all_subjects
from foundation.gate import Request, gate
from processes.editing.figures import duration_short, figures
from processes.models import Process

MOST = 200


@gate("processes.design")
def designs(request: Request) -> HttpResponse:
    found = Process.objects.visible_to(request.user).select_related("owner", "current").order_by("name", "pk")
    processes = list(found[:MOST])
    known = figures([each.pk for each in processes], timezone.now())
    subjects = {kind: each.label for kind, each in all_subjects().items()}
    rows = [
        {
            "process": each,
            "figures": known[each.pk],
            "usual": duration_short(known[each.pk].usual),
            "subject": subjects.get(each.subject_kind, each.subject_kind),
        }
        for each in processes
    ]
    return render(request, "processes/editing/list.html", {"rows": rows, "today": timezone.localdate()})
