from django.urls import path

from billing.urls_payments import urlpatterns as payments
from billing.views.invoice import invoice, invoice_timeline
from billing.views.invoice_acts import (
    invoice_approve,
    invoice_assign,
    invoice_credit,
    invoice_discard,
    invoice_issue,
    invoice_send_back,
    invoice_submit,
    invoice_take_back,
    invoice_write_off,
)
from billing.views.invoice_draft import (
    invoice_create,
    invoice_edit,
    invoice_lines,
    invoice_of_deal,
    invoice_schedule,
    invoice_sums,
)
from billing.views.invoice_list import invoice_list

app_name = "billing"
urlpatterns = [
    path("", invoice_list, name="list"),
    path("new/", invoice_create, name="invoice_create"),
    path("of-deal/<int:pk>/", invoice_of_deal, name="invoice_of_deal"),
    path("<int:pk>/", invoice, name="invoice"),
    path("<int:pk>/timeline/", invoice_timeline, name="invoice_timeline"),
    path("<int:pk>/edit/", invoice_edit, name="invoice_edit"),
    path("<int:pk>/lines/", invoice_lines, name="invoice_lines"),
    path("<int:pk>/sums/", invoice_sums, name="invoice_sums"),
    path("<int:pk>/instalments/", invoice_schedule, name="invoice_schedule"),
    path("<int:pk>/submit/", invoice_submit, name="invoice_submit"),
    path("<int:pk>/approve/", invoice_approve, name="invoice_approve"),
    path("<int:pk>/send-back/", invoice_send_back, name="invoice_send_back"),
    path("<int:pk>/issue/", invoice_issue, name="invoice_issue"),
    path("<int:pk>/discard/", invoice_discard, name="invoice_discard"),
    path("<int:pk>/credit/", invoice_credit, name="invoice_credit"),
    path("<int:pk>/write-off/", invoice_write_off, name="invoice_write_off"),
    path("<int:pk>/take-back/", invoice_take_back, name="invoice_take_back"),
    path("<int:pk>/give/", invoice_assign, name="invoice_assign"),
    *payments,
]
