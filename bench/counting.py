from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class CountStatements:
    """Says in Server-Timing how many statements an answer cost, session and person included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counted(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal count
            if not sql.startswith(("SAVEPOINT", "RELEASE")):
                count += 1
            return execute(sql, *rest)

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response["Server-Timing"] = f'statements;desc="{count}"'
        return response
