"""How far the copies of an element's tables at other sites have come, as PostgreSQL at the centre tells.

Read only. The names are those of deploy/postgresql: the slot of a site is a prefix and the site's name, and
so is the subscription which fetches what its logins tell. Other slots are somebody else's.
"""

from sqlalchemy import Engine, text

from linekey.domain.copies import SiteCopy
from linekey.network.ports import Rejected
from linekey.network.store import asking

LINES, LINE_EVENTS = "linekey_lines_", "linekey_events_"
ACCESSES, ACCESS_EVENTS = "linekey_accesses_", "linekey_access_events_"

# Slots and subscriptions are everybody's to see, replay_lag only pg_read_all_stats': NULL to others. A
# standby has no position of its own to tell.
_COPIES = text("""
    WITH centre AS (
        SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
               AS here
    )
    SELECT substr(slot.slot_name, length(:slots) + 1) AS site,
           slot.active AS connected,
           CAST(centre.here - '0/0' AS bigint) AS written,
           CAST(coalesce(slot.confirmed_flush_lsn, '0/0') - '0/0' AS bigint) AS reached,
           walsender.replay_lag AS lag,
           coalesce(slot.wal_status = 'lost', false) AS lost,
           events.pid IS NOT NULL AS heard,
           events.subname IS NOT NULL AS fetched
    FROM centre, pg_replication_slots AS slot
    LEFT JOIN pg_stat_replication AS walsender ON walsender.pid = slot.active_pid
    LEFT JOIN (
        SELECT told.subname, told.pid FROM pg_stat_subscription AS told
        JOIN pg_subscription AS ours ON ours.oid = told.subid
        JOIN pg_database AS base ON base.oid = ours.subdbid AND base.datname = current_database()
        WHERE told.relid IS NULL
    ) AS events ON events.subname = :events || substr(slot.slot_name, length(:slots) + 1)
    WHERE slot.slot_type = 'logical' AND slot.database = current_database()
          AND starts_with(slot.slot_name, :slots)
    ORDER BY slot.slot_name
""")


def copies(element: str, store: Engine, slots: str, events: str) -> list[SiteCopy]:
    """By name of the site; empty where nothing is copied, or where nobody tells us. Raises Unreachable."""
    if store.dialect.name != "postgresql":
        return []
    try:
        with asking(element), store.connect() as connection:
            rows = connection.execute(_COPIES, {"slots": slots, "events": events}).all()
    except Rejected:
        # A role which was forbidden even what everybody may see, or what only speaks as PostgreSQL does.
        return []
    return [
        SiteCopy(
            site=row.site,
            connected=row.connected,
            written=row.written,
            reached=row.reached,
            lag=row.lag,
            lost=row.lost,
            heard=row.heard if row.fetched else None,
        )
        for row in rows
    ]
