from django.contrib import admin
from django.urls import include, path

from crm.views.health import healthz
from crm.views.home import home
from crm.views.palette import opened, pin
from crm.views.pwa import drafts_session, manifest, offline, service_worker
from crm.views.search import search
from crm.views.shortcuts import shortcuts

urlpatterns = [
    path("", home, name="home"),
    path("healthz/", healthz, name="healthz"),
    path("search/", search, name="search"),
    path("search/opened/", opened, name="search_opened"),
    path("search/pin/", pin, name="search_pin"),
    path("shortcuts/", shortcuts, name="shortcuts"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("drafts/session/", drafts_session, name="drafts_session"),
    path("", include("users.urls")),
    path("", include("changes.urls")),
    path("lists/", include("lists.urls")),
    path("", include("accounts.urls")),
    path("products/", include("catalog.urls")),
    path("deals/", include("deals.urls")),
    path("billing/", include("billing.urls")),
    path("", include("activities.urls")),
    path("distribution/", include("distribution.urls")),
    path("processes/", include("processes.urls")),
    path("reports/", include("reports.urls")),
    path("", include("integrations.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("users.second_factor.urls")),
    path("admin/", admin.site.urls),
]

handler404 = "foundation.errors.not_found"
handler500 = "foundation.errors.server_error"
