"""Doors of invoices that come again."""

from django.urls import path

from billing.views.recurring import recurring, recurring_list, recurring_timeline
from billing.views.recurring_moves import again, change, go_on, repeat, stop

urlpatterns = [
    path("<int:pk>/repeat/", repeat, name="repeat"),
    path("recurring/", recurring_list, name="recurring_list"),
    path("recurring/<int:pk>/", recurring, name="recurring"),
    path("recurring/<int:pk>/timeline/", recurring_timeline, name="recurring_timeline"),
    path("recurring/<int:pk>/change/", change, name="recurring_change"),
    path("recurring/<int:pk>/stop/", stop, name="recurring_stop"),
    path("recurring/<int:pk>/go-on/", go_on, name="recurring_go_on"),
    path("recurring/<int:pk>/again/<int:run_pk>/", again, name="recurring_again"),
]
