from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.errors import Forbidden
from foundation.gate import gate
from integrations import blanks
from integrations.importing import importer_of
from integrations.models import Entity


@require_safe
@gate("integrations.import")
def import_blank(request: HttpRequest, entity: str) -> HttpResponse:
    """What a file of this kind of record may hold; with `as=csv` or `as=xlsx`, the file to fill in."""
    if entity not in Entity.values:
        raise Http404
    person: Any = request.user
    if not person.may(importer_of(entity).create_right):
        raise Forbidden(importer_of(entity).create_right)
    columns, wanted = blanks.columns_of(entity, person), request.GET.get("as", "")
    if wanted not in blanks.TYPES:
        context = {"entity": entity, "kind": Entity(entity).label, "columns": columns}
        return render(request, "integrations/import_blank.html", context)
    made = blanks.as_workbook(columns) if wanted == blanks.XLSX else blanks.as_csv(columns)
    answer = HttpResponse(made, content_type=blanks.TYPES[wanted])
    answer["Content-Disposition"] = f'attachment; filename="{entity}-template.{wanted}"'
    return answer
