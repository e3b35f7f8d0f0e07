"""What happens to saved views."""

from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact


class AboutView(Fact):
    view_id: int
    name: str

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("view", self.view_id)]

    def sentence(self) -> str:
        return f"{self.label}: {self.name}"


@fact("view.created", label=gettext_lazy("View saved"), icon="bookmark")
class ViewCreated(AboutView):
    pass


@fact("view.changed", label=gettext_lazy("View changed"), icon="bookmark-edit")
class ViewChanged(AboutView):
    fields: list[str]


@fact("view.removed", label=gettext_lazy("View removed"), icon="bookmark-off")
class ViewRemoved(AboutView):
    pass


@fact("view.restored", label=gettext_lazy("View restored"), icon="bookmark")
class ViewRestored(AboutView):
    pass
