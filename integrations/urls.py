from django.urls import path

from integrations.views.export import export_list
from integrations.views.import_blank import import_blank
from integrations.views.import_preview import import_preview, import_run
from integrations.views.import_result import import_rejected, import_result
from integrations.views.import_start import import_start

app_name = "integrations"
urlpatterns = [
    path("export/<slug:key>/", export_list, name="export"),
    path("import/", import_start, name="import_start"),
    path("import/template/<slug:entity>/", import_blank, name="import_blank"),
    path("import/<int:pk>/", import_preview, name="import_preview"),
    path("import/<int:pk>/run/", import_run, name="import_run"),
    path("import/<int:pk>/result/", import_result, name="import_result"),
    path("import/<int:pk>/rejected/", import_rejected, name="import_rejected"),
]
