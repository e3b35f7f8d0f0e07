from django.urls import path

from activities.views.planner import planner, planner_cell, planner_totals
from activities.views.planner_moves import planner_apply, planner_preview, planner_undo

urlpatterns = [
    path("planner/", planner, name="planner"),
    path("planner/cell/", planner_cell, name="planner_cell"),
    path("planner/totals/", planner_totals, name="planner_totals"),
    path("planner/move/", planner_preview, name="planner_preview"),
    path("planner/apply/", planner_apply, name="planner_apply"),
    path("planner/undo/", planner_undo, name="planner_undo"),
]
