"""Every figure the desk tells its operator's monitoring: names, what each says, its labels.

No label names a tenant, a person or a service: there are millions of them. docs/reference/metrics.md explains
each; a test compares the two.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linekey.domain.effects import EffectKind


class Sort(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Metric:
    name: str
    sort: Sort
    told: str
    labels: tuple[str, ...] = ()


CHANGES = Metric(
    "linekey_changes",
    Sort.COUNTER,
    "Changes of credentials that were recorded. Mode: grace, immediate, or link when nothing changes yet.",
    ("verb", "kind", "mode"),
)
EFFECTS = Metric("linekey_effects", Sort.COUNTER, "Effects that were settled, and how.", ("kind", "state"))
LAG = Metric(
    "linekey_effect_lag_seconds",
    Sort.HISTOGRAM,
    "From the commit of a change to its effect being true outside.",
    ("kind",),
)
SIGN_INS = Metric("linekey_sign_ins", Sort.COUNTER, "Sign-ins to the portal, by result.", ("result",))
ATTEMPTS = Metric(
    "linekey_webhook_attempts", Sort.COUNTER, "Events sent to webhooks, by what became of them.", ("state",)
)
OUTBOX = Metric("linekey_outbox_effects", Sort.GAUGE, "Effects that are due and not settled yet.", ("crew",))
OLDEST = Metric(
    "linekey_outbox_oldest_seconds", Sort.GAUGE, "How long the oldest of them has been due.", ("crew",)
)
STOPPED = Metric("linekey_outbox_stopped_effects", Sort.GAUGE, "Effects that wait for a person.", ("state",))
UP = Metric(
    "linekey_element_up", Sort.GAUGE, "1 when the last look found an element well.", ("element", "role")
)
LOOKED = Metric(
    "linekey_element_looked_seconds", Sort.GAUGE, "How long ago that look was.", ("element", "role")
)
CONNECTED = Metric(
    "linekey_copy_connected",
    Sort.GAUGE,
    "1 while a site fetches the changes of an element.",
    ("element", "site"),
)
BEHIND = Metric(
    "linekey_copy_behind_seconds", Sort.GAUGE, "How far a site's copy is behind.", ("element", "site")
)
TO_FETCH = Metric(
    "linekey_copy_behind_bytes", Sort.GAUGE, "What is kept for a site until it has it.", ("element", "site")
)
HEARD = Metric(
    "linekey_copy_heard", Sort.GAUGE, "1 while what logins do at a site is heard.", ("element", "site")
)
ENDPOINTS = Metric("linekey_webhook_endpoints", Sort.GAUGE, "Webhooks, by how they stand.", ("state",))
CAMPAIGNS = Metric("linekey_campaigns", Sort.GAUGE, "Campaigns, by state.", ("state",))
TO_ROTATE = Metric(
    "linekey_campaign_services", Sort.GAUGE, "Services of campaigns which are not over.", ("state",)
)
COUNTED = Metric(
    "linekey_counted_until_seconds", Sort.GAUGE, "Unix time up to which the counters have counted."
)
BACKED_UP = Metric(
    "linekey_backup_timestamp_seconds", Sort.GAUGE, "Unix time of the last backup that went well; 0 for none."
)
UNSEALED = Metric(
    "linekey_audit_unsealed_seconds",
    Sort.GAUGE,
    "How long the oldest entry of the audit trail has waited for a seal.",
    ("seal",),
)

METRICS = (
    CHANGES,
    EFFECTS,
    LAG,
    SIGN_INS,
    ATTEMPTS,
    OUTBOX,
    OLDEST,
    STOPPED,
    UP,
    LOOKED,
    CONNECTED,
    BEHIND,
    TO_FETCH,
    HEARD,
    ENDPOINTS,
    CAMPAIGNS,
    TO_ROTATE,
    COUNTED,
    BACKED_UP,
    UNSEALED,
)

BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Seconds. A change is to be true on the network within a tenth of one; half a minute after an outage."""
WAIT_ON_PURPOSE = frozenset(
    {
        EffectKind.WATCH,
        EffectKind.RELEASE,
        EffectKind.OBSERVE,
        EffectKind.NOTIFY_PHONE,
        EffectKind.FETCH,
    }
)
"""Their lag would say how long a person took to switch a device on."""
SIGN_IN_RESULTS = {"session.open": "opened", "session.refused": "refused", "person.locked": "locked"}
"""By action of the audit trail."""

COUNTED_AFTER = timedelta(seconds=30)
"""What a transaction dates and commits later than that is missed by the counters."""
SLICE = timedelta(minutes=10)
"""Counted in one transaction."""
LEFT_BEHIND = timedelta(days=1)
"""Nobody counted for longer: what is older is left uncounted."""
