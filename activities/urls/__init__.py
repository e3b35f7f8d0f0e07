"""The doors of this room, a file a noun."""

from activities.urls import calls, meetings, my_day, planner, projects, tasks

app_name = "activities"
urlpatterns = [
    *my_day.urlpatterns,
    *tasks.urlpatterns,
    *meetings.urlpatterns,
    *planner.urlpatterns,
    *calls.urlpatterns,
    *projects.urlpatterns,
]
