"""What is known of services, a batch at a time, for the rules of `domain.health`; and whose marks are whose.

A handful of queries, however many services are asked about. Nothing is decided here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

from linekey.domain.access import Actor
from linekey.domain.attention import Attention
from linekey.domain.effects import EffectKind, StepState
from linekey.domain.health import BURST_LASTS, BURSTS, Facts, Found, Refusals, judge
from linekey.domain.kinds import KINDS
from linekey.domain.lifecycle import State
from linekey.domain.policy import Policy
from linekey.domain.tree import lineage
from linekey.records.models import (
    CredentialVersion,
    FailedLogin,
    HealthMark,
    Observation,
    Organisation,
    OutboxEffect,
    Person,
    Service,
)

_DEPTHS = 3
_HOLDS_UP = (
    EffectKind.PUSH,
    EffectKind.RETIRE,
    EffectKind.DROP,
    EffectKind.DISCONNECT,
    EffectKind.DELIVER,
    EffectKind.INVITE,
)
"""Steps whose refusal stops a change: a notice that bounces stops nothing."""
_READ = ("kind", "path", "state", "observation")
_LOGGED_IN = ("accept", "start")
_FEWEST = min(burst.spread for burst in BURSTS.values())


_Refused = tuple[tuple[Refusals, ...], int]
"""By hour, and from how many sources."""


@dataclass(frozen=True)
class _Version:
    key: int
    number: int
    verb: str
    rules: str
    created_at: datetime
    live_at: datetime | None
    grace: int
    retire_at: datetime | None
    used_at: datetime | None
    released_at: datetime | None


def judged(services: Collection[Service], *, now: datetime) -> dict[int, list[Found]]:
    """What needs attention of each, by primary key; services which need none are left out."""
    known = facts_of(services, now=now)
    found = {key: judge(facts, now) for key, facts in known.items()}
    return {key: those for key, those in found.items() if those}


def facts_of(services: Collection[Service], *, now: datetime) -> dict[int, Facts]:
    """`services` with `observation` selected."""
    keys = [service.pk for service in services]
    versions = _newest(keys)
    watched = _watched([version.key for version in versions.values()])
    stopped, refused = _stopped(keys), _refused(keys, now)
    rules = rules_of({service.path for service in services})
    return {
        service.pk: _facts(
            service,
            versions.get(service.pk),
            watched,
            stopped.get(service.pk),
            refused.get(service.pk, ((), 0)),
            rules[service.path],
        )
        for service in services
    }


def rules_of(paths: Iterable[str]) -> dict[str, str]:
    """The preset of rules in force for lines at each path, as `find.policy_of` says of one organisation."""
    lineages = {path: lineage(path) for path in paths}
    wanted = {key for line in lineages.values() for key in line}
    chosen = {
        key: policy["sip_rules"]
        for key, policy in Organisation.objects.filter(pk__in=wanted).values_list("pk", "policy")
        if "sip_rules" in policy
    }
    return {
        path: next((chosen[key] for key in reversed(line) if key in chosen), Policy.sip_rules)
        for path, line in lineages.items()
    }


def above(path: str) -> dict[str, int | None]:
    """The columns of a mark which say whose it is."""
    line = (*lineage(path), *[None] * _DEPTHS)[:_DEPTHS]
    return {f"above{depth}": key for depth, key in enumerate(line, 1)}


def branch(actor: Actor) -> tuple[str, int]:
    """The column of a mark, and its value, which say that it is in the branch of somebody who has one."""
    line = lineage(actor.path)
    return f"above{len(line)}", line[-1]


def marks(actor: Actor, what: Attention) -> QuerySet[HealthMark]:
    """Of one kind, in the actor's branch."""
    column, key = branch(actor)
    return HealthMark.objects.filter(what=what, **{column: key})


def needed(services: QuerySet[Service]) -> QuerySet[Service]:
    """With what `facts_of` reads."""
    return services.select_related("observation").only(*_READ)


def without_second_factor(people: QuerySet[Person]) -> QuerySet[Person]:
    """Of those who can sign in at all."""
    return people.filter(is_active=True, activated_at__isnull=False, factors=None)


