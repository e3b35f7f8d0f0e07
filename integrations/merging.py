"""How the keys of other systems follow a client or a contact that goes into another: the next file finds it."""

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers

ORDER = 40


def register() -> None:
    register_movers(
        *(
            Mover(
                kind=kind,
                model="integrations.ExternalId",
                field="object_id",
                where={"kind": kind},
                order=ORDER,
            )
            for kind in ("account", "contact")
        )
    )
