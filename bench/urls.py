from django.urls import path

from bench.floor import floor
from crm.urls import handler404, handler500
from crm.urls import urlpatterns as house

__all__ = ["handler404", "handler500", "urlpatterns"]
urlpatterns = [path("bench/floor/", floor, name="bench-floor"), *house]
