from django.urls import URLPattern, path

from activities.views.task_bulk import task_bulk
from activities.views.task_create import task_about, task_clients, task_create, task_estimate
from activities.views.task_done import task_cancel, task_finish, task_reopen, task_send_back
from activities.views.task_edit import task_due, task_edit, task_reassign
from activities.views.task_list import task_list, task_owners
from activities.views.task_moves import (
    task_checklist,
    task_nudge,
    task_snooze,
    task_state,
    task_undo,
    task_watch,
    task_watcher,
)
from activities.views.task_page import task_page, task_timeline

urlpatterns: list[URLPattern] = [
    path("tasks/", task_list, name="tasks"),
    path("tasks/owners/", task_owners, name="task_owners"),
    path("tasks/bulk/", task_bulk, name="task_bulk"),
    path("tasks/new/", task_create, name="task_create"),
    path("tasks/clients/", task_clients, name="task_clients"),
    path("tasks/about/", task_about, name="task_about"),
    path("tasks/estimate/", task_estimate, name="task_estimate"),
    path("tasks/<int:pk>/", task_page, name="task"),
    path("tasks/<int:pk>/timeline/", task_timeline, name="task_timeline"),
    path("tasks/<int:pk>/edit/", task_edit, name="task_edit"),
    path("tasks/<int:pk>/finish/", task_finish, name="task_finish"),
    path("tasks/<int:pk>/snooze/", task_snooze, name="task_snooze"),
    path("tasks/<int:pk>/reassign/", task_reassign, name="task_reassign"),
    path("tasks/<int:pk>/due/", task_due, name="task_due"),
    path("tasks/<int:pk>/state/", task_state, name="task_state"),
    path("tasks/<int:pk>/send-back/", task_send_back, name="task_send_back"),
    path("tasks/<int:pk>/cancel/", task_cancel, name="task_cancel"),
    path("tasks/<int:pk>/reopen/", task_reopen, name="task_reopen"),
    path("tasks/<int:pk>/undo/", task_undo, name="task_undo"),
    path("tasks/<int:pk>/nudge/", task_nudge, name="task_nudge"),
    path("tasks/<int:pk>/watch/", task_watch, name="task_watch"),
    path("tasks/<int:pk>/watcher/", task_watcher, name="task_watcher"),
    path("tasks/<int:pk>/checklist/", task_checklist, name="task_checklist"),
]
