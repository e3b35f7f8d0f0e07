"""The keys of other systems go into the trash with their record and come back with it."""

from changes.trash.kinds import goes_along


def register() -> None:
    for record, kind in (("client", "account"), ("contact", "contact"), ("deal", "deal")):
        goes_along(record, "integrations.ExternalId", "object_id", {"kind": kind})
