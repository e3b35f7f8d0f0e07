"""Trees of clients, walked in the database: holdings with their subsidiaries, head offices with their branches."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

MOST_LEVELS = 50
MOST_SHOWN = 200
LOCK = 40_404_001  # one number for all trees: they are changed a few times a day

# The tops above a client: itself where nothing stands above it. `path` ends a walk that bad rows would make endless.
ABOVE = f"""
    above (id, path) AS (
        SELECT %(start)s::bigint, ARRAY[%(start)s::bigint]
        UNION ALL
        SELECT relation.from_account_id, above.path || relation.from_account_id
        FROM above JOIN accounts_relation AS relation ON relation.to_account_id = above.id
        WHERE relation.in_tree AND relation.until IS NULL
          AND NOT relation.from_account_id = ANY (above.path) AND cardinality(above.path) < {MOST_LEVELS}
    )"""  # noqa: S608 - constants only
BELOW = f"""
    below (id, upper, kind_id, path) AS (
        SELECT id, NULL::bigint, NULL::bigint, ARRAY[id]
        FROM (SELECT id FROM above ORDER BY cardinality(path) DESC LIMIT 1) AS top
        UNION ALL
        SELECT relation.to_account_id, below.id, relation.kind_id, below.path || relation.to_account_id
        FROM below JOIN accounts_relation AS relation ON relation.from_account_id = below.id
        WHERE relation.in_tree AND relation.until IS NULL
          AND NOT relation.to_account_id = ANY (below.path) AND cardinality(below.path) < {MOST_LEVELS}
    )"""  # noqa: S608 - constants only
# Each client of the tree that a client stands in; for a filter, as `pk IN (…)`.
MEMBERS = f"WITH RECURSIVE {ABOVE}, {BELOW} SELECT id FROM below"  # noqa: S608 - constants only
TREE = f"""
    WITH RECURSIVE {ABOVE}, {BELOW}
    SELECT id, upper, kind_id FROM below ORDER BY cardinality(path), id LIMIT {MOST_SHOWN + 1}
    """  # noqa: S608 - constants only
STANDS_ABOVE = f"WITH RECURSIVE {ABOVE} SELECT EXISTS (SELECT FROM above WHERE id = %(sought)s)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Node:
    """A client in a tree; `upper` is the one it stands below (None at the top), `kind_id` the relation's kind."""

    pk: int
    upper: int | None
    kind_id: int | None


def stands_above(account_id: int, below_id: int) -> bool:
    """Whether the first is the second or stands above it."""
    parameters = {"start": below_id, "sought": account_id}
    with connection.cursor() as cursor:
        cursor.execute(STANDS_ABOVE, parameters)
        return bool(cursor.fetchone()[0])  # type: ignore[index]


def tree_of(account_id: int) -> list[Node]:
    """The whole tree a client stands in, level by level; one more than MOST_SHOWN says that there are more."""
    with connection.cursor() as cursor:
        cursor.execute(TREE, {"start": account_id})
        return [Node(*row) for row in cursor.fetchall()]


def members_sql(account_id: int) -> tuple[str, list[int]]:
    """The keys of the clients of that tree, as RawSQL wants them."""
    return MEMBERS.replace("%(start)s", "%s"), [account_id, account_id]


def lock_trees() -> None:
    """Until the transaction ends: nobody else ties clients to one another meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


# “Subsidiary of” was written, in a form or by an import: the relations follow it.
PART = """
    DELETE FROM accounts_relation AS relation USING accounts_relationkind AS kind, accounts_account AS account
    WHERE kind.id = relation.kind_id AND kind.key = 'holding' AND relation.until IS NULL
      AND account.id = relation.to_account_id AND account.id = ANY (%(accounts)s)
      AND account.parent_id IS DISTINCT FROM relation.from_account_id
    """
JOIN = """
    INSERT INTO accounts_relation (kind_id, from_account_id, to_account_id, in_tree, note)
    SELECT kind.id, account.parent_id, account.id, kind.is_tree, ''
    FROM accounts_account AS account JOIN accounts_relationkind AS kind ON kind.key = 'holding'
    WHERE account.id = ANY (%(accounts)s) AND account.parent_id IS NOT NULL
    ON CONFLICT DO NOTHING
    """


def follow_parents(accounts: Iterable[int]) -> None:
    """The holding relations of these clients say what their `parent` says: two statements for all of them."""
    keys = {"accounts": sorted(accounts)}
    with connection.cursor() as cursor:
        cursor.execute(PART, keys)
        cursor.execute(JOIN, keys)
