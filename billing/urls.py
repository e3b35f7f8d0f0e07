from django.urls import URLPattern

from billing.bank.urls import urlpatterns as bank
from billing.documents.urls import urlpatterns as documents

app_name = "billing"
pages: list[URLPattern] = []
urlpatterns = [*pages, *documents, *bank]
