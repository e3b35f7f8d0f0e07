from users.models.department import Department
from users.models.role import Grant, Role, Scope
from users.models.user import Theme, User

__all__ = ["Department", "Grant", "Role", "Scope", "Theme", "User"]
