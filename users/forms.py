from crispy_forms.helper import FormHelper
from django import forms

from users.models import User


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people settle for themselves; name, department and roles are the administrator's."""

    class Meta:
        model = User
        fields = ["language", "time_zone", "theme", "has_shortcuts"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False
