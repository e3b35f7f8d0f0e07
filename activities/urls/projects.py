from django.urls import path

from activities.views.project import project_list, project_page, project_timeline
from activities.views.project_edit import project_close, project_create, project_edit, project_reopen

urlpatterns = [
    path("projects/", project_list, name="projects"),
    path("projects/new/", project_create, name="project_create"),
    path("projects/<int:pk>/", project_page, name="project"),
    path("projects/<int:pk>/timeline/", project_timeline, name="project_timeline"),
    path("projects/<int:pk>/edit/", project_edit, name="project_edit"),
    path("projects/<int:pk>/close/", project_close, name="project_close"),
    path("projects/<int:pk>/reopen/", project_reopen, name="project_reopen"),
]
