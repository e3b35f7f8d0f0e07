"""Where processes are built; under /processes/design/."""

from django.urls import path

from processes.views import (
    editing_canvas,
    editing_intake,
    editing_list,
    editing_making,
    editing_outline,
    editing_publishing,
    moving,
)
from processes.views.log import log

urlpatterns = [
    path("", editing_list.designs, name="designs"),
    path("new/", editing_making.new, name="design_new"),
    path("new/<slug:key>/", editing_making.recipe, name="design_recipe"),
    path("import/", editing_making.upload, name="design_import"),
    path("log/", log, name="log"),
    path("<int:pk>/", editing_outline.design, name="design"),
    path("<int:pk>/do/", editing_outline.do, name="design_do"),
    path("<int:pk>/undo/", editing_outline.undo, name="design_undo"),
    path("<int:pk>/part/<slug:key>/", editing_outline.part, name="design_part"),
    path("<int:pk>/count/<slug:key>/", editing_outline.count, name="design_count"),
    path("<int:pk>/canvas/", editing_canvas.canvas, name="canvas"),
    path("<int:pk>/canvas/save/", editing_canvas.save, name="canvas_save"),
    path("<int:pk>/canvas/do/", editing_canvas.do, name="canvas_do"),
    path("<int:pk>/canvas/part/", editing_canvas.part, name="canvas_part"),
    path("<int:pk>/reads/<slug:key>/", editing_outline.reads, name="design_reads"),
    path("<int:pk>/publish/", editing_publishing.publish, name="design_publish"),
    path("<int:pk>/versions/", editing_publishing.versions, name="design_versions"),
    path("<int:pk>/move/", moving.design_move, name="design_move"),
    path("<int:pk>/move/runs/", moving.move_runs, name="design_move_runs"),
    path("<int:pk>/intake/", editing_intake.intake, name="design_intake"),
    path("<int:pk>/export/", editing_publishing.export, name="design_export"),
    path("<int:pk>/try/", editing_publishing.dry_run, name="design_try"),
]
