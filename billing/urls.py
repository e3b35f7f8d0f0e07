"""All doors of billing; those of payments, statements, quotes and of what is printed have files of their own."""

from django.urls import path

from billing.urls_papers import urlpatterns as papers
from billing.urls_payments import urlpatterns as payments
from billing.urls_quotes import urlpatterns as quotes
from billing.urls_recurring import urlpatterns as recurring
from billing.urls_statements import urlpatterns as statements
from billing.views.calculate import calculate
from billing.views.invoice import invoice, timeline, why
from billing.views.invoice_edit import edit
from billing.views.invoice_instalments import instalments
from billing.views.invoice_lines import lines, products, reckon
from billing.views.invoice_list import exactly, filters, invoice_list
from billing.views.invoice_moves import (
    approve,
    credit,
    discard,
    give,
    issue,
    send_back,
    submit,
    take_back,
    write_off,
)
from billing.views.invoice_new import new, of_deal
from billing.views.simulate import simulate

app_name = "billing"
pages = [
    path("", invoice_list, name="list"),
    path("exactly/", exactly, name="exactly"),
    path("filters/", filters, name="filters"),
    path("new/", new, name="new"),
    path("products/", products, name="products"),
    path("simulate/<int:pk>/", simulate, name="simulate"),
    path("of-deal/<int:pk>/", of_deal, name="of_deal"),
    path("<int:pk>/", invoice, name="invoice"),
    path("<int:pk>/timeline/", timeline, name="timeline"),
    path("<int:pk>/edit/", edit, name="edit"),
    path("<int:pk>/instalments/", instalments, name="instalments"),
    path("<int:pk>/submit/", submit, name="submit"),
    path("<int:pk>/approve/", approve, name="approve"),
    path("<int:pk>/send-back/", send_back, name="send_back"),
    path("<int:pk>/issue/", issue, name="issue"),
    path("<int:pk>/discard/", discard, name="discard"),
    path("<int:pk>/credit/", credit, name="credit"),
    path("<int:pk>/write-off/", write_off, name="write_off"),
    path("<int:pk>/take-back/", take_back, name="take_back"),
    path("<int:pk>/give/", give, name="give"),
    path("<int:pk>/lines/", lines, name="lines"),
    path("<int:pk>/calculate/", calculate, name="calculate"),
    path("<int:pk>/lines/reckon/", reckon, name="reckon"),
    path("<int:pk>/lines/<int:line_pk>/why/", why, name="why"),
]
urlpatterns = [*pages, *papers, *payments, *quotes, *recurring, *statements]
