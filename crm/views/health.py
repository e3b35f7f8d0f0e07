from django.http import HttpRequest, HttpResponse, JsonResponse

from foundation.drain import oldest_due_seconds
from foundation.gate import gate

ALARM_SECONDS = 60


@gate.public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; `late` says that workers have left something due for over a minute."""
    waiting = oldest_due_seconds()
    return JsonResponse(
        {"ok": True, "oldest_due_seconds": round(waiting, 1), "late": waiting > ALARM_SECONDS}
    )
