"""May the old secret of a service stay for a while beside a new one, and how long (NEW-1)?"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linekey.domain.kinds import Mode
from linekey.domain.policy import Policy
from linekey.records import find, versions
from linekey.records.models import CredentialVersion, ElementHealth, Service
from linekey.records.prepared import Question, text


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


def offer_for(
    service: Service, policy: Policy | None = None, newest: CredentialVersion | None = None
) -> Offer:
    """By the policy, and by what the element can do. `newest` is the version that is to be true, or the last.

    What is not at hand is read.
    """
    policy = policy or find.policy_of(service.organisation)
    lasts = timedelta(hours=policy.grace_hours)
    missing = _missing(service, newest)
    return Offer(Mode.IMMEDIATE if missing else policy.rotation, lasts, missing)


def _missing(service: Service, newest: CredentialVersion | None) -> WhyNot | None:
    if not _keeps_two(service):
        return WhyNot.ELEMENT
    # Nothing comes after it: where it was taken, it is what the element holds.
    held = newest if newest is not None and newest.live_at is not None else versions.held(service)
    if held is None or held.verb == "retire":
        return WhyNot.NOTHING_OLD
    return None if bytes(held.sealed) else WhyNot.UNKNOWN_OLD


def _keeps_two(service: Service) -> bool:
    """As `find.service` read it together with the service, else asked now."""
    told: bool | None = getattr(service, "keeps_two", None)
    if told is not None:
        return told
    element = service.sip.element if service.kind == Service.Kind.SIP_LINE else service.ppp.element
    return _KEEPS_TWO.first(element=element) is not None


_KEEPS_TWO = Question(lambda: ElementHealth.objects.filter(name=text("element"), grace=True).only("name"))
