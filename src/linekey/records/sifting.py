"""Which services of a batch get a new secret, which are left and why, and how long the old one stays.

The same for the preview and for the act: a batch costs a handful of queries, whatever is in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from linekey.domain.campaigns import CampaignMode, HandOver, Reason
from linekey.domain.lifecycle import State
from linekey.domain.policy import Policy, inherit
from linekey.records import many
from linekey.records.models import CredentialVersion, ElementHealth, Organisation, Service


@dataclass(frozen=True)
class Sifted:
    service: Service
    policy: Policy
    reason: Reason | None
    """Why it is left as it is; None when it gets a new secret."""
    kept: timedelta
    """How long its old secret is accepted; nothing where it is cut."""
    last: int
    """Number of its newest version."""


@dataclass
class _Held:
    last: int = 0
    promised: str = ""
    """Verb of the version which is to be true."""
    live: str = ""
    """Verb of the newest which the element ever took."""


def services(keys: Iterable[int], *, lock: bool = False) -> list[Service]:
    """With what sifting looks at; locked in one order, so that two batches cannot wait for each other."""
    rows = Service.objects.select_related("sip", "ppp", "owner").filter(many.among("pk", list(keys)))
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = list(rows.order_by("pk"))
    # Few for thousands of services.
    theirs = Organisation.objects.in_bulk({service.organisation_id for service in found})
    for service in found:
        service.organisation = theirs[service.organisation_id]
    return found


def sifted(batch: Sequence[Service], *, mode: CampaignMode, hand_over: HandOver, path: str) -> list[Sifted]:
    """In the order of `batch`; `path` is the branch which the campaign reaches."""
    held = _held(batch)
    policies = _policies({service.path for service in batch})
    graceful = set(ElementHealth.objects.filter(grace=True).values_list("name", flat=True))
    found = []
    for service in batch:
        policy, versions = policies[service.path], held[service.pk]
        reason = _reason(service, versions, hand_over, path)
        kept = timedelta(hours=policy.grace_hours) if mode is CampaignMode.GRACE else timedelta(0)
        if reason is None and kept and not (_element(service) in graceful and _keeps(versions)):
            reason = Reason.NO_GRACE
        found.append(Sifted(service, policy, reason, kept, versions.last))
    return found


def _reason(service: Service, held: _Held, hand_over: HandOver, path: str) -> Reason | None:
    if not service.path.startswith(path):
        return Reason.NOT_YOURS
    if service.kind == Service.Kind.HOSTED_PBX:
        return Reason.NONE_TO_HAVE
    if service.state != Service.State.ACTIVE:
        return Reason.NOT_ACTIVE
    if service.kind == Service.Kind.SIP_LINE and service.sip.managed_phone:
        return Reason.MANAGED_PHONE
    if held.promised in ("", "retire"):
        return Reason.NOTHING_OLD
    if hand_over is HandOver.LINK and service.owner is None:
        return Reason.NO_CONTACT
    return None


def _element(service: Service) -> str:
    return service.sip.element if service.kind == Service.Kind.SIP_LINE else service.ppp.element


def _keeps(held: _Held) -> bool:
    return held.live not in ("", "retire")


def _held(batch: Sequence[Service]) -> dict[int, _Held]:
    """As `find.newest_version` and `grace.offer_for` see each alone."""
    found = {service.pk: _Held() for service in batch}
    rows = CredentialVersion.objects.filter(many.among("service_id", found)).order_by("service_id", "number")
    for service, number, state, verb, live_at in rows.values_list(
        "service_id", "number", "state", "verb", "live_at"
    ):
        held = found[service]
        held.last = number
        if state == State.ABANDONED:
            continue
        if live_at is not None:
            held.live = verb
        if live_at is not None or state != State.SUPERSEDED:
            held.promised = verb
    return found


def _policies(paths: Iterable[str]) -> dict[str, Policy]:
    """The policy in force at each path, in one query."""
    lineages = {path: [int(part) for part in path.rstrip(".").split(".")] for path in paths}
    wanted = {part for lineage in lineages.values() for part in lineage}
    chosen = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "policy"))
    return {path: inherit(chosen[part] for part in lineage) for path, lineage in lineages.items()}
