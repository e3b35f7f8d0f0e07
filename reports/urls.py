from django.urls import path

from reports.views.as_of import pipeline_on
from reports.views.catalogue import catalogue
from reports.views.funnel import days, funnel, outcomes
from reports.views.report import report
from reports.views.time_tasks import time_tasks

app_name = "reports"
urlpatterns = [
    path("", catalogue, name="catalogue"),
    path("funnel/", funnel, name="funnel"),
    path("funnel/days/", days, name="days"),
    path("funnel/outcomes/", outcomes, name="outcomes"),
    path("time-in-states/tasks/", time_tasks, name="time_tasks"),
    path("pipeline-on/", pipeline_on, name="pipeline_on"),
    path("<slug:key>/", report, name="report"),
]
