from django.urls import path

from lists.views.columns import columns
from lists.views.views import view_change, view_create, view_keep, view_remove, view_restore, views
from lists.views.where import where

app_name = "lists"
urlpatterns = [
    path("columns/", columns, name="columns"),
    path("where/", where, name="where"),
    path("views/", views, name="views"),
    path("views/new/", view_create, name="view_create"),
    path("views/<int:pk>/", view_change, name="view_change"),
    path("views/<int:pk>/keep/", view_keep, name="view_keep"),
    path("views/<int:pk>/remove/", view_remove, name="view_remove"),
    path("views/<int:pk>/restore/", view_restore, name="view_restore"),
]
