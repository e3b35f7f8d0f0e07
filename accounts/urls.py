from django.urls import path

from accounts.views.assign import assign
from accounts.views.card import card, timeline
from accounts.views.contact import contact_create, contact_edit
from accounts.views.create import create, create_full, duplicates
from accounts.views.edit import edit
from accounts.views.list import account_list, filters
from accounts.views.names import names
from accounts.views.point import point_edit

app_name = "accounts"
urlpatterns = [
    path("clients/", account_list, name="list"),
    path("clients/filters/", filters, name="filters"),
    path("clients/names/", names, name="names"),
    path("clients/new/", create, name="create"),
    path("clients/new/full/", create_full, name="create_full"),
    path("clients/new/duplicates/", duplicates, name="duplicates"),
    path("clients/<int:pk>/", card, name="card"),
    path("clients/<int:pk>/timeline/", timeline, name="timeline"),
    path("clients/<int:pk>/edit/", edit, name="edit"),
    path("clients/<int:pk>/assign/", assign, name="assign"),
    path("clients/<int:pk>/contacts/new/", contact_create, name="contact_create"),
    path("contacts/<int:pk>/edit/", contact_edit, name="contact_edit"),
    path("points/<int:pk>/edit/", point_edit, name="point_edit"),
]
