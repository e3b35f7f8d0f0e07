from django.urls import path

from activities.views.absence import absence_create, absence_edit, absence_remove, absences
from activities.views.calendar import calendar, calendar_events
from activities.views.feed import feed, feed_settings
from activities.views.invitation import invitation
from activities.views.meeting import meeting, meeting_answer, meeting_hold
from activities.views.meeting_create import meeting_about, meeting_busy, meeting_create
from activities.views.meeting_edit import meeting_cancel, meeting_edit, meeting_move

urlpatterns = [
    path("calendar/", calendar, name="calendar"),
    path("calendar/events/", calendar_events, name="calendar_events"),
    path("calendar/feed/", feed_settings, name="feed_settings"),
    path("calendar/feed/<str:secret>.ics", feed, name="feed"),
    path("meetings/new/", meeting_create, name="meeting_create"),
    path("meetings/about/", meeting_about, name="meeting_about"),
    path("meetings/busy/", meeting_busy, name="meeting_busy"),
    path("meetings/<int:pk>/", meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/move/", meeting_move, name="meeting_move"),
    path("meetings/<int:pk>/cancel/", meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/hold/", meeting_hold, name="meeting_hold"),
    path("meetings/<int:pk>/answer/", meeting_answer, name="meeting_answer"),
    path("invitation/<str:token>/", invitation, name="invitation"),
    path("absences/", absences, name="absences"),
    path("absences/new/", absence_create, name="absence_create"),
    path("absences/<int:pk>/edit/", absence_edit, name="absence_edit"),
    path("absences/<int:pk>/remove/", absence_remove, name="absence_remove"),
]
