from django.urls import path

from distribution.views.queue import give, queue
from distribution.views.selected import selected
from distribution.views.trial import trial

app_name = "distribution"
urlpatterns = [
    path("", queue, name="queue"),
    path("give/", give, name="give"),
    path("trial/", trial, name="trial"),
    path("selected/", selected, name="selected"),
]
