from django.urls import path

from users.views import notification_settings as settings
from users.views import notifications
from users.views.email import email
from users.views.profile import profile
from users.views.theme import theme

app_name = "users"
urlpatterns = [
    path("profile/", profile, name="profile"),
    path("profile/theme/", theme, name="theme"),
    path("account/email/", email, name="email"),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/bell/", notifications.notification_bell, name="notification_bell"),
    path("notifications/panel/", notifications.notification_panel, name="notification_panel"),
    path("notifications/read/", notifications.notification_read, name="notification_read"),
    path("notifications/seen/", notifications.notification_seen, name="notification_seen"),
    path("notifications/mute/", notifications.notification_mute, name="notification_mute"),
    path("notifications/settings/", settings.notification_settings, name="notification_settings"),
    path("notifications/push/", settings.notification_push, name="notification_push"),
    path("notifications/push/remove/", settings.notification_push_remove, name="notification_push_remove"),
    path("unsubscribe/<str:token>/", settings.unsubscribe, name="unsubscribe"),
]
