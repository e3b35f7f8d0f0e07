from django.urls import path

from activities.views.focus import focus
from activities.views.my_day import my_day
from activities.views.quick_add import preview, quick_add, take_back
from activities.views.team_day import team_day, team_load

urlpatterns = [
    path("my-day/", my_day, name="my_day"),
    path("my-day/focus/", focus, name="focus"),
    path("my-day/team/", team_day, name="team_day"),
    path("my-day/team/load/", team_load, name="team_load"),
    path("quick-add/", quick_add, name="quick_add"),
    path("quick-add/preview/", preview, name="quick_add_preview"),
    path("quick-add/<slug:kind>/<int:pk>/take-back/", take_back, name="quick_add_take_back"),
]
