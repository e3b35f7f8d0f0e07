"""Many clients to other owners in a few statements: what `account.assign` would write."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import facts
from accounts.models import Account
from foundation.statements import array_text
from foundation.telling import tell_many
from users.models import User

ASSIGN = """
    UPDATE accounts_account AS account
    SET owner_id = given.owner_id, version = account.version + 1, last_event_at = %s,
        team_ids = ARRAY(SELECT DISTINCT one
                         FROM unnest(coalesce(given.team::bigint[], account.team_ids) || given.owner_id) AS one
                         WHERE one IS NOT NULL ORDER BY 1)
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS given (id, owner_id, team)
    WHERE account.id = given.id
"""


def assign_many(
    owners: Mapping[int, int | None],
    *,
    teams: Mapping[int, Collection[int]] | None = None,
    by: Any,
    at: datetime,
) -> dict[int, str]:
    """Give clients ({client: person}) to other owners; those before keep seeing them. {client: why not} for those
    refused. Quiet where they are theirs already.

    `teams` ({client: people}) are the collaborators of clients that go back to what they were.
    """
    teams = teams or {}
    people = User.objects.in_bulk({owner for owner in owners.values() if owner is not None})
    refused = {
        key: _("%(name)s no longer works here. Choose somebody else.") % {"name": people[owner].name}
        for key, owner in owners.items()
        if owner is not None and not people[owner].is_active
    }
    with transaction.atomic():
        held = Account.objects.select_for_update().filter(
            pk__in=(owners.keys() | teams.keys()) - refused.keys()
        )
        rows = held.order_by("pk").values_list("pk", "owner_id")
        steps = [(pk, before, owners.get(pk, before)) for pk, before in rows]
        written = [each for each in steps if each[1] != each[2] or each[0] in teams]
        _write(written, teams, at)
        given = [each for each in written if each[1] != each[2]]
        names = dict(User.objects.filter(pk__in={each[1] for each in given}).values_list("pk", "name"))
        tell_many(
            (
                (
                    facts.AccountAssigned(
                        account_id=pk,
                        from_name=names.get(before, ""),
                        to_name=people[owner].name if owner is not None else "",
                    ),
                    at,
                )
                for pk, before, owner in given
            ),
            by=by,
        )
    return refused


def _write(
    steps: Collection[tuple[int, int | None, int | None]], teams: Mapping[int, Collection[int]], at: datetime
) -> None:
    keys, owners = [each[0] for each in steps], [each[2] for each in steps]
    given = [array_text(teams[key]) if key in teams else None for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, [at, keys, owners, given])
