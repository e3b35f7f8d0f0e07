from django.urls import path

from activities.views.call import call, call_log, call_no_answer, call_take_back
from activities.views.file import file, file_add, file_remove
from activities.views.message import message, message_log
from activities.views.note import colleagues, note, note_add, note_edit, note_pin
from activities.views.register import register, register_people

urlpatterns = [
    path("register/", register, name="register"),
    path("register/people/", register_people, name="register_people"),
    path("calls/new/", call_log, name="call_log"),
    path("calls/no-answer/", call_no_answer, name="call_no_answer"),
    path("calls/<int:pk>/", call, name="call"),
    path("calls/<int:pk>/take-back/", call_take_back, name="call_take_back"),
    path("notes/new/", note_add, name="note_add"),
    path("notes/colleagues/", colleagues, name="note_colleagues"),
    path("notes/<int:pk>/", note, name="note"),
    path("notes/<int:pk>/edit/", note_edit, name="note_edit"),
    path("notes/<int:pk>/pin/", note_pin, name="note_pin"),
    path("messages/new/", message_log, name="message_log"),
    path("messages/<int:pk>/", message, name="message"),
    path("files/new/", file_add, name="file_add"),
    path("files/<int:pk>/", file, name="file"),
    path("files/<int:pk>/remove/", file_remove, name="file_remove"),
]
