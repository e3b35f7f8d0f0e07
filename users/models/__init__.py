from users.models.department import Department
from users.models.feature_use import FeatureUse
from users.models.notification import Channel, Notification, NotificationChoice, NotificationMute
from users.models.notification_sending import Digest, PushKey, PushSubscription, Sending
from users.models.notification_settings import NotificationSettings
from users.models.recent_record import RecentRecord
from users.models.role import Grant, Role, Scope
from users.models.user import Theme, User

__all__ = [
    "Channel",
    "Department",
    "Digest",
    "FeatureUse",
    "Grant",
    "Notification",
    "NotificationChoice",
    "NotificationMute",
    "NotificationSettings",
    "PushKey",
    "PushSubscription",
    "RecentRecord",
    "Role",
    "Scope",
    "Sending",
    "Theme",
    "User",
]
