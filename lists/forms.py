from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lists.models import SavedView, Scope
from users.models import Department, Role

ICONS = [
    ("list", gettext_lazy("list")),
    ("star", gettext_lazy("star")),
    ("flame", gettext_lazy("flame")),
    ("bolt", gettext_lazy("lightning")),
    ("user", gettext_lazy("person")),
    ("users", gettext_lazy("people")),
    ("building", gettext_lazy("building")),
    ("calendar", gettext_lazy("calendar")),
    ("clock", gettext_lazy("clock")),
    ("alert-circle", gettext_lazy("warning")),
    ("circle-check", gettext_lazy("tick")),
    ("coin", gettext_lazy("coin")),
    ("target", gettext_lazy("target")),
    ("map-pin", gettext_lazy("place")),
]


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a view is called and who uses it. Roles that see it first are an administrator's to choose."""

    name = forms.CharField(label=pgettext_lazy("of a view", "Name"), max_length=60)
    icon = forms.ChoiceField(label=gettext_lazy("Icon"), choices=ICONS, initial="list")
    scope = forms.ChoiceField(label=gettext_lazy("Who uses it"), choices=Scope.choices, initial=Scope.PRIVATE)
    department = forms.ModelChoiceField(
        Department.objects.order_by("path"), label=gettext_lazy("Department"), required=False
    )
    role = forms.ModelChoiceField(
        Role.objects.order_by("name", "pk"), label=gettext_lazy("Role"), required=False
    )
    usual_for = forms.ModelMultipleChoiceField(
        Role.objects.order_by("name", "pk"),
        label=gettext_lazy("The first view of these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They see it when they open the list. For this it is shared with everyone."),
    )

    class Meta:
        model = SavedView
        fields = ["name", "icon", "scope", "department", "role", "usual_for"]

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].initial = person.department_id
        if not person.may("admin.configure"):
            del self.fields["usual_for"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for scope in (Scope.DEPARTMENT, Scope.ROLE):
            if (
                cleaned.get("scope") == scope
                and not cleaned.get(scope.value)
                and scope.value not in self.errors
            ):
                self.add_error(scope.value, _("Choose with whom you share the view."))
        return cleaned

    def _post_clean(self) -> None:
        """The verb checks and writes the record, not the form."""

    def kept(self) -> dict[str, Any]:
        """What the verb is to keep; the roles apart."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "usual_for"}
        for scope in (Scope.DEPARTMENT, Scope.ROLE):
            if said["scope"] != scope:
                said[scope.value] = None
        return said
