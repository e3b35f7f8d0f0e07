from django.contrib import admin
from django.urls import include, path

from crm.views.health import healthz
from crm.views.home import home
from crm.views.search import search
from crm.views.shortcuts import shortcuts

urlpatterns = [
    path("", home, name="home"),
    path("healthz/", healthz, name="healthz"),
    path("search/", search, name="search"),
    path("shortcuts/", shortcuts, name="shortcuts"),
    path("", include("users.urls")),
    path("", include("accounts.urls")),
    path("deals/", include("deals.urls")),
    path("", include("activities.urls")),
    path("reports/", include("reports.urls")),
    path("import/", include("integrations.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler404 = "foundation.errors.not_found"
handler500 = "foundation.errors.server_error"
