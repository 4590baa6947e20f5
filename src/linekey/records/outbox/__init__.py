"""Put · claim · settle.

Use-cases put; the worker claims and settles. One query serves SQLite and PostgreSQL.
"""

from linekey.records.outbox.claiming import claim, due
from linekey.records.outbox.mending import abandon, hurry, hurry_bulk, hurry_plan, retry
from linekey.records.outbox.putting import Promise, has_promised, put, put_bulk, put_in_lanes
from linekey.records.outbox.settling import again, dead, done, done_together, renew
from linekey.records.outbox.waking import WAKE_CHANNEL

__all__ = [
    "WAKE_CHANNEL",
    "Promise",
    "abandon",
    "again",
    "claim",
    "dead",
    "done",
    "done_together",
    "due",
    "has_promised",
    "hurry",
    "hurry_bulk",
    "hurry_plan",
    "put",
    "put_bulk",
    "put_in_lanes",
    "renew",
    "retry",
]
