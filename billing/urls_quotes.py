"""Doors of quotes."""

from django.urls import path

from billing.views.public_quote import quote_open
from billing.views.quote import quote, timeline, why
from billing.views.quote_edit import edit, lines, reckon
from billing.views.quote_list import quotes
from billing.views.quote_moves import (
    accepted,
    declined,
    give,
    new_version,
    renew_link,
    send,
    to_invoice,
    withdraw,
)
from billing.views.quote_new import new, of_deal

urlpatterns = [
    path("q/<str:token>/", quote_open, name="quote_open"),
    path("quotes/", quotes, name="quotes"),
    path("quotes/new/", new, name="quote_new"),
    path("quotes/of-deal/<int:pk>/", of_deal, name="quote_of_deal"),
    path("quotes/<int:pk>/", quote, name="quote"),
    path("quotes/<int:pk>/timeline/", timeline, name="quote_timeline"),
    path("quotes/<int:pk>/edit/", edit, name="quote_edit"),
    path("quotes/<int:pk>/lines/", lines, name="quote_lines"),
    path("quotes/<int:pk>/lines/reckon/", reckon, name="quote_reckon"),
    path("quotes/<int:pk>/lines/<int:line_pk>/why/", why, name="quote_why"),
    path("quotes/<int:pk>/send/", send, name="quote_send"),
    path("quotes/<int:pk>/new-version/", new_version, name="quote_new_version"),
    path("quotes/<int:pk>/accepted/", accepted, name="quote_accepted"),
    path("quotes/<int:pk>/declined/", declined, name="quote_declined"),
    path("quotes/<int:pk>/invoice/", to_invoice, name="quote_invoice"),
    path("quotes/<int:pk>/withdraw/", withdraw, name="quote_withdraw"),
    path("quotes/<int:pk>/link/", renew_link, name="quote_link"),
    path("quotes/<int:pk>/give/", give, name="quote_give"),
]
