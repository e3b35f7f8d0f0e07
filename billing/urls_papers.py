"""Doors of what is printed: the paper of an invoice, its mail and its links, and what strangers open."""

from django.urls import path

from billing.views.invoice_paper import make_link, paper, pdf, revoke_link, send
from billing.views.public_invoice import open_file, open_invoice

urlpatterns = [
    path("<int:pk>/paper/", paper, name="paper"),
    path("<int:pk>/pdf/", pdf, name="pdf"),
    path("<int:pk>/send/", send, name="send"),
    path("<int:pk>/links/new/", make_link, name="make_link"),
    path("links/<int:pk>/revoke/", revoke_link, name="revoke_link"),
    path("open/<str:token>/", open_invoice, name="open"),
    path("open/<str:token>/pdf/", open_file, name="open_file"),
]
