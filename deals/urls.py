from django.urls import path

from deals.views.board import board, more
from deals.views.create import clients, create
from deals.views.edit import assign, edit, next_step
from deals.views.list import deal_list, exactly, filters
from deals.views.moves import lose, move, reopen, undo, win
from deals.views.page import page, timeline
from deals.views.parts import contact_add, contact_remove, line_add, line_remove

app_name = "deals"
urlpatterns = [
    path("", deal_list, name="list"),
    path("exactly/", exactly, name="exactly"),
    path("filters/", filters, name="filters"),
    path("board/", board, name="board"),
    path("board/<int:pk>/more/", more, name="more"),
    path("new/", create, name="create"),
    path("clients/", clients, name="clients"),
    path("<int:pk>/", page, name="page"),
    path("<int:pk>/timeline/", timeline, name="timeline"),
    path("<int:pk>/edit/", edit, name="edit"),
    path("<int:pk>/move/", move, name="move"),
    path("<int:pk>/undo/", undo, name="undo"),
    path("<int:pk>/win/", win, name="win"),
    path("<int:pk>/lose/", lose, name="lose"),
    path("<int:pk>/reopen/", reopen, name="reopen"),
    path("<int:pk>/assign/", assign, name="assign"),
    path("<int:pk>/next-step/", next_step, name="next_step"),
    path("<int:pk>/contacts/add/", contact_add, name="contact_add"),
    path("<int:pk>/contacts/<int:part_pk>/remove/", contact_remove, name="contact_remove"),
    path("<int:pk>/products/add/", line_add, name="line_add"),
    path("<int:pk>/products/<int:line_pk>/remove/", line_remove, name="line_remove"),
]
