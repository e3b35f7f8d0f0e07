"""What clients and their people allow, and when somebody went against it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.facts import AboutAccount
from foundation.facts import fact


class AboutConsent(AboutAccount):
    """`contact_id` is None where the client as a whole is meant; `purpose` in words, `channel` a `Channel` or empty."""

    contact_id: int | None = None
    name: str = ""
    purpose: str = ""
    channel: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), ("contact", self.contact_id)]

    def sentence(self) -> str:
        from accounts.models.consent import said
        from accounts.models.dictionaries import Channel

        how = str(Channel(self.channel).label) if self.channel else ""
        what = ", ".join(part for part in (self.name, said(self.purpose), how) if part)
        return f"{self.label}: {what}"


@fact("consent.recorded", label=gettext_lazy("Consent given"), icon="shield-check")
class ConsentRecorded(AboutConsent):
    pass


@fact("consent.revoked", label=gettext_lazy("Consent withdrawn"), icon="shield-x")
class ConsentRevoked(AboutConsent):
    pass


@fact("consent.bypassed", label=gettext_lazy("Contacted all the same"), icon="shield-off")
class ConsentBypassed(AboutConsent):
    reason: str = ""

    def sentence(self) -> str:
        return _("%(what)s, because: %(reason)s") % {"what": super().sentence(), "reason": self.reason}
