"""Doors of payments."""

from django.urls import path

from billing.views.client_money import client_money
from billing.views.credit_limit import credit_limit
from billing.views.payment import payment
from billing.views.payment_allocate import allocate
from billing.views.payment_list import payments
from billing.views.payment_moves import pay_back, release, void, whose
from billing.views.payment_receive import receive

urlpatterns = [
    path("of-client/<int:pk>/money/", client_money, name="client_money"),
    path("of-client/<int:pk>/credit-limit/", credit_limit, name="credit_limit"),
    path("payments/", payments, name="payments"),
    path("payments/receive/", receive, name="receive"),
    path("payments/<int:pk>/", payment, name="payment"),
    path("payments/<int:pk>/whose/", whose, name="payment_whose"),
    path("payments/<int:pk>/allocate/", allocate, name="payment_allocate"),
    path("payments/<int:pk>/release/", release, name="payment_release"),
    path("payments/<int:pk>/pay-back/", pay_back, name="payment_pay_back"),
    path("payments/<int:pk>/void/", void, name="payment_void"),
]
