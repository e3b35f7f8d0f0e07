from django.urls import path

from users.views.email import email
from users.views.profile import profile
from users.views.theme import theme

app_name = "users"
urlpatterns = [
    path("profile/", profile, name="profile"),
    path("profile/theme/", theme, name="theme"),
    path("account/email/", email, name="email"),
]