def _facts(
    service: Service,
    version: _Version | None,
    watched: dict[int, tuple[bool, datetime]],
    stopped_at: datetime | None,
    refused: _Refused,
    rules: str,
) -> Facts:
    kind, looked = KINDS[service.kind], getattr(service, "observation", None)
    since = version.live_at if version else None
    known: dict[str, Any] = {}
    if version is not None and stopped_at is not None and stopped_at < version.created_at:
        stopped_at = None  # A change which came after made the stopped one pointless.
    if version is not None and version.verb == "retire" and version.live_at:
        refused = ((), 0)  # Whatever is guessed is refused: there is nothing to find.
    elif version is not None:
        back, at = watched.get(version.key, (False, None))
        known = {
            "made_at": version.created_at,
            "live_at": version.live_at,
            "used": version.used_at is not None or back,
            "stayed_away_at": None if back else at,
            "retire_at": version.retire_at if _keeps_old(version) else None,
            "replaced_at": None if _keeps_old(version) or version.number == 1 else version.live_at,
            "rules": version.rules,
        }
    return Facts(
        kind=kind,
        active=service.state == Service.State.ACTIVE,
        seen_at=looked.seen_at if looked else None,
        online=looked is not None and _seen(looked, since),
        rules_now=rules,
        stopped_at=stopped_at,
        refused=refused[0],
        sources=refused[1],
        **known,
    )


def _keeps_old(version: _Version) -> bool:
    """Is the secret before it accepted too? Its first use ends that, in the element itself."""
    return bool(version.grace) and version.used_at is None and version.released_at is None


def _seen(look: Observation, since: datetime | None) -> bool:
    """Was anybody there, with a secret made live at `since`? The log of an access server remembers too."""
    if since is not None and look.seen_at < since:
        return False
    accepted = (line.get("at") for line in look.facts.get("log", ()) if line.get("state") in _LOGGED_IN)
    return look.online or any(since is None or str(at) >= since.isoformat() for at in accepted if at)


def _newest(keys: Collection[int]) -> dict[int, _Version]:
    """As `find.newest_version` says of one service; without what is sealed."""
    rows = (
        CredentialVersion.objects.filter(service_id__in=keys)
        .exclude(state=State.ABANDONED)
        .exclude(state=State.SUPERSEDED, live_at=None)
        .order_by("service_id", "number")
    )
    columns = (
        "pk",
        "number",
        "verb",
        "rules",
        "created_at",
        "live_at",
        "grace",
        "retire_at",
        "used_at",
        "released_at",
    )
    return {key: _Version(*row) for key, *row in rows.values_list("service_id", *columns)}


def _watched(versions: Collection[int]) -> dict[int, tuple[bool, datetime]]:
    """Of versions whose watch ended: was the device back, and when was that known?"""
    rows = OutboxEffect.objects.filter(
        version_id__in=versions, kind=EffectKind.WATCH, state=StepState.DONE, settled_at__isnull=False
    )
    told = rows.values_list("version_id", "result", "settled_at")
    return {key: (bool(result.get("back")), at) for key, result, at in told if at}


def _stopped(keys: Collection[int]) -> dict[int, datetime]:
    rows = OutboxEffect.objects.filter(service_id__in=keys, state=StepState.DEAD, kind__in=_HOLDS_UP)
    return {key: at for key, at in rows.order_by("id").values_list("service_id", "created_at")}


def _refused(keys: Collection[int], now: datetime) -> dict[int, _Refused]:
    """Of services with an hour which may be a burst; of the others nothing is told."""
    recent = FailedLogin.objects.filter(service_id__in=keys, hour__gt=now - BURST_LASTS, familiar=False)
    by_hour = recent.values("service_id", "hour").annotate(
        tries=Sum("count"), most=Max("count"), told=Count("source")
    )
    columns = ("service_id", "hour", "tries", "most", "told")
    found = defaultdict[int, list[Refusals]](list)
    for key, *row in by_hour.order_by().values_list(*columns):
        found[key].append(Refusals(*row))
    hot = {key for key, rows in found.items() if any(row.count >= _FEWEST for row in rows)}
    if not hot:
        return {}
    sources = (
        recent.filter(service_id__in=hot).values("service_id").annotate(n=Count("source", distinct=True))
    )
    return {key: (tuple(found[key]), n) for key, n in sources.order_by().values_list("service_id", "n")}


def days_before(now: datetime, days: int) -> datetime:
    """Midnight UTC, `days` - 1 days ago: the beginning of the first of so many days."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
