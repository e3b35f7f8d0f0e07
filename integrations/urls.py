from django.urls import path

from integrations.views.import_preview import import_preview, import_run
from integrations.views.import_result import import_rejected, import_result
from integrations.views.import_start import import_start

app_name = "integrations"
urlpatterns = [
    path("", import_start, name="import_start"),
    path("<int:pk>/", import_preview, name="import_preview"),
    path("<int:pk>/run/", import_run, name="import_run"),
    path("<int:pk>/result/", import_result, name="import_result"),
    path("<int:pk>/rejected/", import_rejected, name="import_rejected"),
]
