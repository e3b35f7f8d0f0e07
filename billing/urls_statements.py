"""Doors of bank statements."""

from django.urls import path

from billing.views.statement_lines import client, confirm, ignore
from billing.views.statements import look_again, statement, statements, upload

urlpatterns = [
    path("statements/", statements, name="statements"),
    path("statements/bring/", upload, name="statement_bring"),
    path("statements/<int:pk>/", statement, name="statement"),
    path("statements/<int:pk>/look-again/", look_again, name="statement_look_again"),
    path("statements/lines/<int:pk>/confirm/", confirm, name="statement_line_confirm"),
    path("statements/lines/<int:pk>/client/", client, name="statement_line_client"),
    path("statements/lines/<int:pk>/ignore/", ignore, name="statement_line_ignore"),
]
