"""Which project a task is part of. The field is there only where projects are switched on."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Project

MOST_OFFERED = 200


class InProjectForm(forms.Form):
    """Open projects the person sees; the newest are offered, and one a task is part of already stays valid."""

    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("Project"), required=False, empty_label=_("no project")
    )
    task: Any
    person: Any

    def offer_projects(self) -> None:
        if not settings.PROJECTS_ENABLED:
            del self.fields["project"]
            return
        field: Any = self.fields["project"]
        kept: Any = self.task.project_id if self.task is not None else None
        field.queryset = Project.objects.visible_to(self.person).open() | Project.objects.filter(pk=kept)
        chosen = str(self["project"].value() or kept or "")
        key = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
        newest = field.queryset.order_by("-opened_at", "-pk").values_list("pk", "title")
        offered = dict(newest[:MOST_OFFERED])
        if key is not None and key not in offered:
            offered |= dict(newest.filter(Q(pk=key)))
        field.choices = [("", field.empty_label), *offered.items()]

    def in_project(self) -> dict[str, Any]:
        """As a field of a task; nothing where projects are switched off."""
        return {"project": self.cleaned_data["project"]} if "project" in self.fields else {}
