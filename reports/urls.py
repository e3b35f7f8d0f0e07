from django.urls import path

from reports.views.catalogue import catalogue
from reports.views.funnel import days, funnel, outcomes
from reports.views.report import report

app_name = "reports"
urlpatterns = [
    path("", catalogue, name="catalogue"),
    path("funnel/", funnel, name="funnel"),
    path("funnel/days/", days, name="days"),
    path("funnel/outcomes/", outcomes, name="outcomes"),
    path("<slug:key>/", report, name="report"),
]
