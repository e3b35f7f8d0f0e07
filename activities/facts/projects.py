"""What happens to projects."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.facts.about import About
from foundation.facts import fact


class AboutProject(About):
    project_id: int
    title: str
    owner_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("project", self.project_id), *self.linked()]


@fact("project.opened", label=gettext_lazy("Project opened"), icon="briefcase")
class ProjectOpened(AboutProject):
    owner: str

    def sentence(self) -> str:
        return _("Project opened: %(title)s. %(name)s is responsible.") % {
            "title": self.title,
            "name": self.owner,
        }


@fact("project.changed", label=gettext_lazy("Project changed"), icon="edit")
class ProjectChanged(AboutProject):
    fields: list[str]

    def sentence(self) -> str:
        from activities.models import Project

        names = [str(getattr(Project._meta.get_field(name), "verbose_name", name)) for name in self.fields]
        return _("%(title)s changed: %(fields)s") % {"title": self.title, "fields": ", ".join(names)}


@fact("project.closed", label=gettext_lazy("Project closed"), icon="briefcase-off")
class ProjectClosed(AboutProject):
    def sentence(self) -> str:
        return _("Project closed: %(title)s") % {"title": self.title}


@fact("project.reopened", label=gettext_lazy("Project reopened"), icon="refresh")
class ProjectReopened(AboutProject):
    def sentence(self) -> str:
        return _("Project reopened: %(title)s") % {"title": self.title}
