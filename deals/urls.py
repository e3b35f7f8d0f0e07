from django.urls import path

from deals.views.board import board, more
from deals.views.client_money import client_money
from deals.views.create import clients, create
from deals.views.edit import assign, edit, next_step
from deals.views.entering import enter, enter_contacts
from deals.views.list import cell, deal_list, exactly, filters
from deals.views.moves import lose, move, reopen, undo, win
from deals.views.page import page, timeline
from deals.views.parts import contact_add, contact_remove, line_add, line_remove
from deals.views.probability import probability
from deals.views.team import team_add, team_remove
from deals.views.transfer import transfer
from deals.views.trash import trash

app_name = "deals"
urlpatterns = [
    path("", deal_list, name="list"),
    path("exactly/", exactly, name="exactly"),
    path("filters/", filters, name="filters"),
    path("board/", board, name="board"),
    path("board/<int:pk>/more/", more, name="more"),
    path("new/", create, name="create"),
    path("clients/", clients, name="clients"),
    path("of-client/<int:pk>/money/", client_money, name="client_money"),
    path("<int:pk>/", page, name="page"),
    path("<int:pk>/timeline/", timeline, name="timeline"),
    path("<int:pk>/edit/", edit, name="edit"),
    path("<int:pk>/cell/<str:column>/", cell, name="cell"),
    path("<int:pk>/move/", move, name="move"),
    path("<int:pk>/enter/", enter, name="enter"),
    path("<int:pk>/enter/contacts/", enter_contacts, name="enter_contacts"),
    path("<int:pk>/undo/", undo, name="undo"),
    path("<int:pk>/win/", win, name="win"),
    path("<int:pk>/lose/", lose, name="lose"),
    path("<int:pk>/reopen/", reopen, name="reopen"),
    path("<int:pk>/transfer/", transfer, name="transfer"),
    path("<int:pk>/assign/", assign, name="assign"),
    path("<int:pk>/trash/", trash, name="trash"),
    path("<int:pk>/next-step/", next_step, name="next_step"),
    path("<int:pk>/contacts/add/", contact_add, name="contact_add"),
    path("<int:pk>/contacts/<int:part_pk>/remove/", contact_remove, name="contact_remove"),
    path("<int:pk>/probability/", probability, name="probability"),
    path("<int:pk>/team/add/", team_add, name="team_add"),
    path("<int:pk>/team/<int:person_pk>/remove/", team_remove, name="team_remove"),
    path("<int:pk>/products/add/", line_add, name="line_add"),
    path("<int:pk>/products/<int:line_pk>/remove/", line_remove, name="line_remove"),
]
