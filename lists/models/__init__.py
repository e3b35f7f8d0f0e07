from lists.models.list_setting import ListSetting
from lists.models.saved_view import SavedView, Scope

__all__ = ["ListSetting", "SavedView", "Scope"]
