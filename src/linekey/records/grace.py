"""May the old secret of a service stay for a while beside a new one, and how long (NEW-1)?"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linekey.domain.kinds import Mode
from linekey.domain.lifecycle import State
from linekey.domain.policy import Policy
from linekey.records import find
from linekey.records.models import ElementHealth, Service


class WhyNot(StrEnum):
    ELEMENT = "element"
    """The element holds one secret per name, or was never seen."""
    NOTHING_OLD = "nothing_old"
    """The element accepts no secret now: there is none to keep."""
    UNKNOWN_OLD = "unknown_old"
    """Only the element knows the secret: it was imported so, and the desk cannot give it back to it."""


@dataclass(frozen=True)
class Offer:
    default: Mode
    """What happens to whoever does not choose."""
    lasts: timedelta
    """How long the old secret is accepted at most."""
    why_not: WhyNot | None = None
    """Why there is only `Mode.IMMEDIATE`; None where both can be chosen."""


def offer_for(service: Service, policy: Policy | None = None) -> Offer:
    """By the policy (read when it is not at hand), and by what the element can do."""
    policy = policy or find.policy_of(service.organisation)
    lasts = timedelta(hours=policy.grace_hours)
    missing = _missing(service)
    return Offer(Mode.IMMEDIATE if missing else policy.rotation, lasts, missing)


def _missing(service: Service) -> WhyNot | None:
    element = service.sip.element if service.kind == Service.Kind.SIP_LINE else service.ppp.element
    if not ElementHealth.objects.filter(name=element, grace=True).exists():
        return WhyNot.ELEMENT
    held = service.versions.filter(live_at__isnull=False).exclude(state=State.ABANDONED)
    newest = held.order_by("-number").first()
    if newest is None or newest.verb == "retire":
        return WhyNot.NOTHING_OLD
    return None if bytes(newest.sealed) else WhyNot.UNKNOWN_OLD
