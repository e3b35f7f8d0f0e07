from django.urls import path

from changes.views.bulk import begin, bulk, bulk_trash, selection
from changes.views.list import change_sets
from changes.views.page import conflicts, failed, page
from changes.views.trash import trash, trash_restore, trash_restore_many, trashed
from changes.views.undo import undo

app_name = "changes"
urlpatterns = [
    path("changes/", change_sets, name="list"),
    path("changes/<int:pk>/", page, name="page"),
    path("changes/<int:pk>/undo/", undo, name="undo"),
    path("changes/<int:pk>/conflicts/", conflicts, name="conflicts"),
    path("changes/<int:pk>/left-out/", failed, name="failed"),
    path("bulk/<slug:record>/", bulk, name="bulk"),
    path("bulk/<slug:record>/begin/", begin, name="bulk_begin"),
    path("bulk/<slug:record>/selection/", selection, name="selection"),
    path("bulk/<slug:record>/trash/", bulk_trash, name="bulk_trash"),
    path("trash/", trash, name="trash"),
    path("trash/restore/", trash_restore_many, name="trash_restore_many"),
    path("trash/<int:pk>/", trashed, name="trashed"),
    path("trash/<int:pk>/restore/", trash_restore, name="trash_restore"),
]
