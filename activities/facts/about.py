from foundation.facts import Fact


class About(Fact):
    """Keys every activity's fact carries, so that it stands on the timelines of its client, contact and deal."""

    account_id: int | None = None
    contact_id: int | None = None
    deal_id: int | None = None

    def linked(self) -> list[tuple[str, int | None]]:
        return [("account", self.account_id), ("contact", self.contact_id), ("deal", self.deal_id)]
